import Daka
import SwiftUI

// From keys and codes to sentences. The sentences lie in the string catalogue of this module, in three languages, and SwiftUI looks
// them up in the language of the environment: another language is there without a restart. The tables from codes to keys
// (CodeTexts.swift) are generated together with the catalogue.

/// A sentence of the catalogue. With values, `say("today.waiting \(3)")` asks for the key `waiting.count %lld`.
func say(_ key: LocalizedStringKey) -> Text { Text(key, bundle: .module) }

/// The sentence of a key that a table gave.
private func say(key: String) -> Text { Text(LocalizedStringKey(key), bundle: .module) }

extension FailureCode {
    var sentence: Text { say(key: textKey) }
    /// What the person can do.
    var next: Text { say(key: nextKey) }
}
extension WaitReason { var sentence: Text { say(key: textKey) } }
extension VerdictReason { var sentence: Text { say(key: textKey) } }
extension Verdict { var sentence: Text { say(key: textKey) } }
extension Help { var sentence: Text { say(key: textKey) } }
extension TimeWord { var sentence: Text { say(key: textKey) } }
extension PunchState { var sentence: Text { say(key: textKey) } }
extension Asked { var sentence: Text { say(key: textKey) } }
extension FieldType { var sentence: Text { say(key: textKey) } }
extension Purpose { var sentence: Text { say(key: textKey) } }
extension DayMarkKind { var sentence: Text { say(key: textKey) } }
extension PhotoPlace { var sentence: Text { say(key: textKey) } }
extension SignalCode { var sentence: Text { say(key: textKey) } }
extension SignatureState { var sentence: Text { say(key: textKey) } }

extension WaitingKind { var sentence: Text { say(key: textKey) } }
extension KeyStanding { var sentence: Text { say(key: textKey) } }
extension Standing { var sentence: Text { say(key: textKey) } }

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
        case .refused: say("refusals.camera_denied_for_good")
        case .missing: say("refusals.camera_missing")
        case .failed: say("refusals.camera_failed")
        case .noSpace: say("refusals.photo_no_space")
        case .unreadable: FailureCode.photoUnreadable.sentence
        }
    }
}

/// Something that went wrong: one sentence, and one next step.
enum Problem: Equatable {
    case failure(FailureCode)
    case photo(PhotoTrouble)
    case noCode
    case noNetworkToJoin

    /// None for a task that was cancelled, and for a journal that is paused: it comes again when the journal does.
    init?(_ error: any Error) {
        switch error {
        case let error as DakaError where error.code != .closed: self = .failure(error.code)
        case let trouble as PhotoTrouble: self = .photo(trouble)
        default: return nil
        }
    }

    var sentence: Text {
        switch self {
        case .failure(let code): code.sentence
        case .photo(let trouble): trouble.sentence
        case .noCode: say("refusals.not_a_code")
        case .noNetworkToJoin: say("refusals.no_network_enrol")
        }
    }
    /// What to do, where the sentence does not say it already.
    var next: Text? {
        if case .failure(let code) = self { code.next } else { nil }
    }
    /// Would the system's settings of this app help?
    var opensSettings: Bool { self == .photo(.refused) }
}

extension View {
    /// Tells a problem over this screen, until it is read.
    func tells(_ problem: Binding<Problem?>) -> some View { Telling(content: self, problem: problem) }
}

private struct Telling<Content: View>: View {
    let content: Content
    @Binding var problem: Problem?
    @Environment(\.openURL) private var openURL

    var body: some View {
        content.alert(problem?.sentence ?? Text(verbatim: ""), isPresented: isShown) {
            if problem?.opensSettings == true, let settings = Device.systemSettings {
                Button {
                    openURL(settings)
                } label: {
                    say("common.open_settings")
                }
            }
            Button(role: .cancel) {
            } label: {
                say("common.ok")
            }
        } message: {
            problem?.next
        }
    }

    private var isShown: Binding<Bool> {
        Binding {
            problem != nil
        } set: {
            if !$0 { problem = nil }
        }
    }
}

/// A sentence for the system to show, which knows nothing of SwiftUI: from the compiled catalogue, in this language.
func sentence(_ key: String, _ values: [String] = [], in language: Locale?) -> String {
    let folder = language.flatMap { Bundle.module.path(forResource: $0.identifier, ofType: "lproj") }
    let bundle = folder.flatMap(Bundle.init(path:)) ?? Bundle.module
    return String(format: bundle.localizedString(forKey: key, value: nil, table: nil), arguments: values)
}
