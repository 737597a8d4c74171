import DakaScreens
import Network
import UIKit

/// Connectivity, and changes of the clock.
public final class PhoneNetwork: NetworkSource, Sendable {
    public init() {}

    public func states() -> AsyncStream<NetworkState> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { stream in
            let monitor = NWPathMonitor()
            monitor.pathUpdateHandler = { path in
                let there: NetworkState = path.isExpensive || path.isConstrained ? .metered : .free
                stream.yield(path.status == .satisfied ? there : .away)
            }
            let held = AnyThread(monitor)
            stream.onTermination = { _ in held.value.cancel() }
            monitor.start(queue: DispatchQueue(label: "daka.network"))
        }
    }

    public func timeChanges() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { stream in
            let names: [Notification.Name] = [
                UIApplication.significantTimeChangeNotification, .NSSystemClockDidChange, .NSSystemTimeZoneDidChange,
            ]
            let observers = names.map { name in
                AnyThread(NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in stream.yield() })
            }
            stream.onTermination = { _ in
                observers.forEach { NotificationCenter.default.removeObserver($0.value) }
            }
        }
    }
}
