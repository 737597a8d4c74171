import DakaScreens
import Foundation
import Testing
import UserNotifications

@testable import DakaDevice

private final class Center: UNUserNotificationCenter, @unchecked Sendable {
    final class Settings: UNNotificationSettings {
        let status: UNAuthorizationStatus
        init(_ status: UNAuthorizationStatus) { self.status = status }
        override var authorizationStatus: UNAuthorizationStatus { status }
    }
    var status = UNAuthorizationStatus.notDetermined
    var answer: Result<Bool, any Error> = .success(true)
    var full: Set<String> = []
    var planned: [UNNotificationRequest] = []
    var categories: Set<UNNotificationCategory> = []
    override func notificationSettings() async -> UNNotificationSettings { Settings(status) }
    override func requestAuthorization(options: UNAuthorizationOptions) async throws -> Bool { try answer.get() }
    override func setNotificationCategories(_ categories: Set<UNNotificationCategory>) { self.categories = categories }
    override func pendingNotificationRequests() async -> [UNNotificationRequest] { planned }
    override func removePendingNotificationRequests(withIdentifiers identifiers: [String]) {
        planned.removeAll { identifiers.contains($0.identifier) }
    }
    override func add(_ request: UNNotificationRequest) async throws {
        if full.contains(request.identifier) { throw NSError(domain: "UNErrorDomain", code: 1) }
        planned.append(request)
    }
}

private final class Shown: UNNotification {
    let id: String
    init(_ id: String) { self.id = id }
    override var request: UNNotificationRequest {
        UNNotificationRequest(identifier: id, content: UNMutableNotificationContent(), trigger: nil)
    }
}

private final class Tap: UNNotificationResponse {
    let action: String
    let id: String
    init(_ action: String, _ id: String) { (self.action, self.id) = (action, id) }
    override var actionIdentifier: String { action }
    override var notification: UNNotification { Shown(id) }
}

private func notice(_ id: String, _ at: Date) -> Notice { Notice(id: id, at: at, title: "t", body: "b", action: "Punch now") }

@MainActor @Suite(.timeLimit(.minutes(1))) struct NoticeTests {
    @Test(arguments: [
        (UNAuthorizationStatus.notDetermined, Access.notAsked), (.denied, .refused), (.authorized, .allowed), (.provisional, .allowed),
    ])
    func whatThePhoneAllowsIsPassedOn(_ status: UNAuthorizationStatus, _ access: Access) async {
        let center = Center()
        center.status = status
        #expect(await PhoneNotices(center: { center }).access() == access)
    }

    @Test func aRefusalAndAFailureAreNoLeave() async {
        let center = Center()
        let notices = PhoneNotices(center: { center })
        #expect(await notices.ask() == .allowed)
        center.answer = .success(false)
        #expect(await notices.ask() == .refused)
        center.answer = .failure(NSError(domain: "UNErrorDomain", code: 1))
        #expect(await notices.ask() == .refused)
    }

    /// By the clock on the wall, without a zone: a phone that travels, or whose clock is set, reminds at nine o'clock where it is.
    @Test func remindersArePlannedByTheClockOnTheWall() async throws {
        let center = Center()
        let notices = PhoneNotices(center: { center })
        var nine = DateComponents(year: 2026, month: 3, day: 2, hour: 9, minute: 0, second: 0)
        let at = try #require(Calendar(identifier: .gregorian).date(from: nine))
        await notices.plan([notice("one", at), notice("two", at.addingTimeInterval(60))], of: "profile")
        #expect(center.planned.map(\.identifier) == ["profile one", "profile two"])
        #expect((center.planned.first?.trigger as? UNCalendarNotificationTrigger)?.dateComponents == nine)
        nine.minute = 1
        #expect((center.planned.last?.trigger as? UNCalendarNotificationTrigger)?.dateComponents == nine)
        let button = try #require(center.categories.first?.actions.first)
        #expect(button.identifier == PhoneNotices.punchNow && button.title == "Punch now" && button.options == [.foreground])
        let content = center.planned.first?.content as? UNMutableNotificationContent
        #expect(content?.categoryIdentifier == center.categories.first?.identifier && content?.title == "t" && content?.body == "b")
    }

    @Test func eachEmployersRemindersArePlannedAnewByThemselves() async {
        let center = Center()
        let notices = PhoneNotices(center: { center })
        let at = Date(timeIntervalSince1970: 1_767_225_600)
        await notices.plan([notice("one", at)], of: "a")
        await notices.plan([notice("one", at)], of: "ab")
        // One that the system does not take leaves the rest.
        center.full = ["a two"]
        await notices.plan([notice("two", at), notice("three", at)], of: "a")
        #expect(center.planned.map(\.identifier) == ["ab one", "a three"])
        await notices.plan([], of: "ab")
        #expect(center.planned.map(\.identifier) == ["a three"])
    }

    @Test func onlyTheButtonPunchesAndTheSystemIsAnsweredOnWhicheverThread() async {
        let (tapped, says) = AsyncStream.makeStream(of: String.self)
        let center = Center()
        let taps = PhoneNoticeTaps(center: center) { says.yield($0) }
        #expect(center.delegate === taps)
        nonisolated(unsafe) var answered = 0
        Thread.detachNewThread {
            let opens = Tap("com.apple.UNNotificationDefaultActionIdentifier", "opens one")
            taps.userNotificationCenter(center, didReceive: opens) { answered += 1 }
            taps.userNotificationCenter(center, didReceive: Tap(PhoneNotices.punchNow, "punches one 2026-03-02")) { answered += 1 }
        }
        for await notice in tapped {
            #expect(notice == "punches" && answered == 2)
            break
        }
    }

    @Test func aReminderIsShownWithTheAppInFront() {
        let taps = PhoneNoticeTaps(center: Center()) { _ in }
        var shown: UNNotificationPresentationOptions?
        taps.userNotificationCenter(Center(), willPresent: Shown("one")) { shown = $0 }
        #expect(shown == [.banner, .sound])
    }
}
