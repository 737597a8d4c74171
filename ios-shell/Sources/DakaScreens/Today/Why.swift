import Daka
import SwiftUI

/// One sentence of the core's: the code's words, with its values in words of their own.
struct WhyText: View {
    let why: Why

    var body: some View { why.sentence }
}

extension Why {
    var sentence: Text {
        var key = LocalizedStringKey.StringInterpolation(literalCapacity: 32, interpolationCount: args.count)
        // The key without its placeholders: the interpolations write them again.
        key.appendLiteral(String(code.textKey.prefix { $0 != " " }))
        for value in args {
            key.appendLiteral(" ")
            key.appendInterpolation(value.words)
        }
        return say(LocalizedStringKey(stringInterpolation: key))
    }
}

extension WhyArg {
    var words: Text {
        switch self {
        case .text(let text): Text(verbatim: text)
        case .number(let number): Text(verbatim: "\(number)")
        case .metres(let metres): say("common.metres \(Int(metres.rounded()))")
        case .millis(let millis): span(millis)
        case .time(let ms, let offset): Text(Moment(ms: ms, offsetMin: offset).date, format: DayAndTime(zone: Moment(ms: ms, offsetMin: offset).zone))
        case .reason(let reason): reason.sentence
        case .help(let help): help.sentence
        case .wait(let reason): reason.sentence
        case .failure(let code): code.sentence
        }
    }

    /// A length of time in its largest whole unit.
    private func span(_ millis: Int64) -> Text {
        switch millis {
        case ..<1000: say("common.milliseconds \(Int(millis))")
        case ..<60_000: say("common.seconds \(Int(millis / 1000))")
        case ..<3_600_000: say("common.minutes \(Int(millis / 60_000))")
        default: say("common.hours \(Int(millis / 3_600_000))")
        }
    }
}
