import DakaFFI

/// Why a call failed. A call throws this, or `CancellationError` to a task that was cancelled, and nothing else.
///
/// Programs and sentences go by ``code``; a screen shows its own sentence for it, never ``detail``.
///
/// ```swift
/// do {
///     try await daka.enrol(scanned)
/// } catch let error as DakaError {
///     switch error.code {
///     case .usedCode, .expiredCode: ask(for: .aNewCode)
///     default: show(error.code)
///     }
/// }
/// ```
public struct DakaError: Error, Equatable, Hashable, Sendable {
    /// Why. Stable.
    public let code: FailureCode
    /// The value that is wrong, where one is: `latitude`, `note`, `sealing_key`.
    public let field: String?
    /// English, for logs: field, limit and what to do. Never a coordinate, a name or a key.
    public let detail: String

    /// An error as the core would throw it; for fakes and previews.
    public init(_ code: FailureCode, field: String? = nil, detail: String = "") {
        self.code = code
        self.field = field
        self.detail = detail
    }

    init(_ error: any Error) {
        switch error {
        case DakaFailure.Failed(let code, let field, let detail): self.init(code, field: field, detail: detail)
        case let error as DakaError: self = error
        // uniffi's own, for an answer that cannot be read: a library of another version.
        default: self.init(.internal, detail: "the core's answer cannot be read: \(type(of: error))")
        }
    }
}

extension DakaError: CustomStringConvertible {
    /// Code and detail, for logs.
    public var description: String { detail.isEmpty ? code.text : "\(code.text): \(detail)" }
}
