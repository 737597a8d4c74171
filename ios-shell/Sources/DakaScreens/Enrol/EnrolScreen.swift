import Daka
import SwiftUI

/// The first screen of a phone that belongs to nobody yet: scan or type a code, see where it leads, join. The code's own text says which
/// server and which root; that is shown before anything is sent.
struct EnrolScreen: View {
    let app: AppModel
    let journal: Journal
    @State private var code = ""
    /// Where the code leads, read without network.
    @State private var preview: CodePreview?
    @State private var trouble = Trouble()
    @State private var isScanning = false

    var body: some View {
        NavigationStack {
            Form {
                if let preview { whoItIs(preview) } else { askForCode }
                EmployerPicker(app: app)
            }
            .navigationTitle(say("enrol.title"))
        }
        .tells(trouble)
        .fullScreenCover(isPresented: $isScanning) {
            ScanScreen(camera: app.device.camera) { text in
                code = text
                Task { await read() }
            }
        }
    }

    private var askForCode: some View {
        rows(say("enrol.type"), footer: say("enrol.intro")) {
            tap("enrol-scan", say("enrol.scan"), "qrcode.viewfinder") { isScanning = true }
            TextField(text: $code, prompt: say("enrol.code_hint"), axis: .vertical) { say("enrol.code") }
                .textInputAutocapitalization(.never).autocorrectionDisabled().called("enrol-code")
            tap("enrol-read", say("common.continue")) { Task { await read() } }.disabled(code.isEmpty)
        }
    }

    private func read() async {
        preview = await trouble.attempt(saying: [.badValue: say("refusals.not_a_code")]) { try await app.previewCode(code) }
    }

    private func whoItIs(_ preview: CodePreview) -> some View {
        // A typed code names no root: what the server says is compared afterwards.
        rows(say("enrol.check"), footer: preview.root == nil ? nil : say("enrol.root_compare")) {
            fact(say("enrol.server"), Text(verbatim: preview.server)).called("enrol-server")
            if let root = preview.root { fingerprint(say("enrol.root"), root).called("enrol-root") }
            if preview.ownCertificate { say("enrol.own_certificate") }
            if trouble.isBusy {
                ProgressView { say("enrol.joining") }
            } else {
                tap("enrol-join", say("enrol.join")) { Task { await join() } }
                tap("enrol-other", say("common.cancel"), role: .cancel) { (self.preview, code) = (nil, "") }
            }
        }
    }

    private func join() async {
        await trouble.once(saying: [.unreachable: say("refusals.no_network_enrol")]) {
            journal.isJoining = true
            defer { journal.isJoining = false }
            try await journal.daka.enrol(code.trimmingCharacters(in: .whitespacesAndNewlines))
            // Sites and rules, before consent is asked for by them. A server that is away is no failure: the phone is enrolled.
            _ = try? await journal.sync(now: true)
            await app.lookAtProfiles()
        }
    }
}

/// What is recorded, by purpose, and the choice for each. Shown after enrolment, and again from the settings.
struct ConsentScreen: View {
    let journal: Journal
    @State private var page: ConsentPage?
    @State private var granted: Set<Purpose> = []
    @State private var trouble = Trouble()
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        Form {
            if let info = journal.home?.employer { who(info) }
            if let page {
                purposes(page)
                Section { tap("consent-save", say("consent.agree")) { Task { await save(page) } }.disabled(trouble.isBusy) }
            }
        }
        .navigationTitle(say("consent.title"))
        .task { await load() }
        .tells(trouble)
    }

    private func load() async {
        await trouble.attempt {
            let now = try await journal.daka.consentPage()
            let given = try await journal.daka.consent().filter(\.granted).map(\.purpose)
            // Both at once: what a person chooses on the page is not undone by what was read.
            (page, granted) = (now, Set(given))
        }
    }

    /// Records the choices as they stand.
    private func save(_ page: ConsentPage) async {
        await trouble.once {
            try await journal.daka.setConsent(
                page.purposes.map { ConsentChoice(purpose: $0, granted: granted.contains($0), textRev: page.textRev) })
            Task { await journal.syncQuietly() }
            dismiss()
        }
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

    private func agrees(to purpose: Purpose) -> Binding<Bool> {
        Binding { granted.contains(purpose) } set: { if $0 { granted.insert(purpose) } else { granted.remove(purpose) } }
    }

    @ViewBuilder private func purposes(_ page: ConsentPage) -> some View {
        Section {
            say("consent.recorded")
            say("consent.choose").font(.headline)
        }
        ForEach(page.purposes, id: \.self) { purpose in
            rows(footer: purpose.means) {
                Toggle(isOn: agrees(to: purpose)) { purpose.sentence }.called("consent-\(purpose.text)")
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
