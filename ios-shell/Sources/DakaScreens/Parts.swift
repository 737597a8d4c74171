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
struct Tap: View {
    private let identifier: String
    private let words: Text
    private let symbol: String?
    private let role: ButtonRole?
    private let height: CGFloat?
    private let action: @MainActor () -> Void

    init(
        _ identifier: String, _ words: Text, _ symbol: String? = nil, role: ButtonRole? = nil, height: CGFloat? = nil,
        action: @escaping @MainActor () -> Void
    ) {
        (self.identifier, self.words, self.symbol) = (identifier, words, symbol)
        (self.role, self.height, self.action) = (role, height, action)
    }

    var body: some View {
        if let height {
            Button(role: role, action: action) { title.font(.title3).frame(maxWidth: .infinity, minHeight: height) }
                .buttonStyle(.borderedProminent).controlSize(.large).called(identifier)
        } else {
            Button(role: role, action: action) { title }.called(identifier)
        }
    }

    @ViewBuilder private var title: some View {
        if let symbol { labelled(words, symbol) } else { words }
    }
}

/// A row that opens another screen.
struct Push<Destination: View>: View {
    private let identifier: String
    private let label: Label<Text, Image>
    private let destination: () -> Destination

    init(_ identifier: String, _ words: Text, _ symbol: String, @ViewBuilder to destination: @escaping () -> Destination) {
        (self.identifier, label, self.destination) = (identifier, labelled(words, symbol), destination)
    }

    var body: some View { NavigationLink(destination: destination) { label }.called(identifier) }
}

/// Opens what the system keeps about this app: its permissions.
struct SettingsTap: View {
    let identifier: String
    @Environment(\.openURL) private var openURL

    var body: some View {
        Tap(identifier, say("common.open_settings"), "gear") { if let page = Device.systemSettings { openURL(page) } }
    }
}

/// Rows that belong together.
struct Rows<Content: View>: View {
    private let header: Text?
    private let footer: Text?
    private let content: Content

    init(_ header: Text? = nil, footer: Text? = nil, @ViewBuilder content: () -> Content) {
        (self.header, self.footer, self.content) = (header, footer, content())
    }

    var body: some View { Section { content } header: { header } footer: { footer } }
}

/// One of several codes.
struct Choice<Value: Worded & Hashable>: View {
    private let identifier: String
    private let words: Text
    private let all: [Value]
    private let chosen: Binding<Value>

    init(_ identifier: String, _ words: Text, _ all: [Value], _ chosen: Binding<Value>) {
        (self.identifier, self.words, self.all, self.chosen) = (identifier, words, all, chosen)
    }

    var body: some View {
        Picker(selection: chosen) { ForEach(all, id: \.self) { $0.sentence } } label: { words }.called(identifier)
    }
}

/// A name and what it is, below each other when both do not fit into one line.
struct Fact: View {
    let name: Text
    let value: Text
    init(_ name: Text, _ value: Text) { (self.name, self.value) = (name, value) }

    var body: some View { LabeledContent { value.textSelection(.enabled) } label: { name } }
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
    private let identifier: String
    private let words: Text
    private let name: String
    private let write: @MainActor (_ path: String) async throws -> Void
    @State private var file: URL?
    @State private var trouble = Trouble()

    init(_ identifier: String, _ words: Text, to name: String, write: @escaping @MainActor (_ path: String) async throws -> Void) {
        (self.identifier, self.words, self.name, self.write) = (identifier, words, name, write)
    }

    var body: some View {
        if let file {
            ShareRow(identifier: "\(identifier)-share", words: say("common.share"), file: file)
        } else {
            Tap(identifier, words, "doc.badge.plus") {
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

struct ShareRow: View {
    let identifier: String
    let words: Text
    let file: URL

    var body: some View {
        ShareLink(item: file) { labelled(words, "square.and.arrow.up") }.called(identifier)
    }
}

extension View {
    /// The name by which tests and scripts find it; nobody hears it.
    func called(_ identifier: String) -> some View { accessibilityIdentifier(identifier) }

    /// A sheet's bar: its title, and the button that ends it.
    func ends(_ title: Text, _ identifier: String, _ words: Text, action: @escaping @MainActor () -> Void) -> some View {
        navigationTitle(title).navigationBarTitleDisplayMode(.inline)
            .toolbar { ToolbarItem(placement: .cancellationAction) { Tap(identifier, words, action: action) } }
    }
}
