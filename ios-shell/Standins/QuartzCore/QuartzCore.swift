@_exported import Foundation

@MainActor open class CALayer: NSObject {
    public override init() {}  // = CALayer init
    open var frame: CGRect = .zero  // = CALayer setFrame:
    open func addSublayer(_ layer: CALayer) {}  // = CALayer addSublayer:
}
