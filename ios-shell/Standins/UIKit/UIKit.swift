@_exported import Foundation
@_exported import QuartzCore
import SwiftUI

public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }  // = swift
    public static let invalid = Self(rawValue: 0)  // = const UIBackgroundTaskInvalid
}

@MainActor open class UIApplication: NSObject {
    public static let shared = UIApplication()  // = UIApplication sharedApplication
    open func beginBackgroundTask(withName name: String?, expirationHandler: (@MainActor @Sendable () -> Void)? = nil) -> UIBackgroundTaskIdentifier { .init(rawValue: 1) }  // = UIApplication beginBackgroundTaskWithName:expirationHandler:
    open func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}  // = UIApplication endBackgroundTask:
    public nonisolated static let significantTimeChangeNotification = Notification.Name("UIApplicationSignificantTimeChangeNotification")  // = const UIApplicationSignificantTimeChangeNotification
}

@MainActor open class UIView: NSObject {
    public init(frame: CGRect) { self.frame = frame }  // = UIView initWithFrame:
    public required init?(coder: NSCoder) { nil }
    open var frame: CGRect  // = UIView setFrame:
    open var bounds: CGRect { frame }  // = UIView bounds
    open var layer: CALayer { CALayer() }  // = UIView layer
    open func layoutSubviews() {}  // = UIView layoutSubviews
}

open class UIImage: NSObject, @unchecked Sendable {
    public init?(data: Data) {  // = UIImage initWithData:
        guard !data.isEmpty else { return nil }
    }
}

// What SwiftUI has for UIKit.

extension Image {
    public init(uiImage: UIImage) { self.init(systemName: "photo") }  // = swift
}

public struct UIViewRepresentableContext<Representable: UIViewRepresentable> {}

@MainActor @preconcurrency public protocol UIViewRepresentable: View where Body == Never {
    associatedtype UIViewType: UIView
    associatedtype Coordinator = Void
    func makeUIView(context: Context) -> UIViewType  // = swift
    func updateUIView(_ uiView: UIViewType, context: Context)  // = swift
    static func dismantleUIView(_ uiView: UIViewType, coordinator: Coordinator)
}
extension UIViewRepresentable {
    public typealias Context = UIViewRepresentableContext<Self>
    public var body: Never { fatalError("there is no UIKit here") }
}

extension NSNotification.Name {
    // Foundation's, which Linux has not.
    public static let NSSystemClockDidChange = Notification.Name("NSSystemClockDidChangeNotification")  // = swift
}
