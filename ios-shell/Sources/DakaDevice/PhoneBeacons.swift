import CoreLocation
import Daka

/// Beacons nearby, only while it is asked to look. iOS finds a beacon only by the UUID of its site, so these have to be named.
@MainActor public final class PhoneBeacons: NSObject, @preconcurrency CLLocationManagerDelegate {
    private let manager: CLLocationManager
    private let sites: [CLBeaconIdentityConstraint]
    /// What was heard last at each site; nothing where the phone could not look.
    private var heard: [UUID: [CLBeacon]] = [:]

    public init(sites: [UUID], manager: CLLocationManager = CLLocationManager()) {
        self.sites = sites.map { CLBeaconIdentityConstraint(uuid: $0) }
        self.manager = manager
        super.init()
        manager.delegate = self
    }

    public func look(_ on: Bool) {
        guard type(of: manager).isRangingAvailable() else { return }
        for site in sites { on ? manager.startRangingBeacons(satisfying: site) : manager.stopRangingBeacons(satisfying: site) }
    }

    public func signals(now: Date = Date()) -> [RadioSignal]? {
        heard.isEmpty ? nil : heard.values.joined().map { Self.signal($0, now: now) }
    }

    /// UUID, major and minor as they are sent: 20 bytes, the numbers with their higher byte first.
    static func signal(_ beacon: CLBeacon, now: Date) -> RadioSignal {
        let numbers = [beacon.major, beacon.minor].flatMap { [UInt8($0.uint16Value >> 8), UInt8($0.uint16Value & 0xff)] }
        let id = withUnsafeBytes(of: beacon.uuid.uuid) { Data($0) } + Data(numbers)
        let age = max(0, now.timeIntervalSince(beacon.timestamp))
        return RadioSignal(kind: .beacon, id: id, ageMs: UInt64(age * 1000), connected: false)
    }

    // MARK: CLLocationManagerDelegate

    public func locationManager(
        _ manager: CLLocationManager, didRange beacons: [CLBeacon], satisfying beaconConstraint: CLBeaconIdentityConstraint
    ) {
        heard[beaconConstraint.uuid] = beacons
    }

    public func locationManager(
        _ manager: CLLocationManager, didFailRangingFor beaconConstraint: CLBeaconIdentityConstraint, error: any Error
    ) {
        heard.removeValue(forKey: beaconConstraint.uuid)
    }
}
