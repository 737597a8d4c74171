// Stacks of screens, tabs, bars, and what lies over a screen.

@MainActor final class _Stack { var pushed: [any View] = [] }
final class _StackBox: @unchecked Sendable {
    let stack: _Stack?
    init(_ stack: _Stack? = nil) { self.stack = stack }
}
private enum _StackKey: EnvironmentKey { static var defaultValue: _StackBox { _StackBox() } }

public struct NavigationStack<Root: View>: _Leaf {
    let root: Root
    public init(@ViewBuilder root: () -> Root) { self.root = root() }
    public func _nodes(_ context: _Context) -> [_Node] {
        var inside = context.at("navigation")
        let stack = inside.store.cell(inside.path) { _Stack() }
        let flag = inside.store.flag
        inside.environment[_StackKey.self] = _StackBox(stack)
        guard let top = stack.pushed.last else {
            return [_Node(.navigation, "", inside, children: _render(root, inside.at("root")))]
        }
        let pop: @MainActor () -> Void = {
            stack.pushed.removeLast()
            flag.raise()
        }
        inside.environment.dismiss = DismissAction(action: pop)
        let back = _action(_Node(.button, "Back", inside), pop)
        back.identifier = "BackButton"
        back.minHeight = 44
        let screen = _render(top, inside.at("\(stack.pushed.count)"))
        return [_Node(.navigation, "", inside, children: [back] + screen)]
    }
}

public struct NavigationLink<Title: View, Destination: View>: _Leaf {
    let label: Title
    let destination: () -> Destination
    public init(@ViewBuilder destination: @escaping () -> Destination, @ViewBuilder label: () -> Title) {
        self.destination = destination
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let inside = _render(label, context.at("link"))
        let stack = context.environment[_StackKey.self].stack
        let flag = context.store.flag
        let destination = destination
        let node = _Node(.button, _words(inside), context, children: inside)
        // A link outside a stack is grey on the phone, too.
        node.isEnabled = node.isEnabled && stack != nil
        return [
            _action(node) {
                stack?.pushed.append(destination())
                flag.raise()
            }
        ]
    }
}

final class _TabBox: @unchecked Sendable {
    let chosen: AnyHashable
    init(_ chosen: AnyHashable) { self.chosen = chosen }
}
enum _TabKey: EnvironmentKey { static var defaultValue: _TabBox? { nil } }

public struct TabView<Selection: Hashable, Content: View>: _Leaf {
    let selection: Binding<Selection>
    let content: Content
    public init(selection: Binding<Selection>, @ViewBuilder content: () -> Content) {
        self.selection = selection
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        var inside = context.at("tabs")
        inside.environment[_TabKey.self] = _TabBox(AnyHashable(selection.wrappedValue))
        let tabs = _render(content, inside)
        var bar: [_Node] = []
        for tab in tabs where tab.role == .tab { bar.append(button(tab, context)) }
        return [_Node(.toolbar, "", context, children: bar)] + tabs.flatMap(\.children)
    }
    private func button(_ tab: _Node, _ context: _Context) -> _Node {
        let node = _Node(.button, tab.label, context)
        let selection = selection
        node.tap = { if let chosen = tab.tag?.base as? Selection { selection.wrappedValue = chosen } }
        node.value = tab.value
        node.identifier = tab.identifier
        node.isSelected = tab.isSelected
        node.minHeight = 49
        return node
    }
}

extension _Context {
    func with(_ change: (inout _Context) -> Void) -> _Context {
        var copy = self
        change(&copy)
        return copy
    }
}

/// `.tabItem` comes before `.tag`, so the tag is read from outside: `.tag` evaluates its content with the tag known.
struct _TabItem<Content: View, Title: View>: _Leaf {
    let content: Content
    let label: Title
    func _nodes(_ context: _Context) -> [_Node] {
        guard let tabs = context.environment[_TabKey.self] else { return _render(content, context) }
        let tag = context.environment[_TagKey.self]
        let inside = context.at("tab \(tag.map { "\($0)" } ?? "")").with { $0.environment[_TabKey.self] = nil }
        let node = _Node(.tab, _words(_render(label, context.at("label"))), context)
        node.tag = tag
        node.isSelected = tag == tabs.chosen
        node.children = node.isSelected ? _render(content, inside) : []
        return [node]
    }
}
enum _TagKey: EnvironmentKey { static var defaultValue: AnyHashable? { nil } }

// MARK: bars

public struct ToolbarItemPlacement: Sendable {
    public static let automatic = Self()
    public static let primaryAction = Self()
    public static let cancellationAction = Self()
    public static let confirmationAction = Self()
    public static let topBarLeading = Self()
    public static let topBarTrailing = Self()
    public static let principal = Self()
}

@MainActor public protocol ToolbarContent { func _nodes(_ context: _Context) -> [_Node] }

public struct ToolbarItem<Content: View>: ToolbarContent {
    let content: Content
    public init(placement: ToolbarItemPlacement = .automatic, @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        _render(content, context.at("item").with { $0.rowHeight = 44 })
    }
}

public struct _ToolbarContents: ToolbarContent {
    let items: [any ToolbarContent]
    public func _nodes(_ context: _Context) -> [_Node] {
        items.enumerated().flatMap { $1._nodes(context.at("\($0)")) }
    }
}

@MainActor @resultBuilder public enum ToolbarContentBuilder {
    public static func buildBlock(_ items: any ToolbarContent...) -> some ToolbarContent { _ToolbarContents(items: items) }
    public static func buildIf(_ item: (any ToolbarContent)?) -> any ToolbarContent {
        _ToolbarContents(items: item.map { [$0] } ?? [])
    }
}

// MARK: over a screen

extension View {
    public func sheet<Content: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> Content
    ) -> some View {
        _covered("sheet", isPresented.wrappedValue, "", content) {
            isPresented.wrappedValue = false
            onDismiss?()
        }
    }
    public func sheet<Item: Identifiable, Content: View>(
        item: Binding<Item?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (Item) -> Content
    ) -> some View {
        _covered("sheet", item.wrappedValue != nil, item.wrappedValue.map { "\($0.id)" } ?? "") {
            item.wrappedValue.map(content)
        } _: {
            item.wrappedValue = nil
            onDismiss?()
        }
    }
    public func fullScreenCover<Content: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> Content
    ) -> some View {
        _covered("cover", isPresented.wrappedValue, "", content) {
            isPresented.wrappedValue = false
            onDismiss?()
        }
    }
    private func _covered<Content: View>(
        _ name: String, _ shown: Bool, _ id: String, _ content: @escaping () -> Content, _ close: @escaping () -> Void
    ) -> some View {
        _edit(name) { nodes, context in
            guard shown else { return nodes }
            let flag = context.store.flag
            var inside = context.at("over \(id)")
            inside.rowHeight = 0
            inside.isLarge = false
            inside.environment[_StackKey.self] = _StackBox()
            inside.environment.dismiss = DismissAction {
                close()
                flag.raise()
            }
            return nodes + [_Node(.sheet, "", inside, children: _render(content(), inside))]
        }
    }

    public func alert<Actions: View, Message: View>(
        _ title: Text, isPresented: Binding<Bool>, @ViewBuilder actions: @escaping () -> Actions,
        @ViewBuilder message: @escaping () -> Message
    ) -> some View {
        _asked(.alert, title, isPresented, actions, message)
    }
    public func alert<Actions: View>(
        _ title: Text, isPresented: Binding<Bool>, @ViewBuilder actions: @escaping () -> Actions
    ) -> some View {
        _asked(.alert, title, isPresented, actions) { EmptyView() }
    }
    public func confirmationDialog<Actions: View, Message: View>(
        _ title: Text, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic,
        @ViewBuilder actions: @escaping () -> Actions, @ViewBuilder message: @escaping () -> Message
    ) -> some View {
        _asked(.dialog, title, isPresented, actions, message)
    }
    private func _asked<Actions: View, Message: View>(
        _ role: _Node.Role, _ title: Text, _ shown: Binding<Bool>, _ actions: @escaping () -> Actions,
        _ message: @escaping () -> Message
    ) -> some View {
        _edit(role.rawValue) { nodes, context in
            guard shown.wrappedValue else { return nodes }
            let flag = context.store.flag
            let inside = context.at("actions").with { $0.rowHeight = 44 }
            var buttons = _render(actions(), inside)
            if buttons.isEmpty { buttons = [_action(_Node(.button, "OK", inside)) {}] }
            for button in buttons {
                let run = button.tap
                button.tap = {
                    shown.wrappedValue = false
                    flag.raise()
                    run?()
                }
            }
            let told = _render(message(), context.at("message"))
            return nodes + [_Node(role, title.words(context), context, children: told + buttons)]
        }
    }

    public func navigationTitle(_ title: Text) -> some View {
        _edit("title") { nodes, context in [_Node(.heading, title.words(context), context)] + nodes }
    }
    public func toolbar<Content: ToolbarContent>(@ToolbarContentBuilder content: @escaping () -> Content) -> some View {
        _edit("bar") { nodes, context in
            let items = content()._nodes(context.at("bar"))
            return items.isEmpty ? nodes : [_Node(.toolbar, "", context, children: items)] + nodes
        }
    }
}
