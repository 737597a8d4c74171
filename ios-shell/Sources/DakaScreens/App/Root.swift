import Daka
import SwiftUI

/// The whole app on a screen.
public struct Root: View {
    private let app: AppModel
    @Environment(\.scenePhase) private var phase
    @Environment(\.locale) private var locale

    public init(app: AppModel) { self.app = app }

    public var body: some View {
        ZStack {
            switch app.stage {
            case .opening: ProgressView { say("common.loading") }
            case .failed(let error): ClosedScreen(app: app, error: error)
            case .open(let journal): OpenRoot(app: app, journal: journal).id(journal.id)
            }
        }
        // Whatever ends the sheet, the file goes by the person's own tap alone.
        .sheet(isPresented: Binding { app.proof != nil } set: { _ in }) { LeftScreen(app: app) }
        .tells(app.trouble)
        .environment(\.locale, app.settings.language.locale ?? locale)
        .preferredColorScheme(app.settings.theme.scheme)
        .task { await app.start() }
        .onChange(of: phase, initial: true) { _, phase in
            switch phase {
            case .background: Task { await app.pause() }
            case .active: Task { await app.resume() }
            case .inactive: break
            }
        }
    }
}

extension Language {
    /// The locale of the person's choice; none leaves it to the system.
    var locale: Locale? {
        switch self {
        case .system: nil
        case .en: Locale(identifier: "en")
        case .zhHans: Locale(identifier: "zh-Hans")
        case .zhHantHk: Locale(identifier: "zh-Hant-HK")
        }
    }
}

extension Theme {
    var scheme: ColorScheme? {
        switch self {
        case .system: nil
        case .light: .light
        case .dark: .dark
        }
    }
}

/// Whoever is not enrolled sees one screen; everybody else has the tabs.
private struct OpenRoot: View {
    @Bindable var app: AppModel
    let journal: Journal

    var body: some View {
        switch journal.home {
        case nil: ProgressView { say("common.loading") }
        case let home? where home.employer == nil || journal.isJoining: EnrolScreen(app: app, journal: journal)
        case let home? where !home.consentAsked: NavigationStack { ConsentScreen(journal: journal) }
        default: tabs
        }
    }

    private var tabs: some View {
        TabView(selection: $app.tab) {
            TodayScreen(app: app, journal: journal).tabItem { labelled(say("today.title"), "clock") }.tag(AppModel.Tab.today)
            RecordScreen(journal: journal).tabItem { labelled(say("record.title"), "calendar") }.tag(AppModel.Tab.record)
            WaitingScreen(journal: journal).tabItem { labelled(say("waiting.tab"), "tray.and.arrow.up") }
                .badge(Int(journal.home?.queue.waiting ?? 0)).tag(AppModel.Tab.waiting)
            SettingsScreen(app: app, journal: journal).tabItem { labelled(say("settings.title"), "gearshape") }.tag(AppModel.Tab.settings)
        }
    }
}

/// The journal does not open: why, and what can be done.
private struct ClosedScreen: View {
    let app: AppModel
    let error: DakaError

    var body: some View {
        ContentUnavailableView {
            // A key store that refuses before the core is there is said in the phone's own words.
            labelled(error.code == .keyRefused ? say("refusals.key_store") : error.code.sentence, "lock")
        } description: {
            if error.code != .keyRefused { error.code.next }
        } actions: {
            tap("closed-again", say("common.try_again"), height: 44) { Task { await app.start() } }
            EmployerPicker(app: app)
        }
    }
}

/// An employer was left: the proof file of everything is the person's to keep.
private struct LeftScreen: View {
    let app: AppModel

    var body: some View {
        NavigationStack {
            List {
                say("settings.leave_done")
                if let file = app.proof { share("left-share", file) }
            }
            .ends(say("record.export_name"), "left-done", say("common.done")) { app.forgetProof() }
        }
        .interactiveDismissDisabled()
    }
}

/// Which employer's journal is open, where there are several.
struct EmployerPicker: View {
    let app: AppModel

    var body: some View {
        if app.profiles.count > 1 {
            Picker(selection: Binding { app.journal?.id ?? "" } set: { chosen in Task { await app.select(chosen) } }) {
                ForEach(app.profiles, id: \.id) { name($0).tag($0.id) }
            } label: {
                say("settings.switch")
            }
            .pickerStyle(.inline)
            .called("employer-which")
        }
    }

    private func name(_ profile: Profile) -> Text {
        guard let employer = profile.employer else { return say("settings.not_enrolled") }
        return profile.employee.map { say("common.pair \(employer) \($0)") } ?? Text(verbatim: employer)
    }
}
