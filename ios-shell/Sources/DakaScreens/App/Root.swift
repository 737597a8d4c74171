import Daka
import SwiftUI

/// The whole app on a screen.
public struct Root: View {
    @Bindable private var app: AppModel
    @Environment(\.scenePhase) private var phase

    public init(app: AppModel) { self.app = app }

    public var body: some View {
        Group {
            switch app.stage {
            case .opening:
                ProgressView { say("common.loading") }
            case .failed(let error):
                ClosedScreen(app: app, error: error)
            case .open(let journal):
                OpenRoot(app: app, journal: journal).id(journal.id)
            }
        }
        .task { await app.start() }
        .onChange(of: phase) { _, phase in
            switch phase {
            case .background: Task { await app.pause() }
            case .active: Task { await app.resume() }
            case .inactive: break
            }
        }
    }
}

/// Whoever is not enrolled sees one screen; everybody else has the tabs.
private struct OpenRoot: View {
    @Bindable var app: AppModel
    let journal: Journal

    var body: some View {
        switch (journal.home, journal.home?.employer) {
        case (nil, _): ProgressView { say("common.loading") }
        case (_, nil): EnrolScreen(app: app, journal: journal)
        case _ where journal.asksConsent: NavigationStack { ConsentScreen(journal: journal) }
        default: tabs
        }
    }

    private var tabs: some View {
        TabView(selection: $app.tab) {
            TodayScreen(app: app, journal: journal)
                .tabItem { Label { say("today.title") } icon: { Image(systemName: "clock") } }
                .tag(AppModel.Tab.today)
            RecordScreen(journal: journal, gallery: app.device.gallery)
                .tabItem { Label { say("record.title") } icon: { Image(systemName: "calendar") } }
                .tag(AppModel.Tab.record)
            WaitingScreen(journal: journal)
                .tabItem { Label { say("waiting.tab") } icon: { Image(systemName: "tray.and.arrow.up") } }
                .badge(Int(journal.home?.queue.waiting ?? 0))
                .tag(AppModel.Tab.waiting)
            SettingsScreen(app: app, journal: journal)
                .tabItem { Label { say("settings.title") } icon: { Image(systemName: "gearshape") } }
                .tag(AppModel.Tab.settings)
        }
    }
}

/// The journal does not open: why, and what can be done.
private struct ClosedScreen: View {
    let app: AppModel
    let error: DakaError

    var body: some View {
        ContentUnavailableView {
            Label { error.code.sentence } icon: { Image(systemName: "lock") }
        } description: {
            // A key store that refuses before the core is there is said in the phone's own words.
            error.code == .keyRefused ? say("refusals.key_store") : error.code.next
        } actions: {
            Button {
                Task { await app.start() }
            } label: {
                say("common.try_again")
            }
            .buttonStyle(.borderedProminent)
            .controlSize(.large)
            .accessibilityIdentifier("closed-again")
        }
    }
}
