import Daka
import SwiftUI

/// Language, theme, data, reminders, consent, keys, employers, and what the app is made of.
struct SettingsScreen: View {
    let app: AppModel
    let journal: Journal

    var body: some View {
        NavigationStack {
            Form {
                looks
                Section {
                    push("settings-reminders", say("settings.reminders"), "bell") { ReminderScreen(app: app, journal: journal) }
                    push("settings-consent", say("settings.consent"), "hand.raised") { ConsentScreen(journal: journal) }
                    push("settings-keys", say("settings.keys"), "key") { KeysScreen(journal: journal) }
                }
                if let info = journal.home?.employer { employer(info) }
                Section {
                    push("settings-licences", say("settings.licences"), "doc.text") { LicencesScreen() }
                    push("settings-diagnostics", say("settings.diagnostics"), "stethoscope") { DiagnosticsScreen(journal: journal) }
                    say("settings.version \(app.device.version)").called("settings-version")
                }
            }
            .navigationTitle(say("settings.title"))
        }
    }

    private var looks: some View {
        let now = app.settings
        return rows(footer: say("settings.data_saver_about")) {
            choice("settings-language", say("settings.language"), Language.allCases, kept(now.language) { now.with(language: $0) })
            choice("settings-theme", say("settings.theme"), Theme.allCases, kept(now.theme) { now.with(theme: $0) })
            Toggle(isOn: kept(now.dataSaver) { now.with(dataSaver: $0) }) { say("settings.data_saver") }.called("settings-saver")
        }
    }

    private func kept<Value>(_ value: Value, _ changed: @escaping (Value) -> AppSettings) -> Binding<Value> {
        Binding { value } set: { new in Task { await app.set(changed(new)) } }
    }

    private func employer(_ info: EmployerInfo) -> some View {
        Section {
            fact(say("settings.employer"), Text(verbatim: info.employer)).called("settings-employer")
            fact(say("settings.employee"), Text(verbatim: info.employee))
            fact(say("settings.server"), Text(verbatim: info.server))
            fingerprint(say("settings.root"), info.root)
            EmployerPicker(app: app)
            tap("settings-add", say("settings.add"), "plus") { Task { await app.addEmployer() } }
            say("settings.new_phone").font(.headline)
            say("settings.new_phone_about")
            push("settings-leave", say("settings.leave \(info.employer)"), "door.right.hand.open") {
                LeaveScreen(app: app, journal: journal, title: say("settings.leave \(info.employer)"))
            }
        }
    }
}

/// The keys that punch in this person's name, as far as this phone knows, and the employer's root.
private struct KeysScreen: View {
    let journal: Journal

    var body: some View {
        Reading(journal: journal) { try await $0.keys() } content: { keys in
            List {
                ForEach(keys, id: \.fingerprint) { key in
                    Section {
                        if key.thisDevice { say("settings.key_this_device").font(.headline) }
                        key.standing.sentence
                        say("settings.key_since \(Moment(ms: key.sinceMs).dayAndTime)")
                        fingerprint(nil, key.fingerprint)
                    }
                }
                if let root = journal.home?.employer?.root {
                    Section { fingerprint(say("settings.root"), root).called("keys-root") }
                }
            }
        }
        .navigationTitle(say("settings.keys"))
    }
}

/// Leaving an employer: what the server lacks, a proof file of everything first, then keys, photos and journal go from this phone.
private struct LeaveScreen: View {
    let app: AppModel
    let journal: Journal
    let title: Text
    @State private var asks = false
    @State private var trouble = Trouble()

    var body: some View {
        Reading(journal: journal) { try await $0.leavePreview() } content: { preview in
            Form {
                rows(footer: say("settings.leave_about")) {
                    waits(preview)
                    tap("leave-do", say("settings.leave_export"), role: .destructive) { asks = true }.disabled(trouble.isBusy)
                }
            }
        }
        .navigationTitle(title)
        .tells(trouble)
        .confirmationDialog(title, isPresented: $asks) {
            tap("leave-yes", say("settings.leave_export"), role: .destructive) {
                Task { await trouble.once { try await app.leave(journal) } }
            }
        } message: {
            say("settings.leave_about")
        }
    }

    @ViewBuilder private func waits(_ preview: LeavePreview) -> some View {
        if preview.waiting + preview.refused + preview.photos > 0 {
            StateLabel(say("settings.leave_waiting \(Int(preview.waiting))"), "tray.and.arrow.up", .wait).called("leave-waiting")
            if preview.photos > 0 { say("settings.leave_photos \(Int(preview.photos))") }
            if preview.refused > 0 { say("settings.leave_refused \(Int(preview.refused))") }
        } else {
            StateLabel(say("today.all_received"), "checkmark.seal", .good).called("leave-all-sent")
        }
    }
}

@MainActor private func plain(_ text: String) -> some View {
    Text(verbatim: text).font(.footnote).monospaced().padding().textSelection(.enabled)
}

/// What the app is made of, and under which terms.
private struct LicencesScreen: View {
    private let file = Bundle.module.url(forResource: "licences", withExtension: "txt")

    var body: some View {
        ScrollView {
            say("settings.licences_about").padding()
            plain(file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? "").called("licences-text")
        }
        .navigationTitle(say("settings.licences"))
    }
}

/// Versions, counts and codes for whoever helps; nothing personal.
private struct DiagnosticsScreen: View {
    let journal: Journal

    var body: some View {
        Reading(journal: journal) { try await $0.diagnostics() } content: { text in
            ScrollView {
                say("settings.diagnostics_about").padding()
                ExportRow(identifier: "diagnostics", words: say("settings.share_diagnostics"), name: "diagnostics.json") {
                    try text.write(toFile: $0, atomically: true, encoding: .utf8)
                }
                .buttonStyle(.bordered).controlSize(.large)
                plain(text).called("diagnostics-text")
            }
        }
        .navigationTitle(say("settings.diagnostics"))
    }
}

extension AppSettings {
    fileprivate func with(language: Language? = nil, theme: Theme? = nil, dataSaver: Bool? = nil) -> AppSettings {
        AppSettings(language: language ?? self.language, theme: theme ?? self.theme, dataSaver: dataSaver ?? self.dataSaver)
    }
}
