import BackgroundTasks
import DakaScreens
import Foundation
import UIKit

/// Time in the background: to finish what was begun, and to be woken for a sync.
@MainActor public final class PhoneBackground: BackgroundSource {
    /// As Info.plist names it.
    public nonisolated static let identifier = "daka.sync"
    /// A little less than what the system grants an app refresh.
    public nonisolated static let deadline = Duration.seconds(25)

    public init() {}

    public func finish(_ name: String, _ work: @escaping @Sendable () async -> Void) async {
        let held = Held()
        held.task = UIApplication.shared.beginBackgroundTask(withName: name) { held.end() }
        await work()
        held.end()
    }

    /// Ended once, by whoever is first: the work, or the system's patience.
    @MainActor private final class Held {
        var task = UIBackgroundTaskIdentifier.invalid
        func end() {
            guard task != .invalid else { return }
            UIApplication.shared.endBackgroundTask(task)
            task = .invalid
        }
    }

    public func wake(after: Date?) {
        let request = BGAppRefreshTaskRequest(identifier: Self.identifier)
        request.earliestBeginDate = after
        // Refused in the simulator, and where the person switched background refresh off: the next start makes up for it.
        try? BGTaskScheduler.shared.submit(request)
    }

    /// Called before the app has started: the system allows it only then.
    public nonisolated static func register(_ work: @escaping @Sendable () async -> Bool) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
            let given = Given(task)
            let running = Task { given.task.setTaskCompleted(success: await work()) }
            task.expirationHandler = { running.cancel() }
        }
    }

    /// The system's task may be completed from any thread.
    private struct Given: @unchecked Sendable {
        let task: BGTask
        init(_ task: BGTask) { self.task = task }
    }
}
