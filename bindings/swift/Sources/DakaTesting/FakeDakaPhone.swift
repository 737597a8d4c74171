import Daka
import Foundation

/// A phone in memory, for UI tests and previews: no library call and no file. It starts with one empty journal; a test says whom one
/// belongs to.
public final class FakeDakaPhone: DakaPhoneProtocol, @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var order: [String] = []
    private var names: [String: (employer: String, employee: String)] = [:]
    private var current = AppSettings(language: .system, theme: .system, dataSaver: false)
    private var failures: [DakaError] = []
    private var texts = [
        "code": CodePreview(server: "daka.example", root: String(repeating: "a", count: 64), ownCertificate: false)
    ]

    public init() { order = [fresh()] }

    /// The next call fails with this, and the one after it with the next.
    public func failNext(_ error: DakaError) { lock.withLock { failures.append(error) } }

    /// A journal belongs to somebody now; without an employer to nobody.
    public func enrolled(_ id: String, employer: String?, employee: String = "Employee 1") {
        lock.withLock { names[id] = employer.map { ($0, employee) } }
    }

    /// What texts say; any other is no code.
    public var codes: [String: CodePreview] {
        get { lock.withLock { texts } }
        set { lock.withLock { texts = newValue } }
    }

    public func profiles() async throws -> [Profile] {
        try answer {
            order.enumerated().map { n, id in
                Profile(
                    id: id, folder: "/fake/\(id)", employer: names[id]?.employer, employee: names[id]?.employee,
                    enrolled: names[id] != nil, current: n == 0)
            }
        }
    }

    public func select(_ id: String) async throws { try answer { first(try known(id)) } }

    @discardableResult
    public func add() async throws -> String {
        try answer {
            let id = order.first { names[$0] == nil } ?? fresh()
            first(id)
            return id
        }
    }

    public func remove(_ id: String) async throws {
        try answer {
            guard names[try known(id)] == nil else { throw DakaError(.badValue, field: "profile") }
            order.removeAll { $0 == id }
            if order.isEmpty { order = [fresh()] }
        }
    }

    public func settings() async throws -> AppSettings { try answer { current } }

    public func setSettings(_ settings: AppSettings) async throws { try answer { current = settings } }

    public func previewCode(_ text: String) async throws -> CodePreview {
        try answer {
            let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let preview = texts[text] else { throw DakaError(.badValue, field: "enrolment text") }
            return preview
        }
    }

    private func first(_ id: String) { order = [id] + order.filter { $0 != id } }

    private func known(_ id: String) throws -> String {
        guard order.contains(id) else { throw DakaError(.badValue, field: "profile") }
        return id
    }

    private func fresh() -> String {
        count += 1
        return String(repeating: "0", count: 32 - String(count, radix: 16).count) + String(count, radix: 16)
    }

    private func answer<Value>(_ work: () throws -> Value) throws -> Value {
        lock.lock()
        defer { lock.unlock() }
        if !failures.isEmpty { throw failures.removeFirst() }
        return try work()
    }
}
