import DakaScreens
import UserNotifications

/// Reminders as local notifications. The system keeps them over a restart and over an update of the app, and moves them with the
/// clock on the wall: each is planned by date and time of day.
public final class PhoneNotices: NoticeSource, Sendable {
    /// What a tap on the notification's button asks for.
    public static let punchNow = "punch-now"
    private static let category = "reminder"
    private let center: @Sendable () -> UNUserNotificationCenter

    public init(center: @escaping @Sendable () -> UNUserNotificationCenter = { .current() }) { self.center = center }

    public func access() async -> Access {
        switch await center().notificationSettings().authorizationStatus {
        case .notDetermined: .notAsked
        case .denied: .refused
        case .authorized, .provisional, .ephemeral: .allowed
        @unknown default: .missing
        }
    }

    public func ask() async -> Access {
        let answer = try? await center().requestAuthorization(options: [.alert, .sound])
        return answer == true ? .allowed : .refused
    }

    public func plan(_ notices: [Notice], of profile: String) async {
        let center = center()
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
            let parts: Set<Calendar.Component> = [.year, .month, .day, .hour, .minute, .second]
            let time = Calendar(identifier: .gregorian).dateComponents(parts, from: notice.at)
            let trigger = UNCalendarNotificationTrigger(dateMatching: time, repeats: false)
            // One that cannot be planned is missing; the others are there.
            try? await center.add(UNNotificationRequest(identifier: "\(profile) \(notice.id)", content: content, trigger: trigger))
        }
    }

    /// Whose reminder a request is: its name begins with the profile's.
    static func profile(_ identifier: String) -> String { String(identifier.prefix { $0 != " " }) }
}

/// Taps on notifications, from the moment the app starts. The system does not say on which thread it tells.
@MainActor public final class PhoneNoticeTaps: NSObject, UNUserNotificationCenterDelegate {
    private let tapped: @MainActor (_ profile: String) -> Void

    public init(center: UNUserNotificationCenter = .current(), _ tapped: @escaping @MainActor (_ profile: String) -> Void) {
        self.tapped = tapped
        super.init()
        center.delegate = self
    }

    /// A tap on the notification itself opens the app; the button asks for the punch.
    public nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        if response.actionIdentifier == PhoneNotices.punchNow {
            let profile = PhoneNotices.profile(response.notification.request.identifier)
            Task { @MainActor in tapped(profile) }
        }
        completionHandler()
    }

    /// A reminder is shown with the app in front, too.
    public nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        completionHandler([.banner, .sound])
    }
}
