import Daka
import SwiftUI

/// The first screen of a phone that belongs to nobody yet: scan or type a code, see where it leads, join.
struct EnrolScreen: View {
    private let app: AppModel
    @State private var model: EnrolModel
    @State private var isScanning = false
    init(app: AppModel, journal: Journal) { (self.app, _model) = (app, State(initialValue: EnrolModel(app: app, journal: journal))) }

    var body: some View {
        NavigationStack {
            Form {
                if let preview = model.preview { whoItIs(preview) } else { askForCode }
                EmployerPicker(app: app)
            }
            .navigationTitle(say("enrol.title"))
        }
        .tells(model.trouble)
        .fullScreenCover(isPresented: $isScanning) {
            ScanScreen(camera: app.device.camera) { text in
                model.code = text
                Task { await model.read() }
            }
        }
    }

    private var askForCode: some View {
        rows(say("enrol.type"), footer: say("enrol.intro")) {
            tap("enrol-scan", say("enrol.scan"), "qrcode.viewfinder") { isScanning = true }
            TextField(text: $model.code, prompt: say("enrol.code_hint"), axis: .vertical) { say("enrol.code") }
                .textInputAutocapitalization(.never).autocorrectionDisabled().called("enrol-code")
            tap("enrol-read", say("common.continue")) { Task { await model.read() } }.disabled(model.code.isEmpty)
        }
    }

    private func whoItIs(_ preview: CodePreview) -> some View {
        // A typed code names no root: what the server says is compared afterwards.
        rows(say("enrol.check"), footer: preview.root == nil ? nil : say("enrol.root_compare")) {
            fact(say("enrol.server"), Text(verbatim: preview.server)).called("enrol-server")
            if let root = preview.root { fingerprint(say("enrol.root"), root).called("enrol-root") }
            if preview.ownCertificate { say("enrol.own_certificate") }
            if model.trouble.isBusy {
                ProgressView { say("enrol.joining") }
            } else {
                tap("enrol-join", say("enrol.join")) { Task { await model.enrol() } }
                tap("enrol-other", say("common.cancel"), role: .cancel) { model.forget() }
            }
        }
    }
}

/// What is recorded, by purpose, and the choice for each. Shown after enrolment, and again from the settings.
struct ConsentScreen: View {
    @State private var model: ConsentModel
    @Environment(\.dismiss) private var dismiss
    init(journal: Journal) { _model = State(initialValue: ConsentModel(journal: journal)) }

    var body: some View {
        Form {
            if let info = model.journal.home?.employer { who(info) }
            if let page = model.page { purposes(page) }
            Section {
                tap("consent-save", say("consent.agree")) { Task { if await model.save() { dismiss() } } }
                    .disabled(model.trouble.isBusy || model.page == nil)
            }
        }
        .navigationTitle(say("consent.title"))
        .task { await model.load() }
        .tells(model.trouble)
    }

    private func who(_ info: EmployerInfo) -> some View {
        rows(footer: say("enrol.not_me")) {
            say("enrol.joined \(info.employer) \(info.employee)").font(.headline).called("consent-who")
            if !info.rootNamed {
                fingerprint(say("enrol.root"), info.root).called("consent-root")
                say("enrol.root_compare")
            }
        }
    }

    @ViewBuilder private func purposes(_ page: ConsentPage) -> some View {
        Section {
            say("consent.recorded")
            say("consent.choose").font(.headline)
        }
        ForEach(page.purposes, id: \.self) { purpose in
            rows(footer: purpose.means) {
                Toggle(isOn: $model.granted[contains: purpose]) { purpose.sentence }.called("consent-\(purpose.text)")
            }
        }
        rows(footer: say("consent.withdraw_how")) {
            page.recordsCoordinates ? say("consent.location_coordinates") : say("consent.location_result")
            if page.photosOnWifiOnly { say("consent.photo_wifi") }
            say("consent.who")
            say("consent.how_long")
            if !page.fromEmployer { say("consent.defaults") }
        }
    }
}

extension Set {
    /// For a switch that puts an element in and takes it out.
    fileprivate subscript(contains element: Element) -> Bool {
        get { contains(element) }
        set { if newValue { insert(element) } else { remove(element) } }
    }
}

extension Purpose {
    /// When it is read, and what for.
    fileprivate var means: Text {
        switch self {
        case .location: say("consent.location_when")
        case .radio: say("consent.radio_when")
        case .photo: say("consent.photo_when")
        case .unknown: say("consent.recorded")
        }
    }
}
