import CoreLocation
import Daka
import DakaScreens

/// Positions by CLLocationManager, only while somebody reads ``measure(for:)``, and only with the app in front.
@MainActor public final class PhoneLocation: NSObject, @preconcurrency CLLocationManagerDelegate {
    private let manager: CLLocationManager
    private var readers: [UUID: AsyncStream<Void>.Continuation] = [:]
    private var asking: [CheckedContinuation<Void, Never>] = []
    /// The last ones, newest last.
    private var latest: [CLLocation] = []
    private static let kept = 8
    /// Told when measuring begins and when it ends.
    var measuring: @MainActor (Bool) -> Void = { _ in }

    public init(manager: CLLocationManager = CLLocationManager()) {
        self.manager = manager
        super.init()
        manager.delegate = self
        manager.desiredAccuracy = kCLLocationAccuracyBest
    }

    public var access: Access {
        switch manager.authorizationStatus {
        case .notDetermined: .notAsked
        case .restricted: .restricted
        case .denied: servicesAreOn ? .refused : .off
        case .authorizedAlways, .authorizedWhenInUse: manager.accuracyAuthorization == .fullAccuracy ? .allowed : .approximate
        @unknown default: .missing
        }
    }

    /// Asked on a thread of its own at each authorisation change: on the main thread the system warns of a stall.
    private var servicesAreOn = true

    public func ask() async -> Access {
        guard manager.authorizationStatus == .notDetermined else { return access }
        await withCheckedContinuation { continuation in
            asking.append(continuation)
            manager.requestWhenInUseAuthorization()
        }
        return access
    }

    public func measure(for patience: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        let ending = Task {
            try? await Task.sleep(for: patience)
            continuation.finish()
        }
        continuation.onTermination = { [weak self] _ in
            ending.cancel()
            Task { @MainActor in self?.end(id) }
        }
        readers[id] = continuation
        manager.startUpdatingLocation()
        measuring(true)
        return stream
    }

    private func end(_ id: UUID) {
        readers.removeValue(forKey: id)
        guard readers.isEmpty else { return }
        manager.stopUpdatingLocation()
        measuring(false)
    }

    public func positions() -> [PositionFix] {
        let precise = manager.accuracyAuthorization == .fullAccuracy
        return latest.map { Self.fix($0, now: Date(), precise: precise) }
    }

    /// What CLLocation says, unchanged. A negative figure is Apple's way of saying that there is none.
    static func fix(_ location: CLLocation, now: Date, precise: Bool) -> PositionFix {
        let simulated = location.sourceInformation.map { $0.isSimulatedBySoftware }
        return PositionFix(
            latitude: location.coordinate.latitude, longitude: location.coordinate.longitude,
            accuracyM: location.horizontalAccuracy < 0 ? nil : location.horizontalAccuracy,
            ageMs: Int64(now.timeIntervalSince(location.timestamp) * 1000), provider: .fused, mock: simulated, precise: precise,
            altitudeM: location.verticalAccuracy < 0 ? nil : location.ellipsoidalAltitude,
            speedMps: location.speed < 0 ? nil : location.speed)
    }

    // MARK: CLLocationManagerDelegate

    public func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        Task {
            let services = type(of: manager)
            servicesAreOn = await Task.detached { services.locationServicesEnabled() }.value
            guard manager.authorizationStatus != .notDetermined else { return }
            let waiting = asking
            asking = []
            waiting.forEach { $0.resume() }
        }
    }

    public func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        latest = Array((latest + locations).suffix(Self.kept))
        readers.values.forEach { $0.yield() }
    }

    public func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        // "Unknown for now" goes on by itself; everything else brings nothing more.
        if (error as? CLError)?.code == .locationUnknown { return }
        readers.values.forEach { $0.finish() }
    }
}
