import Daka
import SwiftUI

/// The camera looks for a QR code.
struct ScanScreen: View {
    let camera: any CameraSource
    let found: @MainActor (String) -> Void
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            CameraArea(camera: camera, part: .scanning, ready: look) { say("enrol.point_camera") }
                .ends(say("enrol.scan"), "scan-cancel", say("common.cancel")) { dismiss() }
        }
    }

    private func look() async {
        for await text in camera.codes() {
            found(text)
            return dismiss()
        }
    }
}

/// The camera, for one photo.
struct PhotoScreen: View {
    let journal: Journal
    let taken: @MainActor (_ file: URL, _ capture: String?) async throws -> Void
    /// What the camera takes within five minutes counts as taken now.
    @State private var capture: String?
    @State private var trouble = Trouble()
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            CameraArea(camera: journal.device.camera, part: .photo, ready: begin) {
                tap("photo-take", say("field.take"), "camera.fill", height: 56) { Task { await take() } }.disabled(trouble.isBusy)
            }
            .ends(say("field.camera"), "photo-cancel", say("common.cancel")) { dismiss() }
        }
        .tells(trouble)
    }

    private func begin() async { capture = await trouble.attempt { try await journal.daka.beginCapture() } }

    private func take() async {
        await trouble.once {
            let file = try await journal.device.camera.take()
            defer { try? FileManager.default.removeItem(at: file) }
            try await taken(file, capture)
            dismiss()
        }
    }
}

/// What the camera sees and what is done with it, or why it sees nothing and what to do then.
private struct CameraArea<Below: View>: View {
    let camera: any CameraSource
    let part: Part
    let ready: @MainActor () async -> Void
    @ViewBuilder let below: Below
    @State private var access = Access.notAsked

    var body: some View {
        VStack {
            switch access {
            case .notAsked:
                ProgressView { access.says(of: part) }
            case .allowed, .approximate:
                camera.viewfinder().accessibilityLabel(say("a11y.viewfinder"))
                below
            case .refused, .restricted, .off, .missing:
                ContentUnavailableView {
                    labelled(access.says(of: part), "camera")
                } actions: {
                    if access == .refused { SettingsTap(identifier: "camera-settings").buttonStyle(.borderedProminent).controlSize(.large) }
                }
            }
        }
        .task {
            access = await camera.ask()
            if access == .allowed { await ready() }
        }
    }
}
