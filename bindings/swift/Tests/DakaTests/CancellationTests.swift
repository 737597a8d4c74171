import Daka
import Foundation
import Testing

extension All {
    /// Cancelling a task ends the waiting, never the work.
    @Suite struct CancellationTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func aCancelledCallerIsFreeAtOnceAndThePunchIsWhole() async throws {
            let clock = HeldClock()
            let daka = try await DakaClient.open(Phone.config(try temporaryFolder()), clock: clock)
            try await daka.enrol(server.code())
            try await daka.setConsent(Phone.consent)
            try await daka.sync(.now)
            try await daka.settle()

            clock.hold()
            let caller = Task { try await daka.punch(.tap(.in, at: .door, note: "whole")) }
            // The core is in the punch, and stands still in its first reading of the clock.
            await clock.isStanding()
            caller.cancel()
            await #expect(throws: CancellationError.self) { try await caller.value }
            #expect(clock.stands)
            clock.letGo()

            // It goes on by itself; the suite's own limit ends a wait in vain.
            while try await daka.punches(limit: 9).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            let line = try #require(try await daka.punches(limit: 9).first)
            #expect(line.note && line.place?.verdict == .inside)
            let next = try await daka.punch(.tap(.out))
            #expect(try await daka.punches(limit: 9).map(\.id) == [next.id, line.id])
            #expect(try await daka.check().damaged == [])
            #expect(try await daka.sync(.now).waiting == 0)
            #expect(try await daka.punches(limit: 9).allSatisfy { $0.state == .received })
            try await daka.closeDown()
        }

        @Test func aCallOfACancelledTaskIsNotBegun() async throws {
            let phone = try await Phone.enrolled()
            let daka = phone.daka
            let punching = cancelled { try await daka.punch(.tap(.in)) }
            await #expect(throws: CancellationError.self) { try await punching.value }
            let verifying = cancelled { try await verifyBundle(path: "") }
            await #expect(throws: CancellationError.self) { try await verifying.value }
            #expect(try await daka.punches(limit: 9) == [])
            // What closes the database is waited for all the same: the system may suspend the app after it.
            try await cancelled { try await daka.pause() }.value
            await expect(.closed) { try await daka.home() }
            try await cancelled { try await daka.resume() }.value
            #expect(try await daka.home().employer != nil)
            try await cancelled { try await daka.closeDown() }.value
            // It is closed: another may have it.
            try await Phone.open(phone.folder).closeDown()
        }

        @Test func punchesOfCancelledTasksAreWholeOrNotThere() async throws {
            let phone = try await Phone.enrolled()
            let daka = phone.daka
            let kinds: [Asked] = [.in, .breakStart, .breakEnd, .out]
            let tasks = (0..<40).map { n in
                let task = Task { try await daka.punch(.tap(kinds[n % 4], at: .door, note: "whole")) }
                if n % 3 > 0 { task.cancel() }
                return task
            }
            var answered: Set<String> = []
            for task in tasks {
                do { answered.insert(try await task.value.id) } catch is CancellationError {}
            }
            #expect(!answered.isEmpty)
            try await phone.reopen()
            let lines = try await phone.daka.punches(limit: 99)
            #expect(answered.isSubset(of: lines.map(\.id)) && Set(lines.map(\.id)).count == lines.count)
            #expect(lines.allSatisfy { $0.note && $0.place?.verdict == .inside })
            #expect(try await phone.daka.sync(.now).waiting == 0)
            #expect(try await phone.daka.punches(limit: 99).allSatisfy { $0.state == .received })
        }

        /// A task that is cancelled before it begins to work.
        private func cancelled<Value: Sendable>(
            _ work: @escaping @Sendable () async throws -> Value
        ) -> Task<Value, any Error> {
            Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await work()
            }
        }
    }
}

/// A clock whose reading takes until it is let go.
final class HeldClock: PlatformClock, @unchecked Sendable {
    private let lock = NSLock()
    private var held: DispatchSemaphore?
    private var standing = 0
    private let began = DispatchTime.now().uptimeNanoseconds
    private let (arrivals, arrived) = AsyncStream<Void>.makeStream()

    func hold() { lock.withLock { held = DispatchSemaphore(value: 0) } }

    func letGo() {
        lock.withLock {
            for _ in 0..<standing { held?.signal() }
            held = nil
        }
    }

    /// Waits until somebody reads it.
    func isStanding() async { _ = await arrivals.first { _ in true } }

    /// Whether somebody is reading it.
    var stands: Bool { lock.withLock { standing > 0 } }

    func read() throws -> ClockReading {
        let held = lock.withLock {
            standing += 1
            return self.held
        }
        if let held {
            arrived.yield()
            // A test that waits in vain fails by itself.
            _ = held.wait(timeout: .now() + 20)
        }
        lock.withLock { standing -= 1 }
        let elapsed = (DispatchTime.now().uptimeNanoseconds - began) / 1_000_000
        return ClockReading(
            wallMs: 1_790_000_000_000 + Int64(elapsed), offsetMin: 480, elapsedMs: 1000 + elapsed, boot: "boot 1")
    }
}
