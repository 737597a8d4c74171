import Foundation

/// A screen under test. The tree is evaluated anew only when something that it read has changed (@State, or a property of an
/// @Observable), so a model that forgets @Observable shows old words here as it does on the phone.
@_spi(Testing) @MainActor public final class Screen {
    public struct Failure: Error, CustomStringConvertible { public let description: String }
    let root: any View
    let store: _Store
    let language: String
    var last: [_Node] = []

    /// `kept` is what the system kept of the scene, where it ended a process before.
    public init(_ root: any View, language: String = "en", catalog: Catalog, kept: Kept = Kept()) {
        self.root = root
        self.language = language
        store = _Store(catalog, kept)
        settle()
    }

    public var kept: Kept { store.kept }
    /// Keys that were asked for and are not in the catalogue in that language.
    public var missing: Set<String> {
        settle()
        return store.missing
    }
    /// What a screen reader meets.
    public var nodes: [_Node] {
        settle()
        return last.flatMap { Self.spoken($0) }
    }
    /// All of the tree.
    public var everything: [_Node] {
        settle()
        return last.flatMap(\.all)
    }
    private static func spoken(_ node: _Node) -> [_Node] { node.isHidden ? [] : [node] + node.children.flatMap { spoken($0) } }

    /// The whole tree as text.
    public func outline() -> String {
        settle()
        return last.map { line($0, "") }.joined()
    }
    /// All words on the screen, in order.
    public func words() -> String { nodes.map(\.label).filter { !$0.isEmpty }.joined(separator: "\n") }

    public func find(_ identifier: String) throws -> _Node {
        let hits = nodes.filter { $0.identifier == identifier }
        guard hits.count == 1 else { throw Failure(description: "\(hits.count) elements are called \(identifier):\n\(outline())") }
        return hits[0]
    }
    public func all(_ identifier: String) -> [_Node] { nodes.filter { $0.identifier == identifier } }
    public func has(_ identifier: String) -> Bool { nodes.contains { $0.identifier == identifier } }
    public func label(_ identifier: String) -> String? { nodes.first { $0.identifier == identifier }?.words }
    public func value(_ identifier: String) -> String? { nodes.first { $0.identifier == identifier }?.value }
    public var alert: _Node? { nodes.last { [.alert, .dialog].contains($0.role) } }

    public func tap(_ identifier: String) throws { try tap(find(identifier)) }
    public func tap(_ node: _Node) throws {
        guard node.isEnabled, let run = node.tap else {
            throw Failure(description: "\(node.words) is \(node.isEnabled ? "not a control" : "disabled"):\n\(outline())")
        }
        let covers: [_Node.Role] = [.alert, .dialog, .sheet]
        if let cover = nodes.last(where: { covers.contains($0.role) }), !cover.all.contains(where: { $0 === node }) {
            throw Failure(description: "\(node.words) is covered by \(cover.role) \(cover.label):\n\(outline())")
        }
        run()
        settle()
    }
    /// Chooses the option of a picker whose words are these.
    public func choose(_ words: String, in identifier: String) throws {
        let picker = try find(identifier)
        guard let option = picker.children.first(where: { $0.words == words }) else {
            throw Failure(description: "\(identifier) has no \(words), but \(picker.children.map(\.words))")
        }
        try tap(option)
    }
    public func type(_ text: String, into identifier: String) throws {
        let node = try find(identifier)
        guard node.isEnabled, let type = node.type else { throw Failure(description: "\(identifier) takes no text") }
        type(text)
        settle()
    }
    public func set(_ date: Date, in identifier: String) throws {
        guard let set = try find(identifier).setDate else { throw Failure(description: "\(identifier) takes no date") }
        set(date)
        settle()
    }
    public func refresh() async throws {
        guard let pull = nodes.compactMap(\.refresh).last else { throw Failure(description: "nothing here can be pulled") }
        await pull()
    }
    /// Lets started tasks run until the condition holds. The limit ends what hangs, and measures nothing.
    public func wait(_ what: String, seconds: Double = 30, until done: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try !done() {
            guard ContinuousClock.now < end else {
                throw Failure(description: "waited \(seconds) s for \(what):\n\(outline())")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
    public func wait(for identifier: String) async throws { try await wait("the element \(identifier)") { has(identifier) } }
    /// Ends what the screen runs, as when its process ends.
    public func close() {
        for task in store.running.values { task.cancel() }
        store.running = [:]
    }

    // MARK: what holds for every screen

    /// Controls without a spoken name, and pictures that are neither named nor hidden.
    public var unnamed: [String] {
        nodes.filter { node in
            let isControl = node.tap != nil || node.type != nil || node.setDate != nil || node.role == .picker
            let isPicture = node.role == .image || node.role == .drawing
            let label = node.label.trimmingCharacters(in: .whitespaces)
            return (isControl || isPicture) && label.isEmpty
        }.map { "\($0.role) \($0.identifier ?? "") \($0.value ?? "")" }
    }
    /// Controls lower than a finger needs: 44 points.
    public var low: [String] {
        nodes.filter { $0.tap != nil && $0.role != .option && $0.role != .toggle && $0.minHeight < 44 }
            .map { "\($0.role) \($0.identifier ?? $0.words)" }
    }
    /// Coloured elements that say nothing in words: their meaning would rest on colour alone.
    public var colourAlone: [String] {
        nodes.filter { $0.isColoured && $0.words.isEmpty }.map { "\($0.role) \($0.identifier ?? "") \($0.value ?? "")" }
    }

    // MARK: evaluation

    private func settle() {
        for _ in 0..<20 where store.flag.lower() { evaluate() }
        if store.flag.lower() { fatalError("the screen changes its own state on every evaluation:\n\(last.map { line($0, "") }.joined())") }
    }
    private func evaluate() {
        store.events = [:]
        let flag = store.flag
        var context = _Context(store: store)
        context.environment.locale = Locale(identifier: language)
        last = withObservationTracking {
            _render(root, context)
        } onChange: {
            flag.raise()
        }
        let before = store.present
        store.present = store.events
        for (path, event) in store.events.sorted(by: { $0.key < $1.key }) where before[path] == nil {
            switch event {
            case .appear(let run): run()
            case .task(let run): store.running[path] = Task { await run() }
            case .disappear: break
            }
        }
        for (path, event) in before where store.events[path] == nil {
            if case .disappear(let run) = event { run() }
            store.running.removeValue(forKey: path)?.cancel()
        }
    }
    private func line(_ node: _Node, _ indent: String) -> String {
        var line = indent + node.role.rawValue
        if !node.label.isEmpty { line += " \"\(node.label)\"" }
        if let value = node.value { line += " = \(value)" }
        if let hint = node.hint { line += " (\(hint))" }
        if let identifier = node.identifier { line += " #\(identifier)" }
        if !node.isEnabled { line += " disabled" }
        if node.isSelected { line += " selected" }
        if node.isDestructive { line += " destructive" }
        if node.isHidden { line += " hidden" }
        return line + "\n" + node.children.map { self.line($0, indent + "  ") }.joined()
    }
}
