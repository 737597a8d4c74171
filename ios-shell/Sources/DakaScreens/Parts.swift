import Daka
import SwiftUI

// What several screens are made of.

/// What a colour says besides the words that always stand with it.
enum Tone: CaseIterable, Sendable {
    case good, wait, attention

    /// Red, green and blue for text on the system's backgrounds, light and dark: at least 4.5 : 1 on each (a test measures it).
    func color(_ scheme: ColorScheme) -> Color {
        switch (self, scheme) {
        case (.good, .dark): Color(red: 0.40, green: 0.85, blue: 0.50)
        case (.good, _): Color(red: 0.05, green: 0.42, blue: 0.18)
        case (.wait, .dark): Color(red: 1.00, green: 0.78, blue: 0.35)
        case (.wait, _): Color(red: 0.52, green: 0.32, blue: 0.00)
        case (.attention, .dark): Color(red: 1.00, green: 0.60, blue: 0.55)
        case (.attention, _): Color(red: 0.72, green: 0.10, blue: 0.10)
        }
    }
}

/// Words with a symbol beside them. It repeats the words, so it is not spoken.
@MainActor func labelled(_ words: Text, _ symbol: String) -> Label<Text, Image> { Label { words } icon: { Image(systemName: symbol) } }

/// A state in words, with a symbol, in its tone.
struct StateLabel: View {
    let words: Text
    let symbol: String
    let tone: Tone
    @Environment(\.colorScheme) private var scheme
    init(_ words: Text, _ symbol: String, _ tone: Tone) { (self.words, self.symbol, self.tone) = (words, symbol, tone) }

    var body: some View { labelled(words, symbol).foregroundStyle(tone.color(scheme)) }
}

/// A button. With a height it is what its screen is for.
@MainActor @ViewBuilder func tap(
    _ identifier: String, _ words: Text, _ symbol: String? = nil, role: ButtonRole? = nil, height: CGFloat? = nil,
    action: @escaping @MainActor () -> Void
) -> some View {
    if let height {
        Button(role: role, action: action) { titled(words, symbol).frame(maxWidth: .infinity, minHeight: height) }
            .font(.title3).buttonStyle(.borderedProminent).controlSize(.large).called(identifier)
    } else {
        Button(role: role, action: action) { titled(words, symbol) }.called(identifier)
    }
}

@MainActor @ViewBuilder private func titled(_ words: Text, _ symbol: String?) -> some View {
    if let symbol { labelled(words, symbol) } else { words }
}

/// A row that opens another screen.
@MainActor func push(
    _ identifier: String, _ words: Text, _ symbol: String, @ViewBuilder to destination: @escaping () -> some View
) -> some View {
    NavigationLink(destination: destination) { labelled(words, symbol) }.called(identifier)
}

/// Opens what the system keeps about this app: its permissions.
struct SettingsTap: View {
    let identifier: String
    @Environment(\.openURL) private var openURL

    var body: some View {
        tap(identifier, say("common.open_settings"), "gear") { if let page = URL(string: "app-settings:") { openURL(page) } }
    }
}

/// Rows that belong together.
@MainActor func rows(_ header: Text? = nil, footer: Text? = nil, @ViewBuilder _ content: () -> some View) -> some View {
    Section(content: content) { header } footer: { footer }
}

/// One of several codes.
@MainActor func choice<Value: Worded & Hashable>(
    _ identifier: String, _ words: Text, _ all: [Value], _ chosen: Binding<Value>
) -> some View {
    Picker(selection: chosen) { ForEach(all, id: \.self) { $0.sentence } } label: { words }.called(identifier)
}

/// A name and what it is, below each other when both do not fit into one line.
@MainActor func fact(_ name: Text, _ value: Text) -> some View { LabeledContent { value.textSelection(.enabled) } label: { name } }

/// 64 hexadecimal digits in groups of four, as people compare them.
@MainActor func fingerprint(_ name: Text?, _ digits: String) -> some View {
    let groups = stride(from: 0, to: digits.count, by: 4).map { digits.dropFirst($0).prefix(4) }.joined(separator: " ")
    return VStack(alignment: .leading) {
        name
        Text(verbatim: groups).font(.footnote).monospaced().textSelection(.enabled).accessibilityLabel(say("a11y.fingerprint \(groups)"))
    }
}

/// Hands a file to the system's share sheet.
@MainActor func share(_ identifier: String, _ file: URL) -> some View {
    ShareLink(item: file) { labelled(say("common.share"), "square.and.arrow.up") }.called(identifier)
}

/// Reads something of the journal and shows it; reads it again after each change, and when `key` becomes another.
struct Reading<Value, Content: View>: View {
    let journal: Journal
    var key = ""
    let read: @MainActor (any DakaClientProtocol) async throws -> Value
    @ViewBuilder let content: (Value) -> Content
    @State private var value: Value?
    @State private var trouble = Trouble()

    var body: some View {
        ZStack {
            if let value { content(value) } else { ProgressView { say("common.loading") } }
        }
        .task(id: "\(journal.changes) \(key)") {
            if let now = await trouble.attempt({ try await read(journal.daka) }) { value = now }
        }
        .tells(trouble)
    }
}

/// First a file is written, then it can be shared.
struct ExportRow: View {
    let identifier: String
    let words: Text
    let name: String
    let write: @MainActor (_ path: String) async throws -> Void
    @State private var file: URL?
    @State private var trouble = Trouble()

    var body: some View {
        if let file {
            share("\(identifier)-share", file)
        } else {
            tap(identifier, words, "doc.badge.plus") {
                Task {
                    // In a folder that the system empties.
                    let to = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("daka-\(name)")
                    file = await trouble.attempt {
                        try await write(to.path)
                        return to
                    }
                }
            }
            .tells(trouble)
        }
    }
}

extension View {
    /// The name by which tests and scripts find it; nobody hears it.
    func called(_ identifier: String) -> some View { accessibilityIdentifier(identifier) }

    /// A sheet's bar: its title, and the button that ends it.
    func ends(_ title: Text, _ identifier: String, _ words: Text, action: @escaping @MainActor () -> Void) -> some View {
        navigationTitle(title).navigationBarTitleDisplayMode(.inline)
            .toolbar { ToolbarItem(placement: .cancellationAction) { tap(identifier, words, action: action) } }
    }
}
