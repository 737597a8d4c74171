// What holds other views.

public struct VStack<Content: View>: _Leaf {
    let content: Content
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("v")) }
}

public struct HStack<Content: View>: _Leaf {
    let content: Content
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("h")) }
}

public struct ZStack<Content: View>: _Leaf {
    let content: Content
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> Content) { self.content = content() }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("z")) }
}

public struct Group<Content: View>: _Leaf {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("group")) }
}

/// Shows the first of its views that fits: here there is room for the first.
public struct ViewThatFits<Content: View>: _Leaf {
    let content: Content
    public init(in axes: Axis.Set = [.horizontal, .vertical], @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        guard let children = Mirror(reflecting: content).children.first(where: { $0.label == "list" }),
            let first = (children.value as? [any View])?.first
        else { return _render(content, context.at("fits")) }
        return _render(first, context.at("fits"))
    }
}

public enum Axis: Sendable {
    case horizontal, vertical
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let horizontal = Self(rawValue: 1)
        public static let vertical = Self(rawValue: 2)
    }
}

public struct ScrollView<Content: View>: _Leaf {
    let content: Content
    public init(_ axes: Axis.Set = .vertical, showsIndicators: Bool = true, @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("scroll")) }
}

public struct GridItem: Sendable {
    public enum Size: Sendable { case fixed(CGFloat), flexible(minimum: CGFloat = 10, maximum: CGFloat = .infinity) }
    public init(_ size: Size = .flexible(), spacing: CGFloat? = nil, alignment: Alignment? = nil) {}
}

public struct LazyVGrid<Content: View>: _Leaf {
    let content: Content
    public init(
        columns: [GridItem], alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
        @ViewBuilder content: () -> Content
    ) {
        self.content = content()
    }
    public func _nodes(_ context: _Context) -> [_Node] { _render(content, context.at("grid")) }
}

public struct Spacer: _Leaf {
    public init(minLength: CGFloat? = nil) {}
    public func _nodes(_ context: _Context) -> [_Node] { [] }
}

public struct Divider: _Leaf {
    public init() {}
    public func _nodes(_ context: _Context) -> [_Node] { [] }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: _Leaf {
    let data: Data
    let id: KeyPath<Data.Element, ID>
    let content: (Data.Element) -> Content
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content
    ) {
        self.data = data
        self.id = id
        self.content = content
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        data.flatMap { element in
            let nodes = _render(content(element), context.at("[\(element[keyPath: id])]"))
            // As SwiftUI tags a picker's rows.
            for node in nodes where node.tag == nil { node.tag = AnyHashable(element[keyPath: id]) }
            return nodes
        }
    }
}
extension ForEach where Data.Element: Identifiable, ID == Data.Element.ID {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {
        self.init(data, id: \.id, content: content)
    }
}

private func rows(_ context: _Context, _ step: String) -> _Context {
    var inside = context.at(step)
    inside.rowHeight = 44
    return inside
}

public struct List<Content: View>: _Leaf {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    public func _nodes(_ context: _Context) -> [_Node] {
        [_Node(.list, "", context, children: _render(content, rows(context, "list")))]
    }
}

public struct Form<Content: View>: _Leaf {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    public func _nodes(_ context: _Context) -> [_Node] {
        [_Node(.list, "", context, children: _render(content, rows(context, "form")))]
    }
}

public struct Section<Parent: View, Content: View, Footer: View>: _Leaf {
    let header: Parent
    let content: Content
    let footer: Footer
    public func _nodes(_ context: _Context) -> [_Node] {
        let head = _render(header, context.at("header"))
        head.forEach { $0.role = .heading }
        let inside = head + _render(content, context.at("section")) + _render(footer, context.at("footer"))
        return [_Node(.section, "", context, children: inside)]
    }
}
extension Section {
    public init(
        @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
    ) {
        self.init(header: header(), content: content(), footer: footer())
    }
}
extension Section where Parent == EmptyView, Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content) {
        self.init(header: EmptyView(), content: content(), footer: EmptyView())
    }
}
extension Section where Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent) {
        self.init(header: header(), content: content(), footer: EmptyView())
    }
}
extension Section where Parent == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) {
        self.init(header: EmptyView(), content: content(), footer: footer())
    }
}

public struct ContentUnavailableView<Title: View, Description: View, Actions: View>: _Leaf {
    let label: Title
    let description: Description
    let actions: Actions
    public init(
        @ViewBuilder label: () -> Title, @ViewBuilder description: () -> Description = { EmptyView() },
        @ViewBuilder actions: () -> Actions = { EmptyView() }
    ) {
        self.label = label()
        self.description = description()
        self.actions = actions()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        _render(label, context.at("label")) + _render(description, context.at("description"))
            + _render(actions, context.at("actions"))
    }
}
