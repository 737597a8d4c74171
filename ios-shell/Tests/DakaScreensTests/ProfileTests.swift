import Daka
import DakaTesting
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// Several employees on a phone, the settings of the app, and reminders.
    @MainActor @Suite struct ProfileTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        private func profile(_ phone: Phone, of employee: String) throws -> String {
            try #require(phone.app.profiles.first { $0.employee == employee }).id
        }

        @Test func twoEmployeesOfOnePhoneHaveTheirOwnRecordsKeysAndReminders() async throws {
            let phone = try Phone()
            try await phone.enrol()
            #expect(!phone.screen.has("employer-which"))
            try await phone.punch()
            try phone.screen.tap("employer-add")
            // Whoever does not go on comes back by the list, also after the process ended.
            try await phone.screen.wait(for: "enrol-code")
            try await phone.restart()
            try await phone.screen.wait(for: "enrol-code")
            #expect(try phone.screen.find("employer-which").children.map(\.words) == ["Not enrolled yet", "Acme Ltd · Employee One"])
            try phone.screen.choose("Acme Ltd · Employee One", in: "employer-which")
            try await phone.screen.wait(for: "today-line")

            // The empty one is used again, and the other's record is not seen.
            try phone.screen.tap("employer-add")
            try await phone.enrol(try server.code(named: "Employee Two"))
            #expect(phone.screen.all("today-line").isEmpty && phone.app.profiles.count == 2)
            #expect(phone.keys.asked.count == 2)

            // "Punch now" of a reminder of the first opens the first.
            let first = try profile(phone, of: "Employee One")
            #expect(phone.app.journal?.id != first)
            _ = await phone.app.punchFromOutside(first)
            #expect(phone.app.journal?.id == first)
            try await phone.screen.wait(for: "result-done")
            try phone.screen.tap("result-done")
            try await phone.screen.wait("both") { phone.screen.all("today-line").count == 2 }
            // The result that was shown is not shown again to somebody else.
            try phone.screen.choose("Acme Ltd · Employee Two", in: "employer-which")
            try await phone.screen.wait("the second") { phone.screen.has("today-punch") && phone.app.journal?.id != first }
            #expect(!phone.screen.has("result-done"))
        }

        @Test func leavingOneOfTwoKeepsTheOther() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.screen.tap("employer-add")
            try await phone.enrol(try server.code(named: "Employee Three"))
            let left = try profile(phone, of: "Employee Three")
            try phone.open("Settings")
            try phone.screen.tap("settings-leave")
            try await phone.screen.wait(for: "leave-do")
            try phone.screen.tap("leave-do")
            try phone.screen.tap("leave-yes")
            try await phone.screen.wait(for: "left-done")
            try phone.screen.tap("left-done")
            try await phone.screen.wait(for: "today-punch")
            #expect(phone.app.profiles.map(\.employee) == ["Employee One"] && phone.keys.forgotten == [left])
        }

        @Test func aTypedCodeNamesNoRootAndTheFingerprintIsComparedAfterwards() async throws {
            let phone = try Phone()
            try await phone.screen.wait(for: "enrol-code")
            try phone.screen.type(try server.typedCode(), into: "enrol-code")
            try phone.screen.tap("enrol-read")
            try await phone.screen.wait(for: "enrol-server")
            #expect(!phone.screen.has("enrol-root"))
            try phone.screen.tap("enrol-join")
            try await phone.screen.wait(for: "consent-root")
            let compare = "Compare it with the one that your employer shows."
            #expect(phone.screen.words().contains(compare))
            // A scanned code named it: nothing is left to compare.
            let other = try Phone()
            try await other.join(try server.code())
            #expect(!other.screen.has("consent-root") && !other.screen.words().contains(compare))
        }

        // MARK: settings

        @Test func anotherLanguageIsThereAtOnceAndStays() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.open("Settings")
            try phone.screen.choose("繁體中文（香港）", in: "settings-language")
            try await phone.screen.wait("the language") { phone.screen.words().contains("資料節省") || phone.screen.words().contains("設定") }
            #expect(phone.screen.missing == [])
            try phone.screen.choose("深色", in: "settings-theme")
            try await phone.screen.wait("the theme") { phone.app.settings.theme == .dark }
            try await phone.restart()
            try await phone.screen.wait(for: "today-punch")
            #expect(phone.screen.label("today-punch")?.hasPrefix("上班打卡") == true && phone.app.settings.theme == .dark)
            #expect(Theme.dark.scheme == .dark && Theme.light.scheme == .light && Theme.system.scheme == nil)
        }

        @Test func withTheDataSaverPhotosWaitForAnotherNetworkAndPunchesDoNot() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.open("Settings")
            try phone.screen.tap("settings-saver")
            try await phone.screen.wait("the setting") { phone.screen.value("settings-saver") == "on" }
            phone.network.become(.metered)
            try await phone.screen.wait("the network") { phone.app.journal?.network == .metered }
            try phone.open("Today")
            try phone.screen.tap("today-field")
            try await phone.screen.wait(for: "field-take")
            try phone.screen.tap("field-take")
            try await phone.screen.wait(for: "photo-take")
            try phone.screen.tap("photo-take")
            try await phone.screen.wait(for: "photo")
            try phone.screen.tap("field-submit")
            try await phone.screen.wait(for: "result-done")
            try await phone.settled(sent: true)
            let daka = try #require(phone.app.journal?.daka)
            #expect(try await daka.queue().photos == 1)
            #expect(await phone.app.syncInBackground(deadline: .seconds(60)))
            #expect(try await daka.queue().photos == 1)
            phone.network.become(.free)
            try await phone.screen.wait("the other network") { phone.app.journal?.network == .free }
            // Ended by the suite's limit if it never leaves.
            while try await daka.queue().photos > 0 { try await Task.sleep(for: .milliseconds(20)) }
        }

        // MARK: reminders

        @Test func remindersAreSetByTapsPlannedByTheCoreAndBackAfterAKill() async throws {
            let phone = try Phone()
            try await phone.enrol()
            func planned() -> [Notice] { phone.notices.planned[phone.app.journal?.id ?? ""] ?? [] }
            try phone.open("Settings")
            try phone.screen.tap("settings-reminders")
            try await phone.screen.wait(for: "reminder-why")
            try phone.screen.tap("reminder-add")
            // Eight days hold five, six or seven of the days from Monday to Friday.
            try await phone.screen.wait("a week of them") { (5...7).contains(planned().count) }
            #expect(!phone.screen.has("reminder-why") && phone.screen.label("reminder-on") == "Clock in: 09:00")
            try phone.screen.set(Date(timeIntervalSince1970: (18 * 60 + 30) * 60), in: "reminder-time")
            try await phone.screen.wait("the time") { phone.screen.label("reminder-on") == "Clock in: 18:30" }
            try phone.screen.choose("Clock out", in: "reminder-for")
            try await phone.screen.wait("the kind") { phone.screen.label("reminder-on") == "Clock out: 18:30" }
            // Without a day it would never come: that is said, and nothing changes.
            for day in 1...4 {
                try phone.screen.tap("reminder-day-\(day)")
                try await phone.screen.wait("one less") { phone.screen.value("reminder-day-\(day)") == "off" }
            }
            #expect((1...2).contains(planned().count))
            try phone.screen.tap("reminder-day-0")
            try await phone.screen.wait("why not") { phone.screen.alert?.label == "Choose at least one day." }
            try phone.screen.tap("trouble-read")
            #expect(phone.screen.value("reminder-day-0") == "on")

            // The clock is another one, the process another one: they are planned again.
            await phone.notices.plan([], of: phone.app.journal?.id ?? "")
            phone.network.changeTime()
            try await phone.screen.wait("them again") { !planned().isEmpty }
            await phone.notices.plan([], of: phone.app.journal?.id ?? "")
            try await phone.restart()
            try await phone.screen.wait("them once more") { !planned().isEmpty }
            try await phone.screen.wait(for: "today-punch")
            try phone.open("Settings")
            try phone.screen.tap("settings-reminders")
            try await phone.screen.wait(for: "reminder-on")
            try phone.screen.tap("reminder-on")
            try await phone.screen.wait("silence") { planned().isEmpty }
            try phone.screen.tap("reminder-remove")
            try await phone.screen.wait("none") { !phone.screen.has("reminder-on") }
        }

        @Test func refusedNotificationsAreSaidWithTheNextStepAndTheTimesAreKept() async throws {
            let phone = try Phone()
            phone.notices.answer = .refused
            try await phone.enrol()
            try phone.open("Settings")
            try phone.screen.tap("settings-reminders")
            try await phone.screen.wait(for: "reminder-why")
            try phone.screen.tap("reminder-add")
            try await phone.screen.wait(for: "reminder-on")
            #expect(phone.screen.has("reminder-refused") && phone.screen.has("reminder-settings"))
            // Refused for ever: nobody is asked again.
            try phone.screen.tap("reminder-add")
            try await phone.screen.wait("two") { phone.screen.all("reminder-on").count == 2 }
            #expect(phone.notices.asked == 1)
        }
    }
}
