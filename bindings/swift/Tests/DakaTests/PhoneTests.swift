import Daka
import DakaTesting
import Foundation
import Testing

extension All {
    /// Several employers on one phone, the app's settings, and reminders.
    @Suite struct PhoneTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func employersAreSwitchedBetween() async throws {
            let root = try temporaryFolder().path
            let phone = try await DakaPhone.open(root: root, keys: Keys(Phone.key))
            let first = try #require(try await phone.profiles().first)
            #expect(first.current && !first.enrolled && first.employer == nil)
            let code = try server.code()
            let preview = try await phone.previewCode(code)
            var daka = try await Phone.open(URL(fileURLWithPath: first.folder))
            let employer = try await daka.enrol(code)
            #expect(preview.root == employer.root && employer.rootNamed)
            #expect(employer.server.hasSuffix(preview.server))
            try await daka.closeDown()
            let second = try await phone.add()
            let typed = try server.typedCode()
            #expect(try await phone.previewCode(typed).root == nil)
            daka = try await Phone.open(URL(fileURLWithPath: try await phone.profiles()[0].folder))
            #expect(try await !daka.enrol(typed).rootNamed)
            await expect(.badValue, "profile") { try await phone.remove(second) }
            try await daka.closeDown()
            try await phone.select(first.id)
            let profiles = try await phone.profiles()
            #expect(profiles.map(\.id) == [first.id, second] && profiles.map(\.current) == [true, false])
            #expect(profiles.map(\.employer) == [employer.employer, employer.employer])
            #expect(try await DakaPhone.open(root: root, keys: Keys(nil)).profiles().map(\.employer) == [nil, nil])
            await expect(.badValue, "profile") { try await phone.select("..") }
            await expect(.badValue, "code") { try await phone.previewCode("daka.invalid 7ZK4") }
        }

        @Test func settingsAreKeptAndADamagedRegistryIsMadeAnew() async throws {
            let root = try temporaryFolder().path
            let phone = try await DakaPhone.open(root: root)
            let mine = AppSettings(language: .zhHantHk, theme: .dark, dataSaver: true)
            try await phone.setSettings(mine)
            let again = try await DakaPhone.open(root: root)
            #expect(try await again.settings() == mine)
            let id = try await phone.profiles().map(\.id)
            try Data("{".utf8).write(to: URL(fileURLWithPath: root + "/phone.json"))
            #expect(try await phone.profiles().map(\.id) == id)
            try await phone.setSettings(mine)
            #expect(try String(contentsOfFile: root + "/phone.json.aside-1", encoding: .utf8) == "{")
        }

        @Test func remindersAreKeptAndDue() async throws {
            let phone = try await Phone.enrolled()
            let nine = Reminder(id: "", minuteOfDay: 540, weekdays: 127, asked: .in, on: true)
            let set = try await phone.daka.setReminders([nine])
            await expect(.badValue, "weekdays") {
                try await phone.daka.setReminders([Reminder(id: "", minuteOfDay: 0, weekdays: 0, asked: .in, on: true)])
            }
            try await phone.reopen()
            #expect(try await phone.daka.reminders() == set)
            // Daily: at nine in Hong Kong (+480), 24 hours apart, eight times in eight days.
            let due = try await phone.daka.nextReminders(limit: 99)
            #expect(due.count == 8 && due.allSatisfy { ($0.atMs + 480 * 60_000) % 86_400_000 == 9 * 3_600_000 })
            #expect(zip(due, due.dropFirst()).allSatisfy { $1.atMs - $0.atMs == 86_400_000 })
            try await phone.daka.closeDown()
        }

        @Test func theFakesDoAsTheRealOnes() async throws {
            let fake = FakeDakaPhone()
            let phone: any DakaPhoneProtocol = fake
            let first = try await phone.add()
            fake.enrolled(first, employer: "Acme Ltd")
            let second = try await phone.add()
            #expect(try await phone.profiles().map(\.employer) == [nil, "Acme Ltd"])
            try await phone.select(first)
            #expect(try await phone.add() == second)
            await #expect(throws: DakaError(.badValue, field: "profile")) { try await phone.remove(first) }
            try await phone.remove(second)
            #expect(try await phone.previewCode(" code\n").ownCertificate == false)
            fake.failNext(DakaError(.diskFull))
            await #expect(throws: DakaError(.diskFull)) { try await phone.settings() }

            let daka = FakeDakaClient(employer: FakeDakaClient.someEmployer)
            daka.offsetMin = 480
            // 2026-01-01T00:00:00Z is Thursday, eight in the morning in Hong Kong.
            let eight = Reminder(id: "", minuteOfDay: 480, weekdays: 8, asked: .in, on: true)
            let off = Reminder(id: "", minuteOfDay: 400, weekdays: 127, asked: .out, on: false)
            #expect(try await daka.setReminders([eight, off]).map(\.minuteOfDay) == [400, 480])
            #expect(try await daka.nextReminders(limit: 9).map(\.date) == ["2026-01-08"])
            daka.wallMs -= 1
            #expect(try await daka.nextReminders(limit: 1).map(\.atMs) == [daka.wallMs + 1])
        }
    }
}

private final class Keys: SealingKeys, @unchecked Sendable {
    private let key: Data?

    init(_ key: Data?) { self.key = key }

    func sealingKey(profile: String) throws -> Data {
        guard let key else { throw PlatformFailure.Refused(reason: "locked") }
        return key
    }
}
