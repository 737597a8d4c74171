import BackgroundTasks
import Daka
import DakaScreens
import Foundation
import Testing
import UIKit

@testable import DakaDevice

private final class System: UIApplication {
    private(set) var log: [String] = []
    var patience: (@MainActor @Sendable () -> Void)?
    var given = UIBackgroundTaskIdentifier(rawValue: 7)
    override func beginBackgroundTask(
        withName name: String?, expirationHandler: (@MainActor @Sendable () -> Void)?
    ) -> UIBackgroundTaskIdentifier {
        log.append("begin \(name ?? "")")
        patience = expirationHandler
        return given
    }
    override func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) { log.append("end \(identifier.rawValue)") }
}

private final class Scheduler: BGTaskScheduler, @unchecked Sendable {
    var refuses = false
    var submitted: [BGTaskRequest] = []
    var handlers: [String: @Sendable (BGTask) -> Void] = [:]
    override func submit(_ taskRequest: BGTaskRequest) throws {
        // BGTaskSchedulerErrorCodeUnavailable.
        if refuses { throw NSError(domain: "BGTaskSchedulerErrorDomain", code: 1) }
        submitted.append(taskRequest)
    }
    override func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping @Sendable (BGTask) -> Void
    ) -> Bool {
        handlers[identifier] = launchHandler
        return true
    }
}

private final class Woken: BGTask, @unchecked Sendable {
    var completed: [Bool] = []
    override func setTaskCompleted(success: Bool) { completed.append(success) }
}

@MainActor @Suite(.timeLimit(.minutes(1)), .serialized) struct SystemTests {
    // MARK: background

    @Test func theSystemsLeaveIsHeldUntilTheWorkIsDoneAndGivenBackOnce() async {
        let system = System()
        await PhoneBackground(app: { system }).finish("pause") {}
        #expect(system.log == ["begin pause", "end 7"])
        system.patience?()
        #expect(system.log == ["begin pause", "end 7"])
    }

    @Test func whenTheSystemLosesPatienceItsLeaveIsGivenBackAtOnce() async {
        let system = System()
        let (stuck, release) = AsyncStream.makeStream(of: Void.self)
        let work = Task { await PhoneBackground(app: { system }).finish("pause") { for await _ in stuck {} } }
        await until { !system.log.isEmpty }
        system.patience?()
        #expect(system.log == ["begin pause", "end 7"])
        release.finish()
        await work.value
        #expect(system.log == ["begin pause", "end 7"])
    }

    @Test func theWorkIsDoneWithoutTheSystemsLeaveToo() async {
        let system = System()
        system.given = .invalid
        nonisolated(unsafe) var done = false
        await PhoneBackground(app: { system }).finish("pause") { done = true }
        #expect(done && system.log == ["begin pause"])
    }

    @Test func bothWaysOfBeingWokenAreAskedForNotBeforeTheirTime() throws {
        let scheduler = Scheduler()
        let at = Date(timeIntervalSince1970: 1_767_225_600)
        PhoneBackground(scheduler: scheduler).wake(after: at)
        #expect(scheduler.submitted.map(\.identifier) == ["daka.sync", "daka.upload"])
        #expect(scheduler.submitted.allSatisfy { $0.earliestBeginDate == at })
        #expect((scheduler.submitted.last as? BGProcessingTaskRequest)?.requiresNetworkConnectivity == true)
        // The simulator, and a person who switched it off.
        scheduler.refuses = true
        PhoneBackground(scheduler: scheduler).wake(after: nil)
        #expect(scheduler.submitted.count == 2)
    }

    @Test func aWakeUpSaysWhetherItWentWellAndStopsWhenItIsTold() async {
        let scheduler = Scheduler()
        PhoneBackground.register(scheduler: scheduler) { deadline in
            if deadline < .seconds(30) { return true }
            // Longer than any test: only the system's word ends it.
            try? await Task.sleep(for: .seconds(3600))
            return !Task.isCancelled
        }
        #expect(Set(scheduler.handlers.keys) == ["daka.sync", "daka.upload"])
        let (short, long) = (Woken(), Woken())
        scheduler.handlers["daka.sync"]?(short)
        scheduler.handlers["daka.upload"]?(long)
        await until { !short.completed.isEmpty }
        #expect(short.completed == [true] && long.completed == [])
        long.expirationHandler?()
        await until { !long.completed.isEmpty }
        #expect(long.completed == [false])
    }

    // MARK: clock and network

    /// An iPhone's ticks are 125/3 ns each, 24 million to the second. The same scale unreduced: 2^64 / 10^9 ticks are 13 minutes.
    @Test func ticksBecomeNanosecondsWithoutOverflow() {
        #expect(PhoneClock.nanoseconds(24_000_000, 125, 3) == 1_000_000_000)
        #expect(PhoneClock.nanoseconds(1, 125, 3) == 41)
        let century: UInt64 = 100 * 366 * 86_400
        #expect(PhoneClock.nanoseconds(century * 24_000_000, 1_000_000_000, 24_000_000) == century * 1_000_000_000)
    }

    @Test func aSystemThatDoesNotNameItsBootHasNoClock() {
        #expect(throws: PlatformFailure.Refused(reason: "the system does not name its boot session")) { try PhoneClock().read() }
    }

    @Test(arguments: [
        UIApplication.significantTimeChangeNotification, Notification.Name.NSSystemClockDidChange, .NSSystemTimeZoneDidChange,
    ])
    func everyChangeOfTheClockIsTold(_ name: Notification.Name) async {
        let changes = PhoneNetwork().timeChanges()
        NotificationCenter.default.post(name: name, object: nil)
        for await _ in changes { break }
    }
}
