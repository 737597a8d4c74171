// A stand-in for SwiftUI where there is none. It draws nothing: a `body` is evaluated to a tree of what a person meets on the screen,
// which tests read and act on.
//
// Names that exist in Apple's SwiftUI keep Apple's signatures, so a screen that compiles here says what it would say there; what Apple
// has and this file has not, a screen cannot use. Names of our own begin with "_" or are `@_spi(Testing)`, so that a screen cannot use
// them by mistake. Text is looked up in the bundle it names, as Apple does: initialisers that always look in the app's own bundle
// (`Button("key")`, `navigationTitle("key")`) are left out, because the sentences lie in the screens' bundle.
@_exported import Foundation
@_exported import Observation

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
    public typealias Body = Never
    public var body: Never { fatalError("Never has no body") }
}

/// A view that makes nodes instead of having a body.
@MainActor public protocol _Leaf: View where Body == Never {
    func _nodes(_ context: _Context) -> [_Node]
}

extension _Leaf {
    public var body: Never { fatalError("a leaf has no body") }
}

@MainActor @resultBuilder public enum ViewBuilder {
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> {
        var list: [any View] = []
        repeat list.append(each content)
        return TupleView(list: list)
    }
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<A: View, B: View>(first: A) -> _ConditionalContent<A, B> { .first(first) }
    public static func buildEither<A: View, B: View>(second: B) -> _ConditionalContent<A, B> { .second(second) }
    public static func buildLimitedAvailability<Content: View>(_ content: Content) -> AnyView { AnyView(content) }
}

public struct EmptyView: _Leaf {
    public init() {}
    public func _nodes(_ context: _Context) -> [_Node] { [] }
}

public struct AnyView: _Leaf {
    let content: any View
    public init<Content: View>(_ view: Content) { content = view }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context) }
}

public struct TupleView<T>: _Leaf {
    let list: [any View]
    public func _nodes(_ context: _Context) -> [_Node] {
        list.enumerated().flatMap { _render($1, context.at("\($0)")) }
    }
}

public enum _ConditionalContent<A: View, B: View>: _Leaf {
    case first(A), second(B)
    public func _nodes(_ context: _Context) -> [_Node] {
        switch self {
        case .first(let view):
            context.store.take(context.path, "if", instead: "else")
            return _render(view, context.at("if"))
        case .second(let view):
            context.store.take(context.path, "else", instead: "if")
            return _render(view, context.at("else"))
        }
    }
}

extension Optional: View where Wrapped: View {
    public typealias Body = Never
    public var body: Never { fatalError("a leaf has no body") }
}
extension Optional: _Leaf where Wrapped: View {
    public func _nodes(_ context: _Context) -> [_Node] {
        let isThere = self != nil
        context.store.take(context.path, isThere ? "some" : "none", instead: isThere ? "none" : "some")
        return map { _render($0, context.at("some")) } ?? []
    }
}

/// One element as a screen reader meets it.
@MainActor public final class _Node {
    public enum Role: String, Sendable {
        case text, image, drawing, button, toggle, picker, option, textField, datePicker, list, section, progress, heading,
            group, navigation, tab, sheet, alert, dialog, toolbar, menu, share
    }
    public var role: Role
    public var label: String
    public var value: String?
    public var identifier: String?
    public var hint: String?
    public var isEnabled: Bool
    public var isDestructive = false
    public var isHidden = false
    public var isSelected = false
    /// Coloured by more than the default: its meaning must not rest on that alone.
    public var isColoured = false
    /// At least so high, in points, as far as modifiers and containers say.
    public var minHeight: CGFloat
    public var children: [_Node]
    var tap: (@MainActor () -> Void)?
    var type: (@MainActor (String) -> Void)?
    var setDate: (@MainActor (Date) -> Void)?
    var refresh: (@MainActor () async -> Void)?
    var tag: AnyHashable?

    init(_ role: Role, _ label: String = "", _ context: _Context, children: [_Node] = []) {
        self.role = role
        self.label = label
        self.children = children
        isEnabled = context.environment.isEnabled
        minHeight = context.rowHeight
    }

    /// The words of this element and all below it, as a button or a combined element speaks them.
    public var words: String {
        if isHidden { return "" }
        let own = label.isEmpty ? children.map(\.words) : [label]
        return (own + [role == .text || role == .group ? value ?? "" : ""]).filter { !$0.isEmpty }.joined(separator: ", ")
    }
    var all: [_Node] { [self] + children.flatMap(\.all) }
}

@MainActor func _action(_ node: _Node, _ run: @escaping @MainActor () -> Void) -> _Node {
    node.tap = run
    return node
}

@MainActor func _words(_ nodes: [_Node]) -> String { nodes.map(\.words).filter { !$0.isEmpty }.joined(separator: ", ") }

/// Where in the tree we are, and what flows down it.
public struct _Context {
    let store: _Store
    var path = ""
    var environment = EnvironmentValues()
    /// Rows of lists and bars are as high as a finger needs.
    var rowHeight: CGFloat = 0
    var isLarge = false

    func at(_ step: String) -> _Context {
        var copy = self
        copy.path += "/" + step
        return copy
    }
    @MainActor func string(_ key: LocalizedStringKey, _ bundle: Bundle?) -> String {
        store.catalog.text(key, self, bundle)
    }
}

/// What outlives one evaluation: @State by place in the tree, running tasks, the flag that says the tree is stale.
@MainActor final class _Store {
    enum Event {
        case appear(() -> Void)
        case disappear(() -> Void)
        case task(@Sendable @isolated(any) () async -> Void)
    }
    let catalog: Catalog
    let kept: Kept
    let flag = _Flag()
    var cells: [String: AnyObject] = [:]
    var missing: Set<String> = []
    var events: [String: Event] = [:]
    var present: [String: Event] = [:]
    var running: [String: Task<Void, Never>] = [:]

    init(_ catalog: Catalog, _ kept: Kept) { (self.catalog, self.kept) = (catalog, kept) }

    /// The way that a condition went last, by place.
    private var ways: [String: String] = [:]
    /// A condition goes this way: what was kept on the other goes, as SwiftUI lets it go.
    func take(_ path: String, _ way: String, instead other: String) {
        guard let before = ways.updateValue(way, forKey: path), before == other else { return }
        cells = cells.filter { !$0.key.hasPrefix("\(path)/\(other)") }
    }

    func cell<Kept: AnyObject>(_ path: String, _ make: () -> Kept) -> Kept {
        if let old = cells[path] as? Kept { return old }
        let new = make()
        cells[path] = new
        return new
    }
}

/// Raised from wherever an observed property changes.
final class _Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var up = true
    func raise() { lock.withLock { up = true } }
    func lower() -> Bool { lock.withLock { defer { up = false }; return up } }
}

@MainActor func _render(_ view: any View, _ context: _Context) -> [_Node] {
    if let leaf = view as? any _Leaf { return leaf._nodes(context) }
    let here = context.at("\(type(of: view))")
    for property in Mirror(reflecting: view).children {
        (property.value as? any _Installed)?.install(here, property.label ?? "")
    }
    return _body(view, here)
}

@MainActor private func _body<Content: View>(_ view: Content, _ context: _Context) -> [_Node] { _render(view.body, context) }
