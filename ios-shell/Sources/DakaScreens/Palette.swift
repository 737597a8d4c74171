import SwiftUI

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

/// A state in words, with a symbol, in its tone. The symbol repeats the words, so it is not spoken.
struct StateLabel: View {
    let words: Text
    let symbol: String
    let tone: Tone
    @Environment(\.colorScheme) private var scheme

    var body: some View {
        Label {
            words
        } icon: {
            Image(systemName: symbol)
        }
        .foregroundStyle(tone.color(scheme))
    }
}
