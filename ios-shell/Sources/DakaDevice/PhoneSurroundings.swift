import Daka
import DakaScreens
import Foundation

/// Position and radio together: while positions are measured, the radio is looked at, too.
@MainActor public final class PhoneSurroundings: Surroundings {
    private let location: PhoneLocation
    private let wifi: PhoneRadio

    public init(location: PhoneLocation = PhoneLocation(), wifi: PhoneRadio = PhoneRadio()) {
        self.location = location
        self.wifi = wifi
    }

    public var access: Access { location.access }
    public func ask() async -> Access { await location.ask() }
    public func measure() -> AsyncStream<Void> {
        Task { await wifi.look() }
        return location.measure()
    }
    public func positions() -> [PositionFix] { location.positions() }
    public func radio() -> [RadioSignal]? { wifi.signals() }
}
