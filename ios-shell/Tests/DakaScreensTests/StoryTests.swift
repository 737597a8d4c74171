import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// A working day by taps alone, against the real library and the real server.
    @MainActor @Suite struct StoryTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func aDayFromTheCodeToTheProof() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try await phone.screen.wait("the server's time") { phone.screen.label("today-word") == "Verified time" }

            // A punch at the door, and its result.
            try phone.screen.tap("today-punch")
            try await phone.screen.wait(for: "result-state")
            try await phone.screen.wait("the verdict") { phone.screen.label("place-verdict") == "Head office: At the site" }
            try await phone.screen.wait("the receipt") { phone.screen.label("result-state") == "The server has received your punch." }
            try await phone.screen.wait("the end of measuring") { !phone.screen.has("result-measuring") }
            try await phone.settled(sent: true)
            try phone.screen.tap("result-done")

            // The server is gone: two punches wait, and are there when the app starts again.
            server.stop()
            try await phone.punch()
            try await Task.sleep(for: .milliseconds(1100))  // Two taps within a second are one punch.
            try await phone.punch()
            try await phone.screen.wait("two that wait") {
                phone.screen.all("today-line").filter { $0.label.hasSuffix("Kept on this phone") }.count == 2
            }
            #expect(phone.screen.has("today-waiting"))
            try await phone.restart()
            try await phone.screen.wait(for: "today-punch")
            try phone.open("Waiting")
            try await phone.screen.wait("both") { phone.screen.all("waiting-item").count == 2 }

            // The server is back: "send now" delivers both.
            try server.start()
            try await phone.screen.wait(for: "waiting-send")
            try phone.screen.tap("waiting-send")
            try await phone.screen.wait(for: "waiting-nothing")

            // The record: today with three punches, and a proof file of them.
            try phone.open("My record")
            let today = try #require(phone.app.journal?.home?.date)
            try await phone.screen.wait(for: "record-\(today)")
            try phone.screen.tap("record-\(today)")
            try await phone.screen.wait("three punches") { phone.screen.all("day-line").count == 3 }
            try phone.screen.tap("day-export")
            try await phone.screen.wait(for: "day-export-share")
            let name = try #require(phone.screen.value("day-export-share"))
            let report = try await verifyBundle(path: NSTemporaryDirectory() + name, rootPem: server.rootPem)
            #expect(report.ok && report.trustGiven && report.punches.count == 3)
            #expect(report.punches.allSatisfy { $0.holds.contains(.receipt) && $0.holds.contains(.signature) })

            // One of them, with its receipt.
            try phone.screen.tap(try #require(phone.screen.all("day-line").first))
            try await phone.screen.wait(for: "punch-received")
            #expect(phone.screen.label("punch-verdict") == "Head office: At the site")
        }

        @Test func leavingGivesAProofOfEverythingAndThePhoneBelongsToNobody() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try await phone.punch()
            try await phone.settled(sent: true)
            try phone.open("Settings")
            try phone.screen.tap("settings-keys")
            try await phone.screen.wait(for: "keys-root")
            try await phone.screen.wait("this phone's key") { phone.screen.words().contains("This phone") }
            try phone.screen.tap("BackButton")
            try phone.screen.tap("settings-diagnostics")
            try await phone.screen.wait(for: "diagnostics")
            try phone.screen.tap("diagnostics")
            try await phone.screen.wait(for: "diagnostics-share")
            #expect(!phone.screen.words().contains("Employee One"))
            try phone.screen.tap("BackButton")
            try phone.screen.tap("settings-leave")
            try await phone.screen.wait(for: "leave-do")
            try phone.screen.tap("leave-do")
            try phone.screen.tap(try #require(phone.screen.alert?.children.last { $0.isDestructive }))
            try await phone.screen.wait(for: "left-share")
            try await phone.screen.wait("the next journal") { phone.app.journal != nil }
            // The process ends before the file is shared: it is still there.
            let left = try #require(phone.keys.forgotten.first)
            try await phone.restart()
            try await phone.screen.wait(for: "left-share")
            let file = phone.folder.appendingPathComponent(try #require(phone.screen.value("left-share")))
            #expect(try await verifyBundle(path: file.path, rootPem: server.rootPem).punches.count == 1)
            try phone.screen.tap("left-done")
            try await phone.screen.wait(for: "enrol-code")
            #expect(!FileManager.default.fileExists(atPath: file.path))
            #expect(phone.keys.forgotten == [left] && phone.app.profiles.allSatisfy { $0.id != left })
        }

        @Test func aPunchFromOutsideIsTheButtonsAndShowsItsResult() async throws {
            let phone = try Phone()
            try await phone.enrol()
            _ = await phone.app.punchFromOutside()
            try await phone.screen.wait(for: "result-done")
            try phone.screen.tap("result-done")
            try await phone.screen.wait("one punch") { phone.screen.all("today-line").count == 1 }
        }
    }
}
