// What is said of a view: its words, its life, what flows down.

public struct _Modified<Content: View>: _Leaf {
    let content: Content
    let name: String
    var before: @MainActor (inout _Context) -> Void = { _ in }
    var after: @MainActor ([_Node], _Context) -> [_Node] = { nodes, _ in nodes }
    public func _nodes(_ context: _Context) -> [_Node] {
        var inside = context.at(name)
        before(&inside)
        return after(_render(content, inside), inside)
    }
}

extension View {
    func _flow(_ name: String, _ before: @escaping @MainActor (inout _Context) -> Void) -> _Modified<Self> {
        _Modified(content: self, name: name, before: before)
    }
    func _edit(_ name: String, _ after: @escaping @MainActor ([_Node], _Context) -> [_Node]) -> _Modified<Self> {
        _Modified(content: self, name: name, after: after)
    }
    /// For what belongs to one element: the only node, or else a group around them.
    private func _one(_ name: String, _ change: @escaping @MainActor (_Node, _Context) -> Void) -> _Modified<Self> {
        _edit(name) { nodes, context in
            let node = nodes.count == 1 ? nodes[0] : _Node(.group, "", context, children: nodes)
            change(node, context)
            return [node]
        }
    }
    private func _each(_ name: String, _ change: @escaping @MainActor (_Node) -> Void) -> _Modified<Self> {
        _edit(name) { nodes, _ in
            for node in nodes { change(node) }
            return nodes
        }
    }
    private func _happens(_ name: String, _ event: @escaping @MainActor () -> _Store.Event) -> _Modified<Self> {
        _edit(name) { nodes, context in
            context.store.events[context.path] = event()
            return nodes
        }
    }

    // MARK: accessibility

    public func accessibilityLabel(_ label: Text) -> some View {
        _one("label") { $0.label = label.words($1) }
    }
    public func accessibilityValue(_ value: Text) -> some View {
        _one("value") {
            let words = value.words($1)
            $0.value = words.isEmpty ? nil : words
        }
    }
    public func accessibilityHint(_ hint: Text) -> some View { _one("hint") { $0.hint = hint.words($1) } }
    public func accessibilityIdentifier(_ identifier: String) -> some View {
        _one("identifier") { node, _ in node.identifier = identifier }
    }
    public func accessibilityHidden(_ hidden: Bool) -> some View { _each("hidden") { $0.isHidden = hidden } }
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View {
        _edit("element") { nodes, context in
            let words = children == .combine ? _words(nodes) : ""
            let node = _Node(.group, words, context, children: children == .contain ? nodes : [])
            node.isColoured = nodes.flatMap(\.all).contains(where: \.isColoured)
            return [node]
        }
    }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View {
        _each("traits") { node in
            if traits.contains(.isHeader) { node.role = .heading }
            if traits.contains(.isSelected) { node.isSelected = true }
        }
    }

    // MARK: what flows down

    public func disabled(_ disabled: Bool) -> some View {
        _flow("disabled") { $0.environment.isEnabled = $0.environment.isEnabled && !disabled }
    }
    public func environment<Value>(_ path: WritableKeyPath<EnvironmentValues, Value>, _ value: Value) -> some View {
        _flow("environment") { $0.environment[keyPath: path] = value }
    }
    public func environment<T: AnyObject & Observable>(_ object: T?) -> some View {
        _flow("object") { $0.environment.objects[ObjectIdentifier(T.self)] = object }
    }
    public func tag<Value: Hashable>(_ tag: Value) -> some View {
        _Modified(content: self, name: "tag") {
            $0.environment[_TagKey.self] = AnyHashable(tag)
        } after: { nodes, _ in
            nodes.forEach { $0.tag = AnyHashable(tag) }
            return nodes
        }
    }
    public func tabItem<Title: View>(@ViewBuilder _ label: () -> Title) -> some View {
        _TabItem(content: self, label: label())
    }
    public func badge(_ count: Int) -> some View {
        _each("badge") { node in if count != 0 { node.value = "\(count)" } }
    }
    public func id<ID: Hashable>(_ id: ID) -> some View { _flow("id \(id)") { _ in } }
    public func controlSize(_ size: ControlSize) -> some View {
        _flow("size") { $0.isLarge = size == .large || size == .extraLarge }
    }

    // MARK: life

    public func onAppear(perform action: (() -> Void)? = nil) -> some View { _happens("appear") { .appear { action?() } } }
    public func onDisappear(perform action: (() -> Void)? = nil) -> some View {
        _happens("disappear") { .disappear { action?() } }
    }
    public func task(
        priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: @escaping @Sendable @isolated(any) () async -> Void
    ) -> some View {
        _happens("task") { .task(action) }
    }
    public func task<ID: Equatable>(
        id value: ID, priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: @escaping @Sendable @isolated(any) () async -> Void
    ) -> some View {
        // The place is the same whatever the value: only the task begins anew.
        _edit("task") { nodes, context in
            context.store.events[context.path + "=\(value)"] = .task(action)
            return nodes
        }
    }
    public func refreshable(@_inheritActorContext action: @escaping @Sendable () async -> Void) -> some View {
        _edit("refresh") { nodes, _ in
            nodes.first?.refresh = action
            return nodes
        }
    }
    public func onChange<Value: Equatable>(
        of value: Value, initial: Bool = false, _ action: @escaping (_ oldValue: Value, _ newValue: Value) -> Void
    ) -> some View {
        _edit("change") { nodes, context in
            let old = context.store.cell(context.path) { _Cell<Value?>(initial ? nil : value) }
            if old.value != value {
                let was = old.value ?? value
                old.value = value
                context.store.events[context.path + "=\(value)"] = .appear { action(was, value) }
            }
            return nodes
        }
    }
    public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { self }
    public func onSubmit(_ action: @escaping () -> Void) -> some View { self }

    // MARK: looks that matter to a tree

    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View {
        _each("colour") { $0.isColoured = $0.isColoured || style is Color }
    }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View {
        _each("frame") { $0.minHeight = max($0.minHeight, minHeight ?? 0) }
    }
}

public enum AccessibilityChildBehavior: Hashable, Sendable { case ignore, contain, combine }
public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isHeader = Self(rawValue: 1)
    public static let isSelected = Self(rawValue: 2)
    public static let updatesFrequently = Self(rawValue: 4)
}
