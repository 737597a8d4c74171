import DakaScreens
import Foundation
import UserNotifications

/// Reminders as local notifications. The system keeps them over a restart and over an update of the app.
public final class PhoneNotices: NoticeSource, Sendable {
    /// What a tap on the notification's button asks for.
    public static let punchNow = "punch-now"
    private static let category = "reminder"

    public init() {}

    public func access() async -> Access {
        switch await UNUserNotificationCenter.current().notificationSettings().authorizationStatus {
        case .notDetermined: .notAsked
        case .denied: .refused
        case .authorized, .provisional, .ephemeral: .allowed
        @unknown default: .missing
        }
    }

    public func ask() async -> Access {
        let answer = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])
        return answer == true ? .allowed : .refused
    }

    public func plan(_ notices: [Notice], of profile: String) async {
        let center = UNUserNotificationCenter.current()
        let old = await center.pendingNotificationRequests().map(\.identifier).filter { Self.profile($0) == profile }
        center.removePendingNotificationRequests(withIdentifiers: old)
        if let action = notices.first?.action {
            let button = UNNotificationAction(identifier: Self.punchNow, title: action, options: [.foreground])
            center.setNotificationCategories([
                UNNotificationCategory(identifier: Self.category, actions: [button], intentIdentifiers: [], options: [])
            ])
        }
        for notice in notices {
            let content = UNMutableNotificationContent()
            content.title = notice.title
            content.body = notice.body
            content.sound = .default
            content.categoryIdentifier = Self.category
            let seconds = max(1, notice.at.timeIntervalSinceNow)
            let trigger = UNTimeIntervalNotificationTrigger(timeInterval: seconds, repeats: false)
            // One that cannot be planned is missing; the others are there.
            try? await center.add(UNNotificationRequest(identifier: "\(profile) \(notice.id)", content: content, trigger: trigger))
        }
    }

    /// Whose reminder a request is: its name begins with the profile's.
    static func profile(_ identifier: String) -> String { String(identifier.prefix { $0 != " " }) }
}

/// Taps on notifications, from the moment the app starts.
@MainActor public final class PhoneNoticeTaps: NSObject, @preconcurrency UNUserNotificationCenterDelegate {
    private let tapped: @MainActor (_ profile: String) -> Void

    public init(_ tapped: @escaping @MainActor (_ profile: String) -> Void) {
        self.tapped = tapped
        super.init()
        UNUserNotificationCenter.current().delegate = self
    }

    public func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        // A tap on the notification itself opens the app; the button asks for the punch.
        if response.actionIdentifier == PhoneNotices.punchNow { tapped(PhoneNotices.profile(response.notification.request.identifier)) }
        completionHandler()
    }
}
