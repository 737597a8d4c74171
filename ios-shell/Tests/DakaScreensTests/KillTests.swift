import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// The process ends on each screen: what was there comes back, and nothing is there twice.
    @MainActor @Suite struct KillTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func beforeAnyoneJoinedTheCodeIsStillGood() async throws {
            let phone = try Phone()
            let code = try server.code()
            try await phone.screen.wait(for: "enrol-code")
            try phone.screen.type(code, into: "enrol-code")
            try phone.screen.tap("enrol-read")
            try await phone.screen.wait(for: "enrol-join")
            try await phone.restart()
            try await phone.join(code)
            // Joined, and killed before anything was agreed to: the question comes back, and nothing is agreed to.
            try phone.screen.tap("consent-location")
            try await phone.restart()
            try await phone.screen.wait(for: "consent-location")
            try await phone.screen.wait("the choices") { phone.screen.value("consent-location") == "off" }
            #expect(phone.screen.label("consent-who") == "This phone is enrolled with Acme Ltd for Employee One.")
            try phone.screen.tap("consent-save")
            try await phone.screen.wait(for: "today-punch")
            try await phone.restart()
            try await phone.screen.wait(for: "today-punch")
        }

        @Test func onEachScreenOfAnEnrolledPhoneTheRecordComesBackWhole() async throws {
            let phone = try Phone()
            try await phone.enrol()
            server.stop()
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-note")
            try phone.screen.type("by the back door", into: "result-note")
            try phone.screen.tap("result-keep")
            try await phone.screen.wait(for: "result-noted")
            try await again(phone, "result")

            let today = try #require(phone.app.journal?.home?.date)
            let settings = ["reminders": "reminder-add", "consent": "consent-save", "keys": "keys-root", "leave": "leave-do", "licences": "licences-text"]
            let ways: [(String, [(tap: String, shown: String)])] = [
                ("Today", [("today-field", "field-visit")]),
                ("My record", [("record-\(today)", "day-export"), ("day-line", "punch-head")]),
                ("My record", [("record-\(today)", "day-export")]),
                ("My record", [("record-previous", "record-month")]),
                ("Waiting", []),
                ("Settings", []),
            ] + settings.sorted(by: <).map { ("Settings", [("settings-\($0)", $1)]) }
            for (tab, steps) in ways {
                try phone.open(tab)
                for (tap, shown) in steps {
                    try await phone.screen.wait(for: tap)
                    if try phone.screen.find(tap).isEnabled { try phone.screen.tap(tap) }
                    try await phone.screen.wait(for: shown)
                }
                try await again(phone, steps.last?.tap ?? tab)
            }
            #expect(try await phone.app.journal?.daka.punchDetail(phone.app.journal?.home?.today.first?.id ?? "").notes == ["by the back door"])
            try server.start()
            try await phone.app.journal?.sync(now: true)
            try await phone.settled(sent: true)
        }

        @Test func aNoteThatIsBeingWrittenOnAResultComesBackForItsPunch() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-note")
            try phone.screen.type("by the back door", into: "result-note")
            let words = phone.screen.label("result-time")
            try await phone.restart()
            try await phone.screen.wait(for: "result-note")
            #expect(phone.screen.value("result-note") == "by the back door" && phone.screen.label("result-time") == words)
            try phone.screen.tap("result-keep")
            try await phone.screen.wait(for: "result-noted")
            #expect(try await phone.app.journal?.daka.punchDetail(phone.app.journal?.home?.today.first?.id ?? "").notes == ["by the back door"])
            // What was kept, and what the person closed, does not come again.
            try phone.screen.type("and more", into: "result-note")
            try phone.screen.tap("result-done")
            try await phone.restart()
            try await phone.screen.wait(for: "today-line")
            try await phone.settled(sent: true)
            #expect(!phone.screen.has("result-note"))
            // Nor does it go to another punch, or to another employer's.
            try await Task.sleep(for: .milliseconds(1100))  // Two taps within a second are one punch.
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-note")
            #expect(phone.screen.value("result-note") == "")
            try phone.screen.type("for the first", into: "result-note")
            await phone.app.addEmployer()
            try await phone.enrol(try server.code(named: "Employee Five"))
            #expect(!phone.screen.has("result-note"))
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-note")
            #expect(phone.screen.value("result-note") == "")
        }

        /// Killed here: one punch is there, it waits, and the employer is known.
        private func again(_ phone: Phone, _ place: String) async throws {
            try await phone.restart()
            try await phone.screen.wait("the line after \(place)") { phone.screen.all("today-line").count == 1 }
            #expect(phone.screen.label("today-line")?.hasSuffix("Kept on this phone, Notes") == true, "\(place)")
            #expect(phone.screen.has("today-waiting") && phone.app.journal?.home?.employer?.employer == "Acme Ltd", "\(place)")
            #expect(phone.screen.alert == nil && phone.screen.missing == [], "\(place)")
        }
    }
}
