// Looks: checked for their types, and not shown. Only sizes that follow the person's text size are here: a fixed font size or a limit on
// lines would cut words at 200 %, so there is no `Font.system(size:)`, no `lineLimit` and no `frame(height:)` for a screen to use.

extension View {
    public func font(_ font: Font?) -> some View { self }
    public func bold() -> some View { self }
    public func monospaced() -> some View { self }
    public func monospacedDigit() -> some View { self }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func padding(_ length: CGFloat) -> some View { self }
    public func tint(_ tint: Color?) -> some View { self }
    public func background<S: ShapeStyle>(_ style: S) -> some View { self }
    public func background<S: ShapeStyle, T: Shape>(_ style: S, in shape: T) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func fixedSize(horizontal: Bool, vertical: Bool) -> some View { self }
    public func scaledToFit() -> some View { self }
    public func aspectRatio(_ ratio: CGFloat? = nil, contentMode: ContentMode) -> some View { self }
    public func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { self }
    public func pickerStyle<S: PickerStyle>(_ style: S) -> some View { self }
    public func labelsHidden() -> some View { self }
    public func textSelection<S: TextSelectability>(_ selectability: S) -> some View { self }
    public func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View { self }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View { self }
    public func navigationBarTitleDisplayMode(_ mode: NavigationBarItem.TitleDisplayMode) -> some View { self }
    public func preferredColorScheme(_ scheme: ColorScheme?) -> some View { self }
    public func presentationDetents(_ detents: Set<PresentationDetent>) -> some View { self }
    public func interactiveDismissDisabled(_ isDisabled: Bool = true) -> some View { self }
    public func sensoryFeedback<T: Equatable>(_ feedback: SensoryFeedback, trigger: T) -> some View { self }
    public func privacySensitive(_ sensitive: Bool = true) -> some View { self }
}

public enum Visibility: Hashable, Sendable { case automatic, visible, hidden }
public enum TextAlignment: Hashable, Sendable { case leading, center, trailing }
public enum ContentMode: Hashable, Sendable { case fit, fill }
public enum ControlSize: CaseIterable, Sendable { case mini, small, regular, large, extraLarge }
public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom, firstTextBaseline, lastTextBaseline }
public enum Alignment: Sendable { case center, leading, trailing, top, bottom, topLeading, topTrailing, bottomLeading }
public enum Edge: Sendable {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let top = Self(rawValue: 1)
        public static let leading = Self(rawValue: 2)
        public static let bottom = Self(rawValue: 4)
        public static let trailing = Self(rawValue: 8)
        public static let all = Self(rawValue: 15)
        public static let horizontal = Self(rawValue: 10)
        public static let vertical = Self(rawValue: 5)
    }
}

public struct Font: Hashable, Sendable {
    public static let largeTitle = Self()
    public static let title = Self()
    public static let title2 = Self()
    public static let title3 = Self()
    public static let headline = Self()
    public static let subheadline = Self()
    public static let body = Self()
    public static let callout = Self()
    public static let footnote = Self()
    public static let caption = Self()
}

public protocol ShapeStyle: Sendable {}
public struct Color: ShapeStyle, Hashable {
    /// Red, green and blue of sRGB, 0 to 1.
    @_spi(Testing) public let components: [Double]
    nonisolated public init(red: Double, green: Double, blue: Double, opacity: Double = 1) { components = [red, green, blue] }
    nonisolated init(_ components: [Double]) { self.components = components }
    nonisolated public static let primary = Self([])
    nonisolated public static let secondary = Self([])
    nonisolated public static let accentColor = Self([])
    public func opacity(_ opacity: Double) -> Color { self }
}
extension Color: _Leaf {
    public func _nodes(_ context: _Context) -> [_Node] { [] }
}
public struct HierarchicalShapeStyle: ShapeStyle {}
public struct Material: ShapeStyle {}
public struct TintShapeStyle: ShapeStyle {}
public struct BackgroundStyle: ShapeStyle {}
extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var primary: Self { Self() }
    public static var secondary: Self { Self() }
    public static var quaternary: Self { Self() }
}
extension ShapeStyle where Self == Material {
    public static var thinMaterial: Self { Self() }
    public static var regularMaterial: Self { Self() }
}
extension ShapeStyle where Self == TintShapeStyle { public static var tint: Self { Self() } }
extension ShapeStyle where Self == BackgroundStyle { public static var background: Self { Self() } }

@MainActor public protocol PrimitiveButtonStyle {}
public struct BorderedProminentButtonStyle: PrimitiveButtonStyle { nonisolated public init() {} }
public struct BorderedButtonStyle: PrimitiveButtonStyle { nonisolated public init() {} }
public struct PlainButtonStyle: PrimitiveButtonStyle { nonisolated public init() {} }
public struct BorderlessButtonStyle: PrimitiveButtonStyle { nonisolated public init() {} }
extension PrimitiveButtonStyle where Self == BorderedProminentButtonStyle { public static var borderedProminent: Self { Self() } }
extension PrimitiveButtonStyle where Self == BorderedButtonStyle { public static var bordered: Self { Self() } }
extension PrimitiveButtonStyle where Self == PlainButtonStyle { public static var plain: Self { Self() } }
extension PrimitiveButtonStyle where Self == BorderlessButtonStyle { public static var borderless: Self { Self() } }

public protocol PickerStyle {}
public struct MenuPickerStyle: PickerStyle { public init() {} }
public struct InlinePickerStyle: PickerStyle { public init() {} }
public struct SegmentedPickerStyle: PickerStyle { public init() {} }
extension PickerStyle where Self == MenuPickerStyle { public static var menu: Self { Self() } }
extension PickerStyle where Self == InlinePickerStyle { public static var inline: Self { Self() } }
extension PickerStyle where Self == SegmentedPickerStyle { public static var segmented: Self { Self() } }

public protocol TextSelectability {}
public struct EnabledTextSelectability: TextSelectability {}
extension TextSelectability where Self == EnabledTextSelectability { public static var enabled: Self { Self() } }

public struct TextInputAutocapitalization: Sendable {
    public static var never: Self { Self() }
    public static var characters: Self { Self() }
    public static var sentences: Self { Self() }
}
public struct NavigationBarItem: Sendable {
    public enum TitleDisplayMode: Sendable { case automatic, inline, large }
}
public struct PresentationDetent: Hashable, Sendable {
    let name: String
    public static let medium = Self(name: "medium")
    public static let large = Self(name: "large")
}
public struct SensoryFeedback: Equatable, Sendable {
    let name: String
    public static let success = Self(name: "success")
    public static let warning = Self(name: "warning")
    public static let error = Self(name: "error")
    public static let selection = Self(name: "selection")
}
