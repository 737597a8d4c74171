import Daka
import SwiftUI

/// The camera looks for a QR code.
struct ScanScreen: View {
    let camera: any CameraSource
    let found: @MainActor (String) -> Void
    @State private var access = Access.notAsked
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            CameraArea(camera: camera, access: access, part: .scanning)
                .ends(say("enrol.scan"), "scan-cancel", say("common.cancel")) { dismiss() }
        }
        .task {
            access = await camera.ask()
            guard access == .allowed else { return }
            for await text in camera.codes() {
                found(text)
                return dismiss()
            }
        }
    }
}

/// The camera, for one photo.
struct PhotoScreen: View {
    let journal: Journal
    let taken: @MainActor (_ file: URL, _ capture: String?) async throws -> Void
    @State private var access = Access.notAsked
    /// What the camera takes within five minutes counts as taken now.
    @State private var capture: String?
    @State private var trouble = Trouble()
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            VStack {
                CameraArea(camera: journal.device.camera, access: access, part: .photo)
                if access == .allowed {
                    tap("photo-take", say("field.take"), "camera.fill", height: 56) { Task { await take() } }.disabled(trouble.isBusy)
                }
            }
            .ends(say("field.camera"), "photo-cancel", say("common.cancel")) { dismiss() }
        }
        .tells(trouble)
        .task {
            access = await journal.device.camera.ask()
            if access == .allowed { capture = await trouble.attempt { try await journal.daka.beginCapture() } }
        }
    }

    private func take() async {
        await trouble.once {
            let file = try await journal.device.camera.take()
            defer { try? FileManager.default.removeItem(at: file) }
            try await taken(file, capture)
            dismiss()
        }
    }
}

/// What the camera sees, or why it sees nothing and what to do then.
private struct CameraArea: View {
    let camera: any CameraSource
    let access: Access
    let part: Part

    var body: some View {
        switch access {
        case .notAsked:
            ProgressView { access.says(of: part) }
        case .allowed, .approximate:
            VStack {
                if part == .scanning { say("enrol.point_camera") }
                camera.viewfinder().accessibilityLabel(say("a11y.viewfinder"))
            }
        case .refused, .restricted, .off, .missing:
            ContentUnavailableView {
                labelled(access.says(of: part), "camera")
            } actions: {
                if access == .refused { SettingsTap(identifier: "camera-settings").buttonStyle(.borderedProminent).controlSize(.large) }
            }
        }
    }
}
