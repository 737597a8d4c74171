import Daka
import SwiftUI

/// The first screen of a phone that belongs to nobody yet: scan or type a code, and join.
struct EnrolScreen: View {
    let app: AppModel
    @State private var model: EnrolModel
    @State private var isScanning = false

    init(app: AppModel, journal: Journal) {
        self.app = app
        _model = State(initialValue: EnrolModel(journal: journal))
    }

    var body: some View {
        NavigationStack {
            Form {
                askForCode
            }
            .navigationTitle(say("enrol.title"))
        }
        .tells($model.problem)
        .fullScreenCover(isPresented: $isScanning) {
            ScanScreen(camera: app.device.camera) { text in
                model.code = text
            }
        }
    }

    private var askForCode: some View {
        Section {
            Button {
                isScanning = true
            } label: {
                Label { say("enrol.scan") } icon: { Image(systemName: "qrcode.viewfinder") }
            }
            .accessibilityIdentifier("enrol-scan")
            TextField(text: $model.code, prompt: say("enrol.code_hint"), axis: .vertical) { say("enrol.code") }
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
                .accessibilityIdentifier("enrol-code")
            if model.isBusy {
                ProgressView { say("enrol.joining") }
            } else {
                Button {
                    Task { await model.enrol() }
                } label: {
                    say("enrol.join")
                }
                .disabled(model.code.isEmpty)
                .accessibilityIdentifier("enrol-join")
            }
        } header: {
            say("enrol.type")
        } footer: {
            say("enrol.intro")
        }
    }
}

/// A name and what it is, below each other when both do not fit into one line.
struct Fact: View {
    let name: Text
    let value: Text
    init(_ name: Text, _ value: Text) {
        self.name = name
        self.value = value
    }
    var body: some View {
        LabeledContent {
            value.textSelection(.enabled)
        } label: {
            name
        }
    }
}

/// 64 hexadecimal digits in groups of four, as people compare them.
struct FingerprintRow: View {
    let name: Text?
    let groups: String
    init(_ name: Text?, _ digits: String) {
        self.name = name
        groups = stride(from: 0, to: digits.count, by: 4).map { digits.dropFirst($0).prefix(4) }.joined(separator: " ")
    }
    var body: some View {
        VStack(alignment: .leading) {
            name
            Text(verbatim: groups).font(.footnote).monospaced().textSelection(.enabled)
                .accessibilityLabel(say("a11y.fingerprint \(groups)"))
        }
    }
}

/// The camera looks for a QR code.
struct ScanScreen: View {
    let camera: any CameraSource
    let found: @MainActor (String) -> Void
    @State private var access = Access.notAsked
    @Environment(\.dismiss) private var dismiss
    @Environment(\.openURL) private var openURL

    var body: some View {
        NavigationStack {
            CameraArea(camera: camera, access: access, part: .scanning, openSettings: openSettings)
                .navigationTitle(say("enrol.scan"))
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) {
                        Button(role: .cancel) { dismiss() } label: { say("common.cancel") }
                            .accessibilityIdentifier("scan-cancel")
                    }
                }
        }
        .task {
            access = await camera.ask()
            guard access == .allowed else { return }
            for await text in camera.codes() {
                found(text)
                dismiss()
                return
            }
        }
    }

    private func openSettings() {
        if let settings = Device.systemSettings { openURL(settings) }
    }
}

/// What the camera sees, or why it sees nothing and what to do then.
struct CameraArea: View {
    let camera: any CameraSource
    let access: Access
    let part: Part
    let openSettings: @MainActor () -> Void

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
                Label { access.says(of: part) } icon: { Image(systemName: "camera") }
            } description: {
                EmptyView()
            } actions: {
                if access == .refused {
                    Button(action: openSettings) { say("common.open_settings") }
                        .buttonStyle(.borderedProminent)
                        .controlSize(.large)
                        .accessibilityIdentifier("camera-settings")
                }
            }
        }
    }
}
