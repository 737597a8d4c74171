// Drawings: the code that draws runs on a sheet of 320 × 200 points and what it drew is written down.

@frozen public struct Path: Shape {
    var parts: [String] = []
    public init() {}
    public init(_ callback: (inout Path) -> Void) {
        self.init()
        callback(&self)
    }
    public init(_ rect: CGRect) { parts = ["rectangle \(_figures(rect))"] }
    public init(ellipseIn rect: CGRect) { parts = ["ellipse \(_figures(rect))"] }
    public mutating func move(to end: CGPoint) { parts.append("move \(_figure(end.x)) \(_figure(end.y))") }
    public mutating func addLine(to end: CGPoint) { parts.append("line \(_figure(end.x)) \(_figure(end.y))") }
    public mutating func closeSubpath() { parts.append("close") }
}

func _figure(_ value: CGFloat) -> String { String(Int(value.rounded())) }
func _figures(_ rect: CGRect) -> String {
    [rect.origin.x, rect.origin.y, rect.size.width, rect.size.height].map(_figure).joined(separator: " ")
}

public struct StrokeStyle: Equatable, Sendable {
    public init(lineWidth: CGFloat = 1, dash: [CGFloat] = []) {}
}

public struct GraphicsContext {
    public struct Shading: Sendable {
        public static func color(_ color: Color) -> Shading { Shading() }
        public static func style<S: ShapeStyle>(_ style: S) -> Shading { Shading() }
    }
    final class Sheet { var strokes: [String] = [] }
    let sheet = Sheet()
    public func fill(_ path: Path, with shading: Shading) { sheet.strokes += path.parts.map { "fill " + $0 } }
    public func stroke(_ path: Path, with shading: Shading, lineWidth: CGFloat = 1) {
        sheet.strokes += path.parts.map { "stroke " + $0 }
    }
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) {
        sheet.strokes += path.parts.map { "stroke " + $0 }
    }
}

public struct Canvas<Symbols: View>: _Leaf {
    let renderer: (inout GraphicsContext, CGSize) -> Void
    public func _nodes(_ context: _Context) -> [_Node] {
        var drawing = GraphicsContext()
        renderer(&drawing, CGSize(width: 320, height: 200))
        let node = _Node(.drawing, "", context)
        node.value = drawing.sheet.strokes.joined(separator: "; ")
        return [node]
    }
}
extension Canvas where Symbols == EmptyView {
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) { self.renderer = renderer }
}

public protocol Shape: Sendable {}
public struct RoundedRectangle: Shape {
    public init(cornerRadius: CGFloat) {}
}
public struct Circle: Shape { public init() {} }
extension Shape where Self == RoundedRectangle {
    public static func rect(cornerRadius: CGFloat) -> Self { RoundedRectangle(cornerRadius: cornerRadius) }
}

// MARK: the app

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @MainActor @preconcurrency var body: Body { get }
}
extension Never: Scene {}
public struct WindowGroup<Content: View>: Scene {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    public var body: Never { fatalError("a window has no body") }
}
@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @MainActor @preconcurrency var body: Body { get }
    @MainActor @preconcurrency init()
}
extension App {
    /// There is no window here.
    public static func main() { _ = Self() }
}
