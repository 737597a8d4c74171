import BackgroundTasks
import DakaScreens
import UIKit

/// Time in the background: to finish what was begun, and to be woken for a sync.
@MainActor public final class PhoneBackground: BackgroundSource {
    /// Both ways of being woken, as Info.plist names them.
    enum Wake: String, CaseIterable {
        /// Short, as often as the person uses the app.
        case refresh = "daka.sync"
        /// Minutes, while the phone lies idle: for photos.
        case processing = "daka.upload"

        /// A little less than what the system grants.
        var deadline: Duration { self == .refresh ? .seconds(25) : .seconds(120) }
    }

    private let app: () -> UIApplication
    private let scheduler: BGTaskScheduler

    /// `app` is asked for late: it is not there yet when the app's own value is made.
    public init(app: @escaping @MainActor () -> UIApplication = { .shared }, scheduler: BGTaskScheduler = .shared) {
        (self.app, self.scheduler) = (app, scheduler)
    }

    public func finish(_ name: String, _ work: @escaping @Sendable () async -> Void) async {
        let app = app()
        var task = UIBackgroundTaskIdentifier.invalid
        // Ended once, by whoever is first: the work, or the system's patience.
        func end() {
            guard task != .invalid else { return }
            app.endBackgroundTask(task)
            task = .invalid
        }
        task = app.beginBackgroundTask(withName: name) { end() }
        await work()
        end()
    }

    public func wake(after: Date?) {
        let processing = BGProcessingTaskRequest(identifier: Wake.processing.rawValue)
        processing.requiresNetworkConnectivity = true
        for request in [BGAppRefreshTaskRequest(identifier: Wake.refresh.rawValue), processing] {
            request.earliestBeginDate = after
            // Refused in the simulator, and where the person switched background refresh off: the next start makes up for it.
            try? scheduler.submit(request)
        }
    }

    /// Called before the app has started: the system allows it only then. The work gets the time that it has.
    public nonisolated static func register(scheduler: BGTaskScheduler = .shared, _ work: @escaping @Sendable (Duration) async -> Bool) {
        for wake in Wake.allCases {
            scheduler.register(forTaskWithIdentifier: wake.rawValue, using: nil) { task in
                let given = AnyThread(task)
                let running = Task { given.value.setTaskCompleted(success: await work(wake.deadline)) }
                task.expirationHandler = { running.cancel() }
            }
        }
    }
}
