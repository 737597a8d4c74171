import Daka
import Foundation
import Testing

extension All {
    /// Double taps, streams, pauses, and what a shell implements.
    @Suite struct LifeTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func aSecondTapGivesTheSamePunch() async throws {
            let clock = StandingClock(wallMs: 1_790_000_000_000)
            let daka = try await enrolled(clock: clock)
            let first = try await daka.punch(.tap(.in, at: .door))
            clock.pass(ms: 900)
            let second = try await daka.punch(.tap(.in))
            #expect(second.id == first.id && second.seq == first.seq && second.repeated && !first.repeated)
            // Another kind is another punch, and so is the same kind a second later.
            #expect(try await daka.punch(.tap(.out)).repeated == false)
            clock.pass(ms: 101)
            #expect(try await daka.punch(.tap(.in)).repeated == false)
            #expect(try await daka.punches(limit: 9).count == 3)
        }

        @Test func eventsTellEveryReader() async throws {
            let daka = try await Phone.enrolled().daka
            let (one, other) = (daka.events, daka.events)
            let punch = try await daka.punch(.tap(.in, at: .door))
            #expect(await one.first { $0 == .punched(punch: punch.id) } != nil)
            try await daka.sync(.now)
            let received = await one.first { if case .received(let upTo) = $0 { upTo >= punch.seq } else { false } }
            #expect(received != nil)
            // The other reader was away, and has missed nothing.
            #expect(await other.first { $0 == .punched(punch: punch.id) } != nil)
            try await daka.closeDown()
            for await _ in other {}
            for await _ in daka.events { Issue.record("an event after the end") }
        }

        @Test func homeStatesFollowWhatHappens() async throws {
            let daka = try await Phone.enrolled().daka
            var states = daka.homeStates.makeAsyncIterator()
            let first = try #require(await states.next())
            #expect(first.recent == [] && first.offer == .in)
            let punch = try await daka.punch(.tap(.in))
            let kept = await states.until { $0.recent.first?.id == punch.id && $0.queue.unsigned == 0 }
            #expect(kept?.offer == .out && kept?.recent.first?.state == .waiting)
            try await daka.sync(.now)
            let sent = await states.until { $0.recent.first?.state == .received }
            #expect(sent?.queue.waiting == 0)
            try await daka.closeDown()
            #expect(await states.until { _ in false } == nil)
        }

        @Test func whatAPauseKeptFromAReaderComesAfterIt() async throws {
            let daka = try await Phone.enrolled().daka
            let punch = try await daka.punch(.tap(.in))
            // Signed and sent: opening again has nothing to do, and tells no event.
            try await daka.sync(.now)
            try await daka.pause()
            var states = daka.homeStates.makeAsyncIterator()
            // Time for the reader to ask in vain.
            try await Task.sleep(for: .milliseconds(100))
            try await daka.resume()
            #expect(await states.next()?.recent.map(\.id) == [punch.id])
        }

        @Test func aPausedJournalAnswersAndComesBack() async throws {
            let phone = try await Phone.enrolled()
            let punch = try await phone.daka.punch(.tap(.in))
            try await phone.daka.pause()
            await expect(.closed) { try await phone.daka.home() }
            await expect(.closed) { try await phone.daka.punch(.tap(.out)) }
            try await phone.daka.resume()
            #expect(try await phone.daka.punches(limit: 9).map(\.id) == [punch.id])
            try await phone.daka.closeDown()
            try await phone.daka.closeDown()
            await expect(.closed) { try await phone.daka.resume() }
        }

        @Test func nothingHoldsAClientThatWasDropped() async throws {
            let folder = try temporaryFolder()
            weak var dropped: DakaClient?
            let states: AsyncStream<HomeState>
            do {
                let daka = try await Phone.open(folder)
                dropped = daka
                states = daka.homeStates
                #expect(await states.first { _ in true }?.employer == nil)
            }
            // The stream is still here; it ends because its client went.
            for await _ in states {}
            #expect(dropped == nil)
        }

        @Test func aPauseDoesNotWaitForAnEnrolment() async throws {
            let daka = try await Phone().daka
            let code = try server.code()
            server.suspend()
            defer { server.resume() }
            let joins = Task { try await daka.enrol(code) }
            // Time for it to be on its way.
            try await Task.sleep(for: .milliseconds(100))
            try await daka.pause()
            server.resume()
            // The code is not lost: the answer came, and is kept.
            #expect(try await joins.value.tenant == "acme")
            try await daka.resume()
            #expect(try await daka.home().employer?.tenant == "acme")
        }

        @Test func aSyncEndsWhenItIsToldTo() async throws {
            let phone = try await Phone.enrolled()
            let daka = phone.daka
            try await daka.punch(.tap(.in))
            server.suspend()
            defer { server.resume() }
            let hangs = Task { try await daka.sync(.now) }
            let waits = try await daka.sync(SyncOptions(pace: .background, now: true, deadlineMs: 50))
            #expect(waits.stopped && waits.waiting >= 1)
            daka.stopSync()
            let stopped = try await hangs.value
            #expect(stopped.stopped && stopped.waiting >= 1)
            server.resume()
            #expect(try await daka.sync(.now).waiting == 0)
        }

        @Test func theShellsClockIsTheOneThatCounts() async throws {
            let clock = StandingClock(wallMs: 1_790_000_000_000)
            let daka = try await enrolled(clock: clock)
            let first = try await daka.punch(.tap(.in))
            #expect(first.wallMs == 1_790_000_000_000 && first.offsetMin == -570)
            // A clock that throws is replaced for that reading; the punch is kept.
            clock.fails(true)
            let second = try await daka.punch(.tap(.out))
            #expect(second.wallMs != first.wallMs)
            clock.fails(false)
            #expect(try await daka.punches(limit: 9).map(\.id) == [second.id, first.id])
        }

        @Test func aKeyStoreThatRefusesIsATypedFailure() async throws {
            let folder = try temporaryFolder()
            let key = RefusingKey()
            let daka = try await DakaClient.open(Phone.config(folder), key: key)
            await expect(.keyRefused) { try await daka.enrol(server.code()) }
            #expect(try await daka.home().employer == nil)
            try await daka.closeDown()
            // Without a public key there is nothing to open with.
            key.hides = true
            await expect(.keyRefused) { try await DakaClient.open(Phone.config(folder), key: key) }
        }

        @Test func codesHaveTheCoresNames() throws {
            #expect(FailureCode.photoNotJpeg.text == "photo_not_jpeg" && FailureCode.internal.text == "internal")
            #expect(Asked.in.text == "in" && Asked.breakStart.text == "break_start")
            #expect(TimeSource.none.text == "none" && WaitReason.captivePortal.text == "captive_portal")
            #expect("\(DakaError(.diskFull, detail: "no room"))" == "disk_full: no room")
            #expect(try coreVersion().split(separator: ".").count == 3)
        }

        @Test func theGuideNamesEachCode() throws {
            let guide = try String(contentsOfFile: Photos.root + "/docs/integrate.md", encoding: .utf8)
            func named(_ heading: String) -> Set<Substring> {
                let section = guide.components(separatedBy: heading)[1].components(separatedBy: "\n##")[0]
                return Set(section.matches(of: /\n\| `([a-z_]+)` \|/).map(\.output.1))
            }
            #expect(named("\n## Errors\n") == Set(FailureCode.allCases.map { Substring($0.text) }))
            #expect(named("\n### Why the queue waits\n") == Set(WaitReason.allCases.map { Substring($0.text) }))
        }

        private func enrolled(clock: StandingClock) async throws -> DakaClient {
            let daka = try await DakaClient.open(Phone.config(try temporaryFolder()), clock: clock)
            try await daka.enrol(server.code())
            return daka
        }
    }
}

extension AsyncStream.Iterator {
    /// The first element that is so; nil at the end.
    mutating func until(_ isSo: (Element) -> Bool) async -> Element? {
        while let element = await next() {
            if isSo(element) { return element }
        }
        return nil
    }
}

/// Clocks that go when they are told to.
final class StandingClock: PlatformClock, @unchecked Sendable {
    private let lock = NSLock()
    private var wallMs: Int64
    private var elapsedMs: UInt64 = 1000
    private var failing = false
    private var boot = 1

    init(wallMs: Int64) { self.wallMs = wallMs }

    func pass(ms: UInt64) {
        lock.withLock {
            wallMs += Int64(ms)
            elapsedMs += ms
        }
    }

    /// The wall clock stands as it was set.
    func pass(elapsedMs: UInt64) { lock.withLock { self.elapsedMs += elapsedMs } }

    func set(wallMs: Int64) { lock.withLock { self.wallMs = wallMs } }

    /// The phone was off.
    func restart() {
        lock.withLock {
            boot += 1
            elapsedMs = 1000
        }
    }

    func fails(_ yes: Bool) { lock.withLock { failing = yes } }

    func read() throws -> ClockReading {
        try lock.withLock {
            if failing { throw PlatformFailure.Refused(reason: "no clock") }
            return ClockReading(wallMs: wallMs, offsetMin: -570, elapsedMs: elapsedMs, boot: "boot \(boot)")
        }
    }
}

/// A key that shows its public half and signs nothing.
final class RefusingKey: DeviceKey, @unchecked Sendable {
    /// Set before it is asked.
    var hides = false

    /// The P-256 key of RFC 6979, A.2.5, as SubjectPublicKeyInfo (RFC 5480).
    func publicKey() throws -> Data {
        if hides { throw PlatformFailure.Refused(reason: "locked") }
        let hex = """
            3059301306072a8648ce3d020106082a8648ce3d03010703420004\
            60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
            7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299
            """
        return Data(stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) })
    }

    func sign(message: Data) throws -> Data { throw PlatformFailure.Refused(reason: "locked") }
}
