import Daka
import SwiftUI

// From keys and codes to sentences. The sentences lie in the string catalogue of this module, in three languages, and SwiftUI looks
// them up in the language of the environment: another language is there without a restart. The tables from codes to keys
// (CodeTexts.swift) are generated together with the catalogue.

/// A code of the core that has a sentence.
protocol Worded { var textKey: String { get } }
extension Worded { var sentence: Text { say(LocalizedStringKey(textKey)) } }

/// A sentence of the catalogue. With values, `say("today.waiting \(3)")` asks for the key `today.waiting %lld`.
func say(_ key: LocalizedStringKey) -> Text { Text(key, bundle: .module) }

/// A sentence for the system to show, which knows nothing of SwiftUI: from the compiled catalogue, in this language.
func sentence(_ key: String, _ values: [String] = [], in language: Locale?) -> String {
    let folder = language.flatMap { Bundle.module.path(forResource: $0.identifier, ofType: "lproj") }
    let bundle = folder.flatMap(Bundle.init(path:)) ?? Bundle.module
    return String(format: bundle.localizedString(forKey: key, value: nil, table: nil), arguments: values)
}

// MARK: the core's sentences with values

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

/// Why something is as it is, one sentence below the other.
@MainActor func sentences(_ whys: [Why]) -> some View { ForEach(whys.indices, id: \.self) { whys[$0].sentence } }

func inMetres(_ length: Double) -> Text { say("common.metres \(Int(length.rounded()))") }

extension WhyArg {
    var words: Text {
        switch self {
        // The only text is a site's name, which it may lack.
        case .text(let name): name.isEmpty ? say("common.unnamed_site") : Text(verbatim: name)
        case .number(let number): Text(verbatim: "\(number)")
        case .metres(let length): inMetres(length)
        case .millis(let millis): span(millis)
        case .time(let ms, let offset): Moment(ms: ms, offsetMin: offset).dayAndTime
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

// MARK: what is refused, and what goes wrong

/// What may be refused.
enum Part { case location, scanning, photo }

extension Access {
    /// What stands in the way and the next step; before anyone was asked: what it is for.
    func says(of part: Part) -> Text {
        switch (part, self) {
        case (.location, .allowed), (.location, .notAsked): say("refusals.location_why")
        case (.location, .approximate): say("refusals.precise_off")
        case (.location, .refused), (.location, .restricted): say("refusals.location_denied_for_good")
        case (.location, .off): say("refusals.location_off")
        case (.location, .missing): say("refusals.no_fix")
        case (_, .allowed), (_, .notAsked), (_, .approximate): say("refusals.camera_why")
        case (.scanning, .refused): say("refusals.camera_denied")
        case (.photo, .refused): say("refusals.camera_denied_photo")
        case (_, .restricted), (_, .off): say("refusals.camera_denied_for_good")
        case (_, .missing): say("refusals.camera_missing")
        }
    }
}

extension PhotoTrouble {
    var sentence: Text {
        switch self {
        case .missing: say("refusals.camera_missing")
        case .failed: say("refusals.camera_failed")
        case .noSpace: say("refusals.photo_no_space")
        case .unreadable: FailureCode.photoUnreadable.sentence
        }
    }
}

/// What went wrong last, until it is read: one sentence, and one next step.
@MainActor @Observable final class Trouble {
    fileprivate(set) var sentence: Text?
    /// What to do, where the sentence does not say it already.
    fileprivate(set) var next: Text?
    /// Something that happens once at a time is going on.
    private(set) var isBusy = false

    func tell(_ sentence: Text, next: Text? = nil) { (self.sentence, self.next) = (sentence, next) }

    /// Does the work. What goes wrong is told, in words of the caller's where it has some, and nil comes of it. A task that was cancelled
    /// is no trouble, nor is a journal that is paused: it comes again when the journal does.
    @discardableResult func attempt<Value>(
        saying own: [FailureCode: Text] = [:], _ work: @MainActor () async throws -> Value
    ) async -> Value? {
        do {
            return try await work()
        } catch let error as DakaError where error.code != .closed {
            if let words = own[error.code] { tell(words) } else { tell(error.code.sentence, next: error.code.next) }
        } catch let trouble as PhotoTrouble {
            tell(trouble.sentence, next: trouble == .unreadable ? FailureCode.photoUnreadable.next : nil)
        } catch {}
        return nil
    }

    /// As ``attempt(saying:_:)``, and nothing while something is going on already.
    @discardableResult func once<Value>(
        saying own: [FailureCode: Text] = [:], _ work: @MainActor () async throws -> Value
    ) async -> Value? {
        if isBusy { return nil }
        isBusy = true
        defer { isBusy = false }
        return await attempt(saying: own, work)
    }
}

extension FailureCode {
    /// What the person can do.
    var next: Text { say(LocalizedStringKey(nextKey)) }
}

extension View {
    /// Tells trouble over this screen, until it is read.
    func tells(_ trouble: Trouble) -> some View {
        let isShown = Binding { trouble.sentence != nil } set: { if !$0 { trouble.sentence = nil } }
        return alert(trouble.sentence ?? Text(verbatim: ""), isPresented: isShown) {
            tap("trouble-read", say("common.ok"), role: .cancel) {}
        } message: {
            trouble.next
        }
    }
}
