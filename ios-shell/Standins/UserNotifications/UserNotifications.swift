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
public struct UNNotificationPresentationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
    public static let sound = Self(rawValue: 1 << 1)  // = enum UNNotificationPresentationOptions sound 1<<1
    public static let banner = Self(rawValue: 1 << 4)  // = enum UNNotificationPresentationOptions banner 1<<4
}
open class UNMutableNotificationContent: UNNotificationContent {
    open var title = ""  // = UNMutableNotificationContent setTitle:
    open var body = ""  // = UNMutableNotificationContent setBody:
    open var sound: UNNotificationSound?  // = UNMutableNotificationContent setSound:
    open var categoryIdentifier = ""  // = UNMutableNotificationContent setCategoryIdentifier:
}
open class UNNotificationTrigger: NSObject {}
open class UNCalendarNotificationTrigger: UNNotificationTrigger {
    public let dateComponents: DateComponents  // = UNCalendarNotificationTrigger dateComponents
    public init(dateMatching dateComponents: DateComponents, repeats: Bool) { self.dateComponents = dateComponents }  // = UNCalendarNotificationTrigger triggerWithDateMatchingComponents:repeats:
}
open class UNNotificationRequest: NSObject {
    public let identifier: String  // = UNNotificationRequest identifier
    public let content: UNNotificationContent  // = UNNotificationRequest content
    public let trigger: UNNotificationTrigger?  // = UNNotificationRequest trigger
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) { (self.identifier, self.content, self.trigger) = (identifier, content, trigger) }  // = UNNotificationRequest requestWithIdentifier:content:trigger:
}
public struct UNNotificationActionOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
    public static let foreground = Self(rawValue: 1 << 2)  // = enum UNNotificationActionOptions foreground 1<<2
}
open class UNNotificationAction: NSObject {
    public let identifier: String  // = UNNotificationAction identifier
    public let title: String  // = UNNotificationAction title
    public let options: UNNotificationActionOptions  // = UNNotificationAction options
    public init(identifier: String, title: String, options: UNNotificationActionOptions = []) { (self.identifier, self.title, self.options) = (identifier, title, options) }  // = UNNotificationAction actionWithIdentifier:title:options:
}
public struct UNNotificationCategoryOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
}
open class UNNotificationCategory: NSObject {
    public let identifier: String  // = UNNotificationCategory identifier
    public let actions: [UNNotificationAction]  // = UNNotificationCategory actions
    public init(identifier: String, actions: [UNNotificationAction], intentIdentifiers: [String], options: UNNotificationCategoryOptions = []) { (self.identifier, self.actions) = (identifier, actions) }  // = UNNotificationCategory categoryWithIdentifier:actions:intentIdentifiers:options:
}
open class UNNotification: NSObject {
    open var request: UNNotificationRequest { fatalError("the test's notification says it") }  // = UNNotification request
}
open class UNNotificationResponse: NSObject {
    open var notification: UNNotification { UNNotification() }  // = UNNotificationResponse notification
    open var actionIdentifier: String { "" }  // = UNNotificationResponse actionIdentifier
}
public protocol UNUserNotificationCenterDelegate: NSObjectProtocol {
    func userNotificationCenter(_ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse, withCompletionHandler completionHandler: @escaping () -> Void)  // = UNUserNotificationCenterDelegate userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:
    func userNotificationCenter(_ center: UNUserNotificationCenter, willPresent notification: UNNotification, withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void)  // = UNUserNotificationCenterDelegate userNotificationCenter:willPresentNotification:withCompletionHandler:
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
