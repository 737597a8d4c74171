import DakaFFI

/// An enumeration that a screen has a word or sentence for.
///
/// ``text`` is the core's own stable code, for the keys of a string catalogue: `"error.\(code.text)"`. It is taken from the case's name,
/// so an app that is built without reflection metadata must write its own. `allCases` is there for the test that
/// each code has its sentence.
public protocol DakaCode: CaseIterable, Hashable, Sendable {}

extension DakaCode {
    /// The code in `snake_case`: `photo_not_jpeg` for ``FailureCode/photoNotJpeg``.
    public var text: String {
        String(describing: self).reduce(into: "") { text, character in
            text += character.isUppercase ? "_" + character.lowercased() : String(character)
        }
    }
}

extension FailureCode: DakaCode {}
extension WaitReason: DakaCode {}
extension VerdictReason: DakaCode {}
extension Verdict: DakaCode {}
extension Help: DakaCode {}
extension TimeWord: DakaCode {}
extension TimeSource: DakaCode {}
extension PunchState: DakaCode {}
extension Asked: DakaCode {}
extension FieldType: DakaCode {}
extension Standing: DakaCode {}
extension Purpose: DakaCode {}
extension BundleClaim: DakaCode {}
extension WhyCode: DakaCode {}
extension DayMarkKind: DakaCode {}
extension PhotoPlace: DakaCode {}
extension SignalCode: DakaCode {}
extension SignatureState: DakaCode {}
extension WaitingKind: DakaCode {}
extension KeyStanding: DakaCode {}
extension Language: DakaCode {}
extension Theme: DakaCode {}
