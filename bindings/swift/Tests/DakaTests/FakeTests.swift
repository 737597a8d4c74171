import Daka
import DakaTesting
import Testing

extension All {
    /// The fake answers as the real one does in the cases that it plays.
    @Suite struct FakeTests {
        @Test func itPlaysADay() async throws {
            let fake = FakeDakaClient()
            let daka: any DakaClientProtocol = fake
            #expect(await failure { try await daka.punch(.tap(.in)) }?.code == .notEnrolled)
            #expect(try await daka.home().employer == nil)
            try await daka.enrol("a code")
            #expect(try await daka.employer() == FakeDakaClient.someEmployer)

            fake.place = FakeDakaClient.place(.inside)
            fake.reachable = false
            let first = try await daka.punch(.tap(.in))
            #expect(first.place?.verdict == .inside && !first.repeated)
            #expect(try await daka.punch(.tap(.in)).id == first.id)
            fake.wallMs += 1000
            let second = try await daka.punch(.tap(.in))
            #expect(second.id != first.id && !second.repeated)
            #expect(try await daka.sync(.now).waiting == 2)
            #expect(try await daka.queue().next?.reason == .unreachable)
            fake.reachable = true
            #expect(try await daka.sync(.now).delivered == 2)
            #expect(try await daka.home().recent.map(\.state) == [.received, .received])
            #expect(try await daka.home().offer == .out)
            #expect(fake.requests.count == 3)
        }

        @Test func aScreenHearsOfWhatATestSets() async throws {
            let fake = FakeDakaClient(employer: FakeDakaClient.someEmployer)
            var states = fake.homeStates.makeAsyncIterator()
            #expect(await states.next()?.standing == .active)
            fake.standing = .pending
            #expect(await states.next()?.standing == .pending)
            let events = fake.events
            let punch = try await fake.punch(.tap(.in))
            #expect(await events.first { _ in true } == .punched(punch: punch.id))
            #expect(await states.until { $0.recent.count == 1 } != nil)
            try await fake.closeDown()
            #expect(await states.until { _ in false } == nil)
        }

        @Test func aCallFailsWhenATestSaysSo() async throws {
            let fake = FakeDakaClient(employer: FakeDakaClient.someEmployer)
            fake.failNext(DakaError(.diskFull))
            #expect(await failure { try await fake.punch(.tap(.in)) } == DakaError(.diskFull))
            #expect(try await fake.punches(limit: 9) == [])
            try await fake.pause()
            #expect(await failure { try await fake.home() }?.code == .closed)
            try await fake.resume()
            #expect(await failure { try await fake.addNote("x", visit: nil, to: "none") }?.code == .unknownPunch)
            #expect(await failure { try await fake.adoptPhoto(path: "", capture: "none") }?.code == .captureUnknown)
            let draft = try await fake.adoptPhoto(path: "", capture: fake.beginCapture())
            try await fake.punch(.tap(.in, photos: [draft.digest]))
            #expect(try await fake.punches(limit: 1).first?.photos == 1)
        }
    }
}
