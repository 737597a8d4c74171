import CoreLocation
import Daka
import DakaScreens
import Foundation
import Testing

@testable import DakaDevice

/// A phone whose answers the test gives.
private final class Manager: CLLocationManager, @unchecked Sendable {
    nonisolated(unsafe) static var servicesAreOn = true
    override class func locationServicesEnabled() -> Bool { servicesAreOn }
    var status = CLAuthorizationStatus.notDetermined
    var accuracy = CLAccuracyAuthorization.fullAccuracy
    private(set) var asked = 0
    private(set) var runs = 0
    override var authorizationStatus: CLAuthorizationStatus { status }
    override var accuracyAuthorization: CLAccuracyAuthorization { accuracy }
    override func requestWhenInUseAuthorization() { asked += 1 }
    override func startUpdatingLocation() { runs += 1 }
    override func stopUpdatingLocation() { runs -= 1 }
}

private func location(
    accuracy: Double = 8, vertical: Double = 3, speed: Double = 1.5, at date: Date = Date(), simulated: Bool = false
) -> CLLocation {
    CLLocation(
        coordinate: CLLocationCoordinate2D(latitude: 22.2793, longitude: 114.1628), altitude: 40, horizontalAccuracy: accuracy,
        verticalAccuracy: vertical, course: 0, courseAccuracy: 0, speed: speed, speedAccuracy: 0, timestamp: date,
        sourceInfo: CLLocationSourceInformation(softwareSimulationState: simulated, andExternalAccessoryState: false))
}

@MainActor @Suite(.timeLimit(.minutes(1)), .serialized) struct LocationTests {
    @Test(arguments: [
        (CLAuthorizationStatus.notDetermined, CLAccuracyAuthorization.fullAccuracy, Access.notAsked),
        (.restricted, .fullAccuracy, .restricted), (.denied, .fullAccuracy, .refused),
        (.authorizedWhenInUse, .fullAccuracy, .allowed), (.authorizedWhenInUse, .reducedAccuracy, .approximate),
        (.authorizedAlways, .fullAccuracy, .allowed),
    ])
    func whatThePhoneAllowsIsPassedOn(
        _ status: CLAuthorizationStatus, _ accuracy: CLAccuracyAuthorization, _ access: Access
    ) {
        let manager = Manager()
        (manager.status, manager.accuracy) = (status, accuracy)
        #expect(PhoneLocation(manager: manager).access == access)
    }

    @Test func aPersonIsAskedOnceAndTheAnswerIsWaitedFor() async throws {
        let manager = Manager()
        let phone = PhoneLocation(manager: manager)
        let asking = Task { await phone.ask() }
        await until { manager.asked > 0 }
        manager.status = .denied
        phone.locationManagerDidChangeAuthorization(manager)
        #expect(try await answer { await asking.value } == .refused)
        #expect(try await answer { await phone.ask() } == .refused)
        #expect(manager.asked == 1)
    }

    /// Denied while the whole phone's location is off: another sentence, another next step.
    @Test func aLocationThatIsOffForTheWholePhoneIsNotARefusal() async throws {
        defer { Manager.servicesAreOn = true }
        let manager = Manager()
        manager.status = .denied
        let phone = PhoneLocation(manager: manager)
        #expect(phone.access == .refused)
        Manager.servicesAreOn = false
        phone.locationManagerDidChangeAuthorization(manager)
        await until { phone.access == .off }
        // Refused for ever: nobody is asked again.
        #expect(try await answer { await phone.ask() } == .off)
        #expect(manager.asked == 0)
    }

    @Test func measuringRunsWhileItIsReadAndStopsThen() async {
        let manager = Manager()
        manager.status = .authorizedWhenInUse
        let phone = PhoneLocation(manager: manager)
        let reading = Task { for await _ in phone.measure(for: .seconds(60)) { break } }
        await until { manager.runs > 0 }
        phone.locationManager(manager, didUpdateLocations: [location()])
        await reading.value
        await until { manager.runs == 0 }
        #expect(phone.positions().count == 1)
    }

    @Test func measuringEndsByItselfWhenPatienceEnds() async {
        let manager = Manager()
        manager.status = .authorizedWhenInUse
        let phone = PhoneLocation(manager: manager)
        // Ended by the suite's limit if it goes on.
        for await _ in phone.measure(for: .milliseconds(1)) {}
        await until { manager.runs == 0 }
    }

    @Test func anErrorEndsTheMeasuringUnlessItPassesByItself() async {
        let manager = Manager()
        manager.status = .authorizedWhenInUse
        let phone = PhoneLocation(manager: manager)
        let stream = phone.measure(for: .seconds(60))
        phone.locationManager(manager, didFailWithError: CLError(.locationUnknown))
        phone.locationManager(manager, didFailWithError: CLError(.denied))
        var said = 0
        for await _ in stream { said += 1 }
        #expect(said == 0 && phone.positions() == [])
    }

    @Test func aPositionIsPassedOnAsItIs() {
        let now = Date(timeIntervalSince1970: 1_767_225_600)
        let fix = PhoneLocation.fix(location(at: now.addingTimeInterval(-2.5)), now: now, precise: true)
        #expect(fix.latitude == 22.2793 && fix.longitude == 114.1628 && fix.accuracyM == 8 && fix.ageMs == 2500)
        #expect(fix.mock == false && fix.precise == true && fix.altitudeM == 40 && fix.speedMps == 1.5)
        // Apple's way of saying that there is none.
        let empty = PhoneLocation.fix(location(accuracy: -1, vertical: -1, speed: -1, at: now, simulated: true), now: now, precise: false)
        #expect(empty.accuracyM == nil && empty.altitudeM == nil && empty.speedMps == nil && empty.mock == true && empty.precise == false)
        // A clock that was set back: a fix from the future stays one, and the core judges it.
        #expect(PhoneLocation.fix(location(at: now.addingTimeInterval(1)), now: now, precise: true).ageMs == -1000)
    }
}
