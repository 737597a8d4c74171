/// What the system allows to be used from any thread, and does not say so in its types.
struct AnyThread<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// The device gives nothing, and why, with the system's own number where it gave one.
public struct Refused: Error, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
