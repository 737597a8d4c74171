import Daka
import Foundation
@_spi(Testing) import SwiftUI
import Testing

@testable import DakaScreens

extension All {
    /// A field check-in: what is written survives the process, and the photo arrives.
    @MainActor @Suite struct FieldTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func aDraftSurvivesTheProcessAndBecomesAPunchWithItsPhoto() async throws {
            let phone = try Phone()
            try await phone.enrol()
            try phone.screen.tap("today-field")
            try await phone.screen.wait(for: "field-take")
            try phone.screen.type("Order 4711", into: "field-visit")
            try phone.screen.type("Pump replaced", into: "field-note")
            try phone.screen.choose("Business trip", in: "field-kind")
            try phone.screen.tap("field-take")
            try await phone.screen.wait(for: "photo-take")
            try phone.screen.tap("photo-take")
            try await phone.screen.wait(for: "photo")

            try await phone.restart()
            try await phone.screen.wait(for: "today-field")
            try phone.screen.tap("today-field")
            try await phone.screen.wait("the draft") { phone.screen.value("field-visit") == "Order 4711" }
            #expect(phone.screen.value("field-note") == "Pump replaced" && phone.screen.value("field-kind") == "Business trip")
            try await phone.screen.wait(for: "photo")
            try phone.screen.tap("field-submit")
            try await phone.screen.wait(for: "result-done")
            try phone.screen.tap("result-done")
            try await phone.screen.wait("the line") { phone.screen.label("today-line")?.hasPrefix("Business trip") == true }
            #expect(try await phone.app.journal?.daka.draft() == nil)
        }

        @Test(arguments: [PhotoTrouble.failed, .noSpace])
        func aPhotoThatCannotBeTakenIsSaidAndTheDraftStays(_ trouble: PhotoTrouble) async throws {
            let phone = try Phone()
            phone.camera.trouble = trouble
            try await phone.enrol()
            try phone.screen.tap("today-field")
            try await phone.screen.wait(for: "field-take")
            try phone.screen.type("Order 4711", into: "field-visit")
            try phone.screen.tap("field-take")
            try await phone.screen.wait(for: "photo-take")
            try phone.screen.tap("photo-take")
            try await phone.screen.wait("why") { phone.screen.alert != nil }
            #expect(phone.screen.alert?.label.isEmpty == false && phone.screen.missing == [])
            try phone.screen.tap(try #require(phone.screen.alert?.children.last))
            try phone.screen.tap("photo-cancel")
            #expect(phone.screen.value("field-visit") == "Order 4711")
            try phone.screen.tap("field-later")
            try await phone.punch()
        }
    }
}
