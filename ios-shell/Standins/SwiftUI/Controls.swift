// What a person reads and touches.

/// Not bound to the main actor, as Apple's is not: it is made anywhere, and looked up when it is shown.
public struct Text: Sendable {
    let words: @MainActor @Sendable (_Context) -> String
    public init(
        _ key: LocalizedStringKey, tableName: String? = nil, bundle: Bundle? = nil, comment: StaticString? = nil
    ) {
        words = { $0.string(key, bundle) }
    }
    @_disfavoredOverload public init<S: StringProtocol>(_ content: S) {
        let text = String(content)
        words = { _ in text }
    }
    public init(verbatim content: String) { words = { _ in content } }
    public init<F: FormatStyle>(_ input: F.FormatInput, format: F)
    where F.FormatInput: Equatable & Sendable, F: Sendable, F.FormatOutput == String {
        words = { format.locale($0.environment.locale).format(input) }
    }
}
extension Text: _Leaf {
    public func _nodes(_ context: _Context) -> [_Node] { [_Node(.text, words(context), context)] }
}

public struct Image: _Leaf {
    let name: String
    var label: Text?
    var isDecorative = false
    public init(systemName: String) { name = systemName }
    public init(_ name: String, bundle: Bundle? = nil) { self.name = name }
    public init(_ name: String, bundle: Bundle? = nil, label: Text) {
        self.name = name
        self.label = label
    }
    public init(decorative name: String, bundle: Bundle? = nil) {
        self.name = name
        isDecorative = true
    }
    public func resizable() -> Image { self }
    public func _nodes(_ context: _Context) -> [_Node] {
        let node = _Node(.image, label?.words(context) ?? "", context)
        node.value = name
        node.isHidden = isDecorative
        return [node]
    }
}

/// Its icon is not spoken: the title says it.
public struct Label<Title: View, Icon: View>: _Leaf {
    let title: Title
    let icon: Icon
    public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) {
        self.title = title()
        self.icon = icon()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let icons = _render(icon, context.at("icon"))
        icons.forEach { $0.isHidden = true }
        return icons + _render(title, context.at("title"))
    }
}

public struct LabeledContent<Title: View, Content: View>: _Leaf {
    let title: Title
    let content: Content
    public func _nodes(_ context: _Context) -> [_Node] {
        let node = _Node(.text, _words(_render(title, context.at("label"))), context)
        let inside = _render(content, context.at("content"))
        node.value = _words(inside)
        return [node] + inside.filter { $0.tap != nil }
    }
}
extension LabeledContent {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Title) {
        self.init(title: label(), content: content())
    }
}

public struct ButtonRole: Equatable, Sendable {
    let name: String
    public static let destructive = Self(name: "destructive")
    public static let cancel = Self(name: "cancel")
}

public struct Button<Title: View>: _Leaf {
    let role: ButtonRole?
    let action: @MainActor () -> Void
    let label: Title
    public init(role: ButtonRole? = nil, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Title) {
        self.role = role
        self.action = action
        self.label = label()
    }
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Title) {
        self.init(role: nil, action: action, label: label)
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let inside = _render(label, context.at("button"))
        let node = _Node(.button, _words(inside), context, children: inside)
        node.isDestructive = role == .destructive
        if context.isLarge { node.minHeight = max(node.minHeight, 50) }
        return [_action(node, action)]
    }
}

public struct Toggle<Title: View>: _Leaf {
    let isOn: Binding<Bool>
    let label: Title
    public init(isOn: Binding<Bool>, @ViewBuilder label: () -> Title) {
        self.isOn = isOn
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let node = _Node(.toggle, _words(_render(label, context.at("toggle"))), context)
        let isOn = isOn
        node.value = isOn.wrappedValue ? "on" : "off"
        return [_action(node) { isOn.wrappedValue.toggle() }]
    }
}

public struct Picker<Title: View, Selection: Hashable, Content: View>: _Leaf {
    let selection: Binding<Selection>
    let content: Content
    let label: Title
    public init(selection: Binding<Selection>, @ViewBuilder content: () -> Content, @ViewBuilder label: () -> Title) {
        self.selection = selection
        self.content = content()
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let selection = selection
        let options = _render(content, context.at("picker"))
        for option in options {
            option.role = .option
            option.isSelected = option.tag == AnyHashable(selection.wrappedValue)
            option.tap = { if let chosen = option.tag?.base as? Selection { selection.wrappedValue = chosen } }
        }
        let node = _Node(.picker, _words(_render(label, context.at("label"))), context, children: options)
        node.value = options.first(where: \.isSelected)?.words
        return [node]
    }
}

public struct TextField<Title: View>: _Leaf {
    let text: Binding<String>
    let label: Title
    public func _nodes(_ context: _Context) -> [_Node] {
        let node = _Node(.textField, _words(_render(label, context.at("label"))), context)
        let text = text
        node.value = text.wrappedValue
        node.type = { text.wrappedValue = $0 }
        return [node]
    }
}
extension TextField {
    public init(text: Binding<String>, prompt: Text? = nil, @ViewBuilder label: () -> Title) {
        self.init(text: text, label: label())
    }
    public init(text: Binding<String>, prompt: Text? = nil, axis: Axis, @ViewBuilder label: () -> Title) {
        self.init(text: text, label: label())
    }
}

public struct DatePickerComponents: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let hourAndMinute = Self(rawValue: 1)
    public static let date = Self(rawValue: 2)
}

public struct DatePicker<Title: View>: _Leaf {
    public typealias Components = DatePickerComponents
    let selection: Binding<Date>
    let label: Title
    public init(
        selection: Binding<Date>, displayedComponents: Components = [.hourAndMinute, .date], @ViewBuilder label: () -> Title
    ) {
        self.selection = selection
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let node = _Node(.datePicker, _words(_render(label, context.at("label"))), context)
        var style = Date.ISO8601FormatStyle(timeZone: context.environment.timeZone)
        style = style.time(includingFractionalSeconds: false)
        node.value = String(style.format(selection.wrappedValue).prefix(5))
        let selection = selection
        node.setDate = { selection.wrappedValue = $0 }
        return [node]
    }
}

public struct ProgressView<Title: View>: _Leaf {
    let label: Title?
    public init(@ViewBuilder label: () -> Title) { self.label = label() }
    public func _nodes(_ context: _Context) -> [_Node] {
        [_Node(.progress, label.map { _words(_render($0, context)) } ?? "", context)]
    }
}
extension ProgressView where Title == EmptyView {
    public init() { label = nil }
}

/// Hands a file to the system's share sheet. The value is the file's address.
public struct ShareLink<Title: View>: _Leaf {
    let item: URL
    let label: Title
    public init(item: URL, subject: Text? = nil, message: Text? = nil, @ViewBuilder label: () -> Title) {
        self.item = item
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        let inside = _render(label, context.at("share"))
        let node = _Node(.share, _words(inside), context, children: inside)
        node.value = item.lastPathComponent
        if context.isLarge { node.minHeight = max(node.minHeight, 50) }
        return [_action(node) {}]
    }
}

public struct Menu<Title: View, Content: View>: _Leaf {
    let content: Content
    let label: Title
    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Title) {
        self.content = content()
        self.label = label()
    }
    public func _nodes(_ context: _Context) -> [_Node] {
        var inside = context.at("menu")
        inside.rowHeight = 44
        return [_Node(.menu, _words(_render(label, context.at("label"))), context, children: _render(content, inside))]
    }
}
