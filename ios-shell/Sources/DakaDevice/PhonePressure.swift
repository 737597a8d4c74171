import CoreMotion
import DakaScreens

/// The air pressure, once. The first reading is what makes the system ask the person.
@MainActor public final class PhonePressure {
    private let altimeter: CMAltimeter

    public init(altimeter: CMAltimeter = CMAltimeter()) { self.altimeter = altimeter }

    public var access: Access {
        guard type(of: altimeter).isRelativeAltitudeAvailable() else { return .missing }
        return switch type(of: altimeter).authorizationStatus() {
        case .notDetermined: .notAsked
        case .restricted: .restricted
        case .denied: .refused
        case .authorized: .allowed
        @unknown default: .missing
        }
    }

    /// In hectopascals; the system says kilopascals.
    public func read() async throws -> Double {
        guard access != .missing else { throw Refused("the phone has no barometer") }
        let (readings, continuation) = AsyncStream.makeStream(of: Result<Double, Refused>.self)
        altimeter.startRelativeAltitudeUpdates(to: .main) { data, error in
            let why = error.map { "the barometer answered \(($0 as NSError).code)" } ?? "the barometer gave nothing"
            continuation.yield(data.map { .success($0.pressure.doubleValue * 10) } ?? .failure(Refused(why)))
        }
        defer { altimeter.stopRelativeAltitudeUpdates() }
        for await reading in readings { return try reading.get() }
        throw CancellationError()
    }
}
