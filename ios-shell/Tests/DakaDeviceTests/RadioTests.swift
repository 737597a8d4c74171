import CoreLocation
import CoreMotion
import Daka
import DakaScreens
import Foundation
import Testing

@testable import DakaDevice

private let site = UUID(uuidString: "F7826DA6-4FA2-4E98-8024-BC5B71E0893E")!

private final class Manager: CLLocationManager {
    var log: [String] = []
    override class func isRangingAvailable() -> Bool { true }
    override func startUpdatingLocation() { log.append("locate") }
    override func stopUpdatingLocation() { log.append("rest") }
    override func startRangingBeacons(satisfying constraint: CLBeaconIdentityConstraint) { log.append("range \(constraint.uuid)") }
    override func stopRangingBeacons(satisfying constraint: CLBeaconIdentityConstraint) { log.append("stop \(constraint.uuid)") }
}

private final class Beacon: CLBeacon {
    static let heardAt = Date(timeIntervalSince1970: 1_767_225_600)
    override var uuid: UUID { site }
    override var major: NSNumber { 0x0102 }
    override var minor: NSNumber { 0xfffe }
    override var timestamp: Date { Self.heardAt }
}

private final class Barometer: CMAltimeter {
    nonisolated(unsafe) static var status = CMAuthorizationStatus.authorized
    override class func isRelativeAltitudeAvailable() -> Bool { true }
    override class func authorizationStatus() -> CMAuthorizationStatus { status }
    final class Data: CMAltitudeData { override var pressure: NSNumber { 101.325 } }
    var answer: (CMAltitudeData?, (any Error)?) = (Data(), nil)
    private(set) var runs = 0
    override func startRelativeAltitudeUpdates(
        to queue: OperationQueue, withHandler handler: @escaping (CMAltitudeData?, (any Error)?) -> Void
    ) {
        runs += 1
        handler(answer.0, answer.1)
        handler(answer.0, answer.1)
    }
    override func stopRelativeAltitudeUpdates() { runs -= 1 }
}

@MainActor @Suite(.timeLimit(.minutes(1)), .serialized) struct RadioTests {
    @Test func anAccessPointIsSixBytes() {
        #expect(PhoneRadio.bytes("a:b0:0:ff:10:1") == [0x0a, 0xb0, 0, 0xff, 0x10, 1])
        #expect(PhoneRadio.bytes("a:b0:0:ff:10") == nil && PhoneRadio.bytes("") == nil && PhoneRadio.bytes("a:b0:0:ff:10:100") == nil)
    }

    @Test func aRadioThatDoesNotAnswerIsUnreadableAndNotEmpty() async {
        let radio = PhoneRadio()
        await radio.look()
        #expect(radio.signals() == nil)
        #expect(PhoneSurroundings(wifi: radio).radio() == nil)
    }

    /// Apple's iBeacon layout: 16 bytes of UUID, then major and minor with the higher byte first.
    @Test func aBeaconIsTwentyBytesAsItIsSent() throws {
        let beacons = PhoneBeacons(sites: [site], manager: Manager())
        #expect(beacons.signals() == nil)
        beacons.locationManager(Manager(), didRange: [Beacon()], satisfying: CLBeaconIdentityConstraint(uuid: site))
        let signal = try #require(beacons.signals(now: Beacon.heardAt.addingTimeInterval(1.25))?.first)
        let bytes: [UInt8] = [
            0xf7, 0x82, 0x6d, 0xa6, 0x4f, 0xa2, 0x4e, 0x98, 0x80, 0x24, 0xbc, 0x5b, 0x71, 0xe0, 0x89, 0x3e, 1, 2, 0xff, 0xfe,
        ]
        #expect(signal == RadioSignal(kind: .beacon, id: Data(bytes), ageMs: 1250, connected: false))
        // A clock that was set back makes no beacon from the future: its age has no sign.
        #expect(beacons.signals(now: Beacon.heardAt.addingTimeInterval(-9))?.first?.ageMs == 0)
        // Looked, and heard none: that is an answer, too.
        beacons.locationManager(Manager(), didRange: [], satisfying: CLBeaconIdentityConstraint(uuid: site))
        #expect(beacons.signals() == [])
        beacons.locationManager(Manager(), didFailRangingFor: CLBeaconIdentityConstraint(uuid: site), error: CLError(.denied))
        #expect(beacons.signals() == nil)
    }

    @Test func beaconsAreLookedForOnlyWhileAPositionIsMeasured() async {
        let (places, radios) = (Manager(), Manager())
        let location = PhoneLocation(manager: places)
        let phone = PhoneSurroundings(location: location, beacons: PhoneBeacons(sites: [site], manager: radios))
        // Whoever did not agree to the radio is located without it.
        for await _ in phone.measure(for: .milliseconds(1), radio: false) {}
        await until { places.log == ["locate", "rest"] }
        #expect(!radios.log.isEmpty && radios.log.allSatisfy { $0 == "stop \(site)" })
        (places.log, radios.log) = ([], [])
        let reading = Task { for await _ in phone.measure(for: .seconds(60), radio: true) { break } }
        await until { !radios.log.isEmpty }
        #expect(places.log == ["locate"] && radios.log == ["range \(site)"])
        location.locationManager(places, didUpdateLocations: [])
        await reading.value
        await until { radios.log.count == 2 }
        #expect(places.log == ["locate", "rest"] && radios.log == ["range \(site)", "stop \(site)"])
        #expect(phone.positions() == [])
    }

    /// 101.325 kPa is one standard atmosphere, 1013.25 hPa.
    @Test func thePressureIsReadOnceInHectopascals() async throws {
        let barometer = Barometer()
        let pressure = try await PhonePressure(altimeter: barometer).read()
        #expect(abs(pressure - 1013.25) < 1e-9 && barometer.runs == 0)
    }

    @Test func aBarometerThatRefusesSaysWhy() async {
        #expect(PhonePressure(altimeter: CMAltimeter()).access == .missing)
        await #expect(throws: Refused("the phone has no barometer")) { try await PhonePressure(altimeter: CMAltimeter()).read() }
        let barometer = Barometer()
        // CMErrorMotionActivityNotAuthorized.
        barometer.answer = (nil, NSError(domain: "CMErrorDomain", code: 105))
        await #expect(throws: Refused("the barometer answered 105")) { try await PhonePressure(altimeter: barometer).read() }
        #expect(barometer.runs == 0)
    }

    @Test(arguments: [
        (CMAuthorizationStatus.notDetermined, Access.notAsked), (.restricted, .restricted), (.denied, .refused), (.authorized, .allowed),
    ])
    func whatThePhoneAllowsOfMotionIsPassedOn(_ status: CMAuthorizationStatus, _ access: Access) {
        Barometer.status = status
        defer { Barometer.status = .authorized }
        #expect(PhonePressure(altimeter: Barometer()).access == access)
    }
}
