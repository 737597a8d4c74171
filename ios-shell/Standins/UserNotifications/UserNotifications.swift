@_exported import Foundation

public enum UNAuthorizationStatus: Int, Sendable {
    case notDetermined = 0  // = enum UNAuthorizationStatus notDetermined 0
    case denied = 1  // = enum UNAuthorizationStatus denied 1
    case authorized = 2  // = enum UNAuthorizationStatus authorized 2
    case provisional = 3  // = enum UNAuthorizationStatus provisional 3
    case ephemeral = 4  // = enum UNAuthorizationStatus ephemeral 4
}
public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
    public static let sound = Self(rawValue: 1 << 1)  // = enum UNAuthorizationOptions sound 1<<1
    public static let alert = Self(rawValue: 1 << 2)  // = enum UNAuthorizationOptions alert 1<<2
}
open class UNNotificationSettings: NSObject {
    open var authorizationStatus: UNAuthorizationStatus { .notDetermined }  // = UNNotificationSettings authorizationStatus
}
open class UNNotificationSound: NSObject {
    public nonisolated(unsafe) static let `default` = UNNotificationSound()  // = UNNotificationSound defaultSound
}
open class UNNotificationContent: NSObject {}
open class UNMutableNotificationContent: UNNotificationContent {
    open var title = ""  // = UNMutableNotificationContent setTitle:
    open var body = ""  // = UNMutableNotificationContent setBody:
    open var sound: UNNotificationSound?  // = UNMutableNotificationContent setSound:
    open var categoryIdentifier = ""  // = UNMutableNotificationContent setCategoryIdentifier:
}
open class UNNotificationTrigger: NSObject {}
open class UNTimeIntervalNotificationTrigger: UNNotificationTrigger {
    public init(timeInterval: TimeInterval, repeats: Bool) {}  // = UNTimeIntervalNotificationTrigger triggerWithTimeInterval:repeats:
}
open class UNNotificationRequest: NSObject {
    public let identifier: String  // = UNNotificationRequest identifier
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) { self.identifier = identifier }  // = UNNotificationRequest requestWithIdentifier:content:trigger:
}
public struct UNNotificationActionOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
    public static let foreground = Self(rawValue: 1 << 2)  // = enum UNNotificationActionOptions foreground 1<<2
}
open class UNNotificationAction: NSObject {
    public init(identifier: String, title: String, options: UNNotificationActionOptions = []) {}  // = UNNotificationAction actionWithIdentifier:title:options:
}
public struct UNNotificationCategoryOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
}
open class UNNotificationCategory: NSObject {
    public init(identifier: String, actions: [UNNotificationAction], intentIdentifiers: [String], options: UNNotificationCategoryOptions = []) {}  // = UNNotificationCategory categoryWithIdentifier:actions:intentIdentifiers:options:
}
open class UNNotification: NSObject {
    open var request: UNNotificationRequest { UNNotificationRequest(identifier: "", content: UNNotificationContent(), trigger: nil) }  // = UNNotification request
}
open class UNNotificationResponse: NSObject {
    open var actionIdentifier: String { "" }  // = UNNotificationResponse actionIdentifier
    open var notification: UNNotification { UNNotification() }  // = UNNotificationResponse notification
}
public protocol UNUserNotificationCenterDelegate: NSObjectProtocol {
    func userNotificationCenter(_ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse, withCompletionHandler completionHandler: @escaping () -> Void)  // = UNUserNotificationCenterDelegate userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:
}
open class UNUserNotificationCenter: NSObject {
    open class func current() -> UNUserNotificationCenter { UNUserNotificationCenter() }  // = UNUserNotificationCenter currentNotificationCenter
    open weak var delegate: (any UNUserNotificationCenterDelegate)?  // = UNUserNotificationCenter setDelegate:
    open func notificationSettings() async -> UNNotificationSettings { UNNotificationSettings() }  // = UNUserNotificationCenter getNotificationSettingsWithCompletionHandler:
    open func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool { false }  // = UNUserNotificationCenter requestAuthorizationWithOptions:completionHandler:
    open func setNotificationCategories(_ categories: Set<UNNotificationCategory>) {}  // = UNUserNotificationCenter setNotificationCategories:
    open func add(_ request: UNNotificationRequest) async throws {}  // = UNUserNotificationCenter addNotificationRequest:withCompletionHandler:
    open func pendingNotificationRequests() async -> [UNNotificationRequest] { [] }  // = UNUserNotificationCenter getPendingNotificationRequestsWithCompletionHandler:
    open func removePendingNotificationRequests(withIdentifiers identifiers: [String]) {}  // = UNUserNotificationCenter removePendingNotificationRequestsWithIdentifiers:
}
