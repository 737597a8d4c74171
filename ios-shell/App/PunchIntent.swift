import AppIntents
import DakaScreens

/// "Punch" for Shortcuts, Siri and the action button: the same punch as by the button, and its answer as a sentence.
struct PunchIntent: AppIntent {
    static let title: LocalizedStringResource = "quick.intent_title"
    static let description = IntentDescription("quick.intent_about")
    /// Behind the scenes a position is not to be had, and a punch without one says less: the app comes to the front.
    static let openAppWhenRun = true
    @MainActor static var model: AppModel?

    func perform() async throws -> some IntentResult & ProvidesDialog {
        .result(dialog: IntentDialog(stringLiteral: await Self.punch()))
    }

    @MainActor private static func punch() async -> String { await model?.punchFromOutside() ?? "" }
}

struct PunchShortcuts: AppShortcutsProvider {
    static var appShortcuts: [AppShortcut] {
        AppShortcut(
            // In English here, because the compiler reads them; in the other languages in AppShortcuts.xcstrings.
            intent: PunchIntent(), phrases: ["Punch with \(.applicationName)", "Clock in or out with \(.applicationName)"],
            shortTitle: "quick.punch", systemImageName: "clock")
    }
}
