import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// Several employers on one phone: each server gets its own, and a wake-up by the system is for all of them.
    @MainActor @Suite struct EmployerTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        /// A punch that nobody sends yet; gives its id.
        private func wait(_ phone: Phone) async throws -> String {
            let journal = try #require(phone.app.journal)
            return try await journal.punch(.auto).id
        }

        /// A phone with two employees, each with a punch that waits; the second is in front. Their profiles and punches, in this order.
        private func two(_ other: Server? = nil) async throws -> (Phone, [String], [String]) {
            let phone = try Phone()
            try await phone.enrol()
            try await phone.settled(sent: true)
            var (profiles, punches) = ([try #require(phone.app.journal).id], [try await wait(phone)])
            try phone.screen.tap("employer-add")
            try await phone.enrol(try other?.code() ?? server.code(named: "Employee Six"))
            try await phone.settled(sent: true)
            profiles.append(try #require(phone.app.journal).id)
            punches.append(try await wait(phone))
            return (phone, profiles, punches)
        }

        @Test func eachOfTwoServersGetsItsOwnPunchesAlone() async throws {
            let other = try Server(of: "Other Ltd")
            defer { other.stop() }
            let phone = try Phone()
            try await phone.enrol()
            try await phone.punch()
            try await phone.settled(sent: true)
            try phone.screen.tap("employer-add")
            try await phone.enrol(try other.code())
            #expect(phone.screen.all("today-line").isEmpty && phone.app.journal?.home?.employer?.employer == "Other Ltd")
            try await phone.punch()
            try await phone.settled(sent: true)
            let theirs = try await phone.app.journal?.daka.punches(limit: 9).map(\.id) ?? []
            try phone.screen.choose("Acme Ltd · Employee One", in: "employer-which")
            try await phone.screen.wait("the first") { phone.app.journal?.home?.employer?.employer == "Acme Ltd" && phone.screen.has("today-line") }
            try await Task.sleep(for: .milliseconds(1100))  // Two taps within a second are one punch.
            try await phone.punch()
            try await phone.settled(sent: true)
            let ours = try await phone.app.journal?.daka.punches(limit: 9).map(\.id) ?? []
            #expect(ours.count == 2 && theirs.count == 1)
            #expect(try Set(server.results(ours + theirs).keys) == Set(ours))
            #expect(try Set(other.results(ours + theirs).keys) == Set(theirs))
        }

        @Test func oneWakeUpSendsForEveryEmployerAndNothingStaysOpen() async throws {
            let (phone, profiles, punches) = try await two()
            try await phone.kill()
            #expect(try await phone.queues().mapValues(\.waiting) == [profiles[0]: 1, profiles[1]: 1])
            #expect(await phone.app.syncInBackground(deadline: .seconds(60)))
            #expect(try server.results(punches).count == 2)
            #expect(try await phone.queues().mapValues(\.waiting) == [profiles[0]: 0, profiles[1]: 0])
        }

        @Test func anEmployerWhoseJournalDoesNotOpenHoldsUpNobody() async throws {
            let (phone, profiles, punches) = try await two()
            // The one that is used last has the first turn.
            phone.keys.locked = profiles[1]
            try await phone.kill()
            #expect(await !phone.app.syncInBackground(deadline: .seconds(60)))
            #expect(try Array(server.results(punches).keys) == [punches[0]])
            phone.keys.locked = nil
            #expect(await phone.app.syncInBackground(deadline: .seconds(60)))
            #expect(try server.results(punches).count == 2)
        }

        @Test func aServerThatDoesNotAnswerLeavesTimeForTheOthers() async throws {
            let other = try Server(of: "Other Ltd")
            defer { other.stop() }
            let (phone, _, punches) = try await two(other)
            try await phone.kill()
            other.suspend()
            #expect(await !phone.app.syncInBackground(deadline: .seconds(8)))
            #expect(try Array(server.results(punches).keys) == [punches[0]])
        }

        @Test func theNextWakeUpIsTheEarliestOfAll() async throws {
            let (phone, profiles, _) = try await two()
            try await phone.kill()
            server.stop()
            let options = SyncOptions(pace: .background, now: true, metered: false, deadlineMs: nil, saveData: false)
            // Each failure makes the wait longer: that of the one whose turn is last, then that of the other one.
            for (failing, failures) in [(profiles[0], 4), (profiles[1], 9)] {
                _ = try await phone.journals { profile, daka in
                    for _ in 0..<failures where profile == failing { try await daka.sync(options) }
                }
                #expect(await phone.app.syncInBackground(deadline: .seconds(60)))
                let due = try await phone.queues().values.compactMap { $0.next?.dueMs }
                #expect(due.count == 2 && phone.background.wakes.last == due.min().map { Moment(ms: $0).date })
            }
        }

        @Test func whoeverComesToTheFrontDuringAWakeUpHasTheJournalAtOnce() async throws {
            let (phone, profiles, punches) = try await two()
            try await phone.kill()
            server.suspend()
            defer { server.resume() }
            let opened = phone.keys.opened
            let run = Task { [app = phone.app] in await app.syncInBackground(deadline: .seconds(600)) }
            try await phone.screen.wait("the first turn") { phone.keys.opened > opened }
            phone.show()
            try await phone.screen.wait(for: "today-line")
            #expect(phone.app.journal?.id == profiles[1])
            server.resume()
            _ = await run.value
            try await phone.settled(sent: true)
            await phone.app.pause()
            #expect(await phone.app.syncInBackground(deadline: .seconds(60)))
            #expect(try server.results(punches).count == 2)
            #expect(try await phone.queues().count == 2)
        }

        @Test func anEmployerWhoseTurnItIsCanBeOpenedAtOnce() async throws {
            let other = try Server(of: "Other Ltd")
            defer { other.stop() }
            let (phone, profiles, punches) = try await two(other)
            // The other one's employee is in front; the first one's server does not answer.
            server.suspend()
            defer { server.resume() }
            let opened = phone.keys.opened
            let run = Task { [app = phone.app] in await app.syncInBackground(deadline: .seconds(600)) }
            try await phone.screen.wait("the turn of the one that is not open") { phone.keys.opened > opened }
            try phone.screen.choose("Acme Ltd · Employee One", in: "employer-which")
            try await phone.screen.wait("the other one") { phone.app.journal?.id == profiles[0] && phone.screen.has("today-line") }
            server.resume()
            #expect(await !run.value)
            try await phone.app.journal?.sync(now: true)
            try await phone.settled(sent: true)
            #expect(try server.results(punches).keys.first == punches[0] && other.results(punches).keys.first == punches[1])
        }
    }
}
