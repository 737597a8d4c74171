import Daka
import SwiftUI

/// Language, theme, data, reminders, consent, keys, employers, and what the app is made of.
struct SettingsScreen: View {
    let app: AppModel
    let journal: Journal

    init(app: AppModel, journal: Journal) {
        self.app = app
        self.journal = journal
    }

    var body: some View {
        NavigationStack {
            Form {
                Section {
                    link("settings-consent", say("settings.consent"), "hand.raised") { ConsentScreen(journal: journal) }
                    link("settings-keys", say("settings.keys"), "key") { KeysScreen(journal: journal) }
                }
                employer
                Section {
                    link("settings-licences", say("settings.licences"), "doc.text") { LicencesScreen() }
                    link("settings-diagnostics", say("settings.diagnostics"), "stethoscope") { DiagnosticsScreen(journal: journal) }
                    say("settings.version \(app.device.version)").accessibilityIdentifier("settings-version")
                }
            }
            .navigationTitle(say("settings.title"))
        }
    }

    private var employer: some View {
        Section {
            if let info = journal.home?.employer {
                Fact(say("settings.employer"), Text(verbatim: info.employer)).accessibilityIdentifier("settings-employer")
                Fact(say("settings.employee"), Text(verbatim: info.employee))
                Fact(say("settings.server"), Text(verbatim: info.server))
                FingerprintRow(say("settings.root"), info.root)
            }
            say("settings.new_phone").font(.headline)
            say("settings.new_phone_about")
            link("settings-leave", say("settings.leave \(journal.home?.employer?.employer ?? "")"), "door.right.hand.open") {
                LeaveScreen(app: app, journal: journal)
            }
        }
    }

    private func link(
        _ identifier: String, _ title: Text, _ symbol: String, @ViewBuilder _ destination: @escaping () -> some View
    ) -> some View {
        NavigationLink(destination: destination) {
            Label { title } icon: { Image(systemName: symbol) }
        }
        .accessibilityIdentifier(identifier)
    }
}

/// What is recorded, by purpose, and the choice for each. Shown after enrolment, and again from the settings.
struct ConsentScreen: View {
    let journal: Journal
    @State private var model: ConsentModel
    @Environment(\.dismiss) private var dismiss

    init(journal: Journal) {
        self.journal = journal
        _model = State(initialValue: ConsentModel(journal: journal))
    }

    var body: some View {
        Form {
            if let info = journal.home?.employer {
                Section {
                    say("enrol.joined \(info.employer) \(info.employee)").font(.headline).accessibilityIdentifier("consent-who")
                } footer: {
                    say("enrol.not_me")
                }
            }
            if let page = model.page { purposes(page) }
            Section {
                Button {
                    Task { if await model.save() { dismiss() } }
                } label: {
                    say("consent.agree")
                }
                .disabled(model.isBusy || model.page == nil)
                .accessibilityIdentifier("consent-save")
            }
        }
        .navigationTitle(say("consent.title"))
        .task { await model.load() }
        .tells($model.problem)
    }

    @ViewBuilder private func purposes(_ page: ConsentPage) -> some View {
        Section {
            say("consent.recorded")
            say("consent.choose").font(.headline)
        }
        ForEach(page.purposes, id: \.self) { purpose in
            Section {
                Toggle(isOn: choice(purpose)) { purpose.sentence }.accessibilityIdentifier("consent-\(purpose.text)")
            } footer: {
                purpose.means
            }
        }
        Section {
            page.recordsCoordinates ? say("consent.location_coordinates") : say("consent.location_result")
            if page.photosOnWifiOnly { say("consent.photo_wifi") }
            say("consent.who")
            say("consent.how_long")
            if !page.fromEmployer { say("consent.defaults") }
        } footer: {
            say("consent.withdraw_how")
        }
    }

    private func choice(_ purpose: Purpose) -> Binding<Bool> {
        Binding { model.granted.contains(purpose) } set: { model.set(purpose, $0) }
    }
}

/// The keys that punch in this person's name, as far as this phone knows, and the employer's root.
struct KeysScreen: View {
    let journal: Journal
    @State private var keys: [KeyInfo] = []
    @State private var problem: Problem?

    init(journal: Journal) { self.journal = journal }

    var body: some View {
        List {
            ForEach(keys, id: \.fingerprint) { key in
                Section {
                    if key.thisDevice { say("settings.key_this_device").font(.headline) }
                    key.standing.sentence
                    say("settings.key_since \(Moment(ms: key.sinceMs).dayAndTime)")
                    FingerprintRow(nil, key.fingerprint)
                }
            }
            if let root = journal.home?.employer?.root {
                Section { FingerprintRow(say("settings.root"), root).accessibilityIdentifier("keys-root") }
            }
        }
        .navigationTitle(say("settings.keys"))
        .task {
            do {
                keys = try await journal.daka.keys()
            } catch {
                problem = Problem(error)
            }
        }
        .tells($problem)
    }
}

/// What the app is made of, and under which terms.
struct LicencesScreen: View {
    @State private var text = ""

    init() {}

    var body: some View {
        ScrollView {
            say("settings.licences_about").padding()
            Text(verbatim: text).font(.footnote).monospaced().padding().textSelection(.enabled)
        }
        .navigationTitle(say("settings.licences"))
        .task {
            if let file = Bundle.module.url(forResource: "licences", withExtension: "txt") {
                text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            }
        }
    }
}

/// Versions, counts and codes for whoever helps; nothing personal.
struct DiagnosticsScreen: View {
    let journal: Journal
    @State private var text = ""
    @State private var file: URL?
    @State private var problem: Problem?

    init(journal: Journal) { self.journal = journal }

    var body: some View {
        ScrollView {
            say("settings.diagnostics_about").padding()
            if let file {
                ShareLink(item: file) { say("settings.share_diagnostics") }
                    .buttonStyle(.bordered)
                    .controlSize(.large)
                    .accessibilityIdentifier("diagnostics-share")
            }
            Text(verbatim: text).font(.footnote).monospaced().padding().textSelection(.enabled)
                .accessibilityIdentifier("diagnostics-text")
        }
        .navigationTitle(say("settings.diagnostics"))
        .task {
            do {
                text = try await journal.daka.diagnostics()
                let to = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("daka-diagnostics.json")
                if (try? text.write(to: to, atomically: true, encoding: .utf8)) != nil { file = to }
            } catch {
                problem = Problem(error)
            }
        }
        .tells($problem)
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
