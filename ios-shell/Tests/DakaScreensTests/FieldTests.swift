import Daka
import DakaTesting
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

        @Test(arguments: [
            (PhotoTrouble.failed, "The camera did not start. Close other apps that use it and try again."),
            (.noSpace, "There is no space for the photo. Free some space and take it again."),
            (.missing, "This phone has no camera that the app can use. Type the code, or choose a photo."),
        ])
        func aPhotoThatCannotBeTakenIsSaidAndTheDraftStays(_ trouble: PhotoTrouble, _ sentence: String) async throws {
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
            #expect(phone.screen.alert?.label == sentence && phone.screen.missing == [] && phone.screen.low == [])
            try phone.screen.tap("trouble-read")
            try phone.screen.tap("photo-cancel")
            #expect(phone.screen.value("field-visit") == "Order 4711")
            try phone.screen.tap("field-later")
            try await phone.punch()
        }

        @Test func aCameraThatIsNotAllowedSaysSoAndTheDraftStays() async throws {
            let phone = try Phone()
            phone.camera.answer = .refused
            try await phone.enrol()
            try phone.screen.tap("today-field")
            try await phone.screen.wait(for: "field-take")
            try phone.screen.type("Order 4711", into: "field-visit")
            try phone.screen.tap("field-take")
            try await phone.screen.wait(for: "camera-settings")
            #expect(phone.screen.words().contains("The camera is not allowed. Allow it to take a photo.") && !phone.screen.has("photo-take"))
            try phone.screen.tap("photo-cancel")
            #expect(phone.screen.value("field-visit") == "Order 4711")
        }

        @Test func aChosenPictureThatIsNoPhotoIsSaidAndTheDraftStays() async throws {
            let phone = try Phone()
            let fake = FakeDakaClient(employer: FakeDakaClient.someEmployer)
            fake.fieldPolicy = FieldPolicy(camera: true, gallery: true, photoRequired: false, maxPhotos: 3, photoConsent: true)
            let screen = Screen(FieldScreen(journal: Journal(id: "test", daka: fake, device: phone.app.device)) { _ in }, catalog: catalog)
            try await screen.wait(for: "field-choose")
            try screen.type("Order 4711", into: "field-visit")
            let file = try temporaryFolder().appendingPathComponent("no.jpg")
            try Data("no picture".utf8).write(to: file)
            // What fails next is the photo, not the draft.
            for _ in 0..<500 where try await fake.draft()?.visit == nil { try await Task.sleep(for: .milliseconds(10)) }
            for (chosen, words) in [
                (Result<URL, PhotoTrouble>.success(file), "The photo is not a JPEG file."), (.failure(.unreadable), "The photo file cannot be read."),
            ] {
                if case .success = chosen { fake.failNext(DakaError(.photoNotJpeg)) }
                phone.gallery.chosen = chosen
                try screen.tap("field-choose")
                try await screen.wait("why") { screen.alert != nil }
                #expect(screen.alert?.label == words && screen.alert?.children.filter { $0.role == .text }.count == 1 && screen.missing == [])
                try screen.tap("trouble-read")
            }
            #expect(!FileManager.default.fileExists(atPath: file.path) && screen.all("photo").isEmpty)
            #expect(screen.value("field-visit") == "Order 4711")
            let kept = try await fake.draft()
            #expect(kept?.visit == "Order 4711")
        }
    }
}
