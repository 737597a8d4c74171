import Daka
import DakaScreens
import Foundation

/// Position and radio together: while positions are measured, the radio is looked at, too, if the person agreed to it.
@MainActor public final class PhoneSurroundings: Surroundings {
    private let location: PhoneLocation
    private let wifi: PhoneRadio
    private let beacons: PhoneBeacons
    private var listens = false

    public init(
        location: PhoneLocation = PhoneLocation(), wifi: PhoneRadio = PhoneRadio(),
        beacons: PhoneBeacons = PhoneBeacons(sites: [])
    ) {
        (self.location, self.wifi, self.beacons) = (location, wifi, beacons)
        location.measuring = { [unowned self] measures in self.beacons.look(measures && listens) }
    }

    public var access: Access { location.access }
    public func ask() async -> Access { await location.ask() }
    public func measure(for patience: Duration, radio: Bool) -> AsyncStream<Void> {
        listens = radio
        if radio { Task { await wifi.look() } }
        return location.measure(for: patience)
    }
    public func positions() -> [PositionFix] { location.positions() }
    /// Nothing if neither radio could look.
    public func radio() -> [RadioSignal]? {
        let looked = [wifi.signals(), beacons.signals()].compactMap { $0 }
        return looked.isEmpty ? nil : Array(looked.joined())
    }
}
