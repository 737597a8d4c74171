import Daka
import DakaTesting
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// What the phone, the person or the server refuses: one sentence, one next step, and nothing is lost.
    @MainActor @Suite struct RefusalTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        /// The alert that is told: its sentence and next step; it is read, and the screen below is there again.
        private func told(_ screen: Screen) async throws -> String {
            try await screen.wait("an alert") { screen.alert != nil }
            let alert = try #require(screen.alert)
            let next = alert.children.filter { $0.role == .text }.map(\.label)
            #expect(!alert.label.isEmpty && next.count <= 1 && screen.missing == [] && screen.unnamed == [] && screen.low == [])
            let words = ([alert.label] + next).joined(separator: " ")
            try screen.tap(try #require(alert.children.last { $0.role == .button }))
            #expect(screen.alert == nil)
            return words
        }

        // MARK: joining

        /// What is told when this code is joined with; the code and its employer are still there then.
        private func join(_ phone: Phone, _ code: String) async throws -> String {
            try await phone.screen.wait(for: "enrol-code")
            try phone.screen.type(code, into: "enrol-code")
            try phone.screen.tap("enrol-read")
            try await phone.screen.wait(for: "enrol-join")
            try phone.screen.tap("enrol-join")
            let words = try await told(phone.screen)
            #expect(phone.screen.has("enrol-join"))
            return words
        }

        @Test func aCodeThatWasUsedAsksForANewOne() async throws {
            let code = try server.code()
            try await Phone().join(code)

            let second = try Phone()
            #expect(try await join(second, code) == "This code has been used already. Ask your employer for a new code.")
            // Nothing is left behind: another code works.
            try second.screen.tap("enrol-other")
            try await second.enrol()
        }

        @Test func whatIsNoCodeIsSaidBeforeAnythingIsSent() async throws {
            let phone = try Phone()
            try await phone.screen.wait(for: "enrol-code")
            try phone.screen.type("https://example.org/", into: "enrol-code")
            try phone.screen.tap("enrol-read")
            #expect(try await told(phone.screen) == "This is not a code of Daka. Scan the QR code from your employer.")
            #expect(phone.screen.value("enrol-code") == "https://example.org/")
        }

        @Test func joiningWithoutANetworkCanBeTriedAgain() async throws {
            let phone = try Phone()
            let code = try server.code()
            server.stop()
            let words = try await join(phone, code)
            #expect(words == "Enrolling needs a network once. Connect and try again.")
            try server.start()
            try phone.screen.tap("enrol-join")
            try await phone.screen.wait(for: "consent-location")
        }

        @Test func aCodeOfAnotherKindSaysWhichAndLeavesNothingBehind() async throws {
            let phone = try Phone()
            let good = try server.code()
            let cases = [
                (changed(good, "c", String(repeating: "A", count: 22)), "The server does not know this code. Check the code, or ask your employer for a new one."),
                (try server.expiredCode(), "This code has expired. Ask your employer for a new code."),
                // The server hangs on another root than the code says, which uses the code.
                (changed(good, "r", String(repeating: "A", count: 43)), "The server that answered is not the one in the code. Show your employer this page before you go on."),
                (good, "This code has been used already. Ask your employer for a new code."),
            ]
            for (code, sentence) in cases {
                #expect(try await join(phone, code) == sentence)
                try phone.screen.tap("enrol-other")
            }
            try await phone.enrol()
        }

        /// A code's text with another value of one of its fields.
        private func changed(_ code: String, _ field: String, _ value: String) -> String {
            code.replacingOccurrences(of: "([?&#]\(field)=)[^&]*", with: "$1\(value)", options: .regularExpression)
        }

        @Test(arguments: [
            (FailureCode.keyRefused, "The phone’s key store did not sign. What you punched is kept. Unlock the phone; the signature follows by itself."),
            (.diskFull, "The phone has no free space. Earlier punches are kept. Free some space, then punch again."),
        ])
        func whatThePhoneRefusesWhileJoiningIsToldAndTheCodeStays(_ code: FailureCode, _ sentence: String) async throws {
            let phone = try Phone()
            try await phone.screen.wait(for: "enrol-code")
            let fake = FakeDakaClient()
            let journal = Journal(id: "test", daka: fake, device: phone.app.device)
            let screen = Screen(EnrolScreen(app: phone.app, journal: journal), catalog: catalog)
            try screen.type(try server.code(), into: "enrol-code")
            try screen.tap("enrol-read")
            try await screen.wait(for: "enrol-join")
            fake.failNext(DakaError(code))
            try screen.tap("enrol-join")
            #expect(try await told(screen) == sentence)
            #expect(screen.has("enrol-join"))
        }

        // MARK: the camera

        @Test(arguments: [
            (Access.refused, "The camera is not allowed. You can type the code."),
            (.restricted, "The camera is turned off for this app. Allow it in the phone’s settings."),
            (.missing, "This phone has no camera that the app can use. Type the code, or choose a photo."),
        ])
        func withoutACameraTheCodeIsTyped(_ access: Access, _ sentence: String) async throws {
            let phone = try Phone()
            phone.camera.answer = access
            try await phone.screen.wait(for: "enrol-scan")
            try phone.screen.tap("enrol-scan")
            try await phone.screen.wait("why there is no picture") { phone.screen.words().contains(sentence) }
            #expect(phone.screen.has("camera-settings") == (access == .refused))
            #expect(phone.screen.unnamed == [] && phone.screen.low == [] && phone.screen.missing == [])
            try phone.screen.tap("scan-cancel")
            try await phone.enrol()
        }

        @Test func aScannedCodeSaysWhereItLeads() async throws {
            let phone = try Phone()
            phone.camera.code = try server.code()
            try await phone.screen.wait(for: "enrol-scan")
            try phone.screen.tap("enrol-scan")
            try await phone.screen.wait(for: "enrol-root")
            try phone.screen.tap("enrol-join")
            try await phone.screen.wait(for: "consent-location")
        }

        // MARK: location

        @Test(arguments: [
            (Access.refused, true, "Location is turned off for this app. To have the place checked, allow it in the phone’s settings."),
            (.restricted, false, "Location is turned off for this app. To have the place checked, allow it in the phone’s settings."),
            (.off, true, "Location is turned off on this phone. Turn it on to have the place checked."),
            (.approximate, true, "Only the approximate location is allowed, which is too rough for a site. Allow the precise location in the phone’s settings."),
            (.missing, false, "No position yet, as is usual indoors. Your punch is kept; go near a window for a better one."),
        ])
        func withoutAPositionThePunchIsKeptAndThePlaceSaysWhy(_ access: Access, _ opens: Bool, _ sentence: String) async throws {
            let phone = try Phone()
            phone.surroundings.access = .notAsked
            phone.surroundings.answer = access
            phone.surroundings.fixes = []
            try await phone.enrol()
            // Nobody is asked before a tap, and nothing is measured.
            #expect(phone.surroundings.asked == 0 && phone.surroundings.measured == 0)
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-done")
            try phone.screen.tap("result-done")
            try await phone.screen.wait("the question") { phone.surroundings.asked == 1 }
            try await phone.screen.wait("one punch") { phone.screen.all("today-line").count == 1 }
            try await phone.screen.wait("why") { phone.screen.label("place-access") == sentence }
            #expect(phone.screen.has("place-settings") == opens)
            // Once is enough: the next tap asks nobody, and neither does the next process.
            try await Task.sleep(for: .milliseconds(1100))
            try await phone.punch()
            try await phone.restart()
            try await phone.screen.wait("both") { phone.screen.all("today-line").count == 2 }
            try phone.screen.tap("place-check")
            #expect(phone.surroundings.asked == 1 && phone.screen.label("place-access") == sentence)
        }

        @Test func aSimulatedPositionIsSaidWithTheNextStepAndThePunchIsKept() async throws {
            let phone = try Phone()
            var fix = PositionFix.door
            fix = PositionFix(
                latitude: fix.latitude, longitude: fix.longitude, accuracyM: fix.accuracyM, ageMs: fix.ageMs, provider: fix.provider, mock: true,
                precise: true)
            phone.surroundings.fixes = [fix]
            try await phone.enrol()
            try phone.screen.tap("place-check")
            let sentence = "A simulated position is turned on, for example by a developer tool. Turn it off to have the place checked."
            try await phone.screen.wait("why") { phone.screen.words().contains(sentence) }
            try await phone.punch()
            try await phone.screen.wait("one punch") { phone.screen.all("today-line").count == 1 }
        }

        @Test func withoutConsentNothingIsMeasured() async throws {
            let phone = try Phone()
            try await phone.join(try server.code())
            try phone.screen.tap("consent-save")
            try await phone.screen.wait(for: "today-punch")
            #expect(phone.screen.has("place-no-consent") && !phone.screen.has("place-check"))
            try await phone.punch()
            let surroundings = phone.surroundings
            #expect(surroundings.asked == 0 && surroundings.measured == 0 && surroundings.read == 0 && surroundings.listened == 0)
        }

        @Test func whatWasAgreedToWithOneEmployerIsNotReadForAnother() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.screen.tap("place-check")
            try await phone.screen.wait(for: "place-picture")
            // The phone knows where it is, and the other employer may not.
            let surroundings = phone.surroundings
            let (read, listened) = (surroundings.read, surroundings.listened)
            #expect(read > 0 && listened > 0)
            try phone.screen.tap("employer-add")
            try await phone.join(try server.code(named: "Employee Four"))
            try phone.screen.tap("consent-save")
            try await phone.screen.wait(for: "today-punch")
            try await phone.punch()
            #expect(surroundings.read == read && surroundings.listened == listened && surroundings.measured == 1)
        }

        @Test func whoWithdrawsIsLocatedNoMoreAndTheRadioIsSeparate() async throws {
            let phone = try Phone()
            try await phone.join(try server.code())
            try phone.screen.tap("consent-location")
            try phone.screen.tap("consent-save")
            try await phone.screen.wait(for: "today-punch")
            try await phone.punch()
            let surroundings = phone.surroundings
            try await phone.screen.wait("the place") { surroundings.measured == 1 }
            #expect(surroundings.read > 0 && surroundings.listened == 0)
            try phone.open("Settings")
            try phone.screen.tap("settings-consent")
            try await phone.screen.wait("the choice") { phone.screen.value("consent-location") == "on" }
            try phone.screen.tap("consent-location")
            try phone.screen.tap("consent-save")
            try await phone.screen.wait("the withdrawal") { phone.app.journal?.home?.locationConsent == false }
            try phone.open("Today")
            let read = surroundings.read
            try await Task.sleep(for: .milliseconds(1100))  // Two taps within a second are one punch.
            try await phone.punch()
            #expect(surroundings.read == read && surroundings.measured == 1)
        }

        @Test func aPunchAwayFromTheSiteIsKeptAndSaidBeforehand() async throws {
            let phone = try Phone()
            phone.surroundings.fixes = [.away]
            try await phone.enrol()
            try phone.screen.tap("place-check")
            try await phone.screen.wait("the verdict") { phone.screen.label("place-verdict")?.contains("Not at the site") == true }
            #expect(try phone.screen.find("today-punch").isEnabled)
            try await phone.punch()
            try await phone.screen.wait("the line") { phone.screen.label("today-line")?.contains("Not at the site") == true }
        }

        // MARK: key store, clock, database

        @Test func aKeyStoreThatRefusesIsSaidAndTriedAgain() async throws {
            let phone = try Phone()
            phone.keys.isLocked = true
            try await phone.screen.wait(for: "closed-again")
            #expect(phone.screen.words().contains("The phone’s key store did not give a key. Restart the phone and try again."))
            phone.keys.isLocked = false
            try phone.screen.tap("closed-again")
            try await phone.screen.wait(for: "enrol-code")
        }

        @Test func aChangedClockIsSaidAndThePunchIsKept() async throws {
            let phone = try Phone()
            try await phone.enrol()
            phone.clock.set(forward: 3600)
            phone.network.changeTime()
            try await phone.screen.wait(for: "today-clock")
            try await phone.punch()
            try await phone.screen.wait("one punch") { phone.screen.all("today-line").count == 1 }
        }

        @Test func theDatabaseIsClosedInTheBackgroundAndOpenAgainInFront() async throws {
            let phone = try Phone()
            try await phone.enrol()
            await phone.app.pause()
            #expect(phone.background.finished == ["pause"])
            let daka = try #require(phone.app.journal?.daka)
            await #expect(throws: DakaError.self) { try await daka.queue() }
            await phone.app.resume()
            try await phone.punch()
            #expect(await phone.app.syncInBackground(deadline: .seconds(20)))
            // The person is looking: it stays open.
            _ = try await daka.queue()
        }

        /// A lock that is held while the system puts the process to sleep ends it (0xdead10cc).
        @Test func whoeverIsStartedForASyncAloneClosesTheDatabaseAgain() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try await phone.kill()
            #expect(await phone.app.syncInBackground(deadline: .seconds(20)))
            #expect(try await phone.queues().count == 1)
            phone.show()
            try await phone.screen.wait(for: "today-punch")
            try await phone.punch()
            // In the background with its screens: closed after the sync, and open again in front.
            await phone.app.pause()
            #expect(await phone.app.syncInBackground(deadline: .seconds(20)))
            #expect(try await phone.queues().count == 1)
            await phone.app.resume()
            try await phone.settled(sent: true)
        }
    }
}
