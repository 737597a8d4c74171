@_exported import Foundation

// Classes are open so that a test can be the phone.

public typealias CLLocationDegrees = Double
public typealias CLLocationAccuracy = Double
public typealias CLLocationDistance = Double
public typealias CLLocationSpeed = Double
public let kCLLocationAccuracyBest: CLLocationAccuracy = -1  // = const kCLLocationAccuracyBest

public struct CLLocationCoordinate2D: Sendable {
    public var latitude: CLLocationDegrees
    public var longitude: CLLocationDegrees
    public init(latitude: CLLocationDegrees, longitude: CLLocationDegrees) {  // = swift
        self.latitude = latitude
        self.longitude = longitude
    }
}

public final class CLLocationSourceInformation: NSObject {
    public let isSimulatedBySoftware: Bool  // = CLLocationSourceInformation isSimulatedBySoftware
    public init(softwareSimulationState: Bool, andExternalAccessoryState: Bool) {  // = CLLocationSourceInformation initWithSoftwareSimulationState:andExternalAccessoryState:
        isSimulatedBySoftware = softwareSimulationState
    }
}

open class CLLocation: NSObject {
    public let coordinate: CLLocationCoordinate2D  // = CLLocation coordinate
    public let horizontalAccuracy: CLLocationAccuracy  // = CLLocation horizontalAccuracy
    public let verticalAccuracy: CLLocationAccuracy  // = CLLocation verticalAccuracy
    public let ellipsoidalAltitude: CLLocationDistance  // = CLLocation ellipsoidalAltitude
    public let speed: CLLocationSpeed  // = CLLocation speed
    public let timestamp: Date  // = CLLocation timestamp
    public let sourceInformation: CLLocationSourceInformation?  // = CLLocation sourceInformation
    public init(  // = CLLocation initWithCoordinate:altitude:horizontalAccuracy:verticalAccuracy:course:courseAccuracy:speed:speedAccuracy:timestamp:sourceInfo:
        coordinate: CLLocationCoordinate2D, altitude: CLLocationDistance, horizontalAccuracy: CLLocationAccuracy,
        verticalAccuracy: CLLocationAccuracy, course: Double, courseAccuracy: Double, speed: CLLocationSpeed,
        speedAccuracy: Double, timestamp: Date, sourceInfo: CLLocationSourceInformation
    ) {
        self.coordinate = coordinate
        self.horizontalAccuracy = horizontalAccuracy
        self.verticalAccuracy = verticalAccuracy
        ellipsoidalAltitude = altitude
        self.speed = speed
        self.timestamp = timestamp
        sourceInformation = sourceInfo
    }
}

public enum CLAuthorizationStatus: Int32, Sendable {
    case notDetermined = 0  // = enum CLAuthorizationStatus notDetermined 0
    case restricted = 1  // = enum CLAuthorizationStatus restricted 1
    case denied = 2  // = enum CLAuthorizationStatus denied 2
    case authorizedAlways = 3  // = enum CLAuthorizationStatus authorizedAlways 3
    case authorizedWhenInUse = 4  // = enum CLAuthorizationStatus authorizedWhenInUse 4
}
public enum CLAccuracyAuthorization: Int, Sendable {
    case fullAccuracy = 0  // = enum CLAccuracyAuthorization fullAccuracy 0
    case reducedAccuracy = 1  // = enum CLAccuracyAuthorization reducedAccuracy 1
}
public struct CLError: Error {
    public enum Code: Int, Sendable {
        case locationUnknown = 0  // = enum CLError LocationUnknown 0
        case denied = 1  // = enum CLError Denied 1
        case network = 2  // = enum CLError Network 2
    }
    public let code: Code  // = swift
    public init(_ code: Code) { self.code = code }  // = swift
}

// Optional in Objective-C: here by bodies.
public protocol CLLocationManagerDelegate: AnyObject {
    func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)  // = CLLocationManagerDelegate locationManagerDidChangeAuthorization:
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])  // = CLLocationManagerDelegate locationManager:didUpdateLocations:
    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)  // = CLLocationManagerDelegate locationManager:didFailWithError:
    func locationManager(_ manager: CLLocationManager, didRange beacons: [CLBeacon], satisfying beaconConstraint: CLBeaconIdentityConstraint)  // = CLLocationManagerDelegate locationManager:didRangeBeacons:satisfyingConstraint:
    func locationManager(_ manager: CLLocationManager, didFailRangingFor beaconConstraint: CLBeaconIdentityConstraint, error: any Error)  // = CLLocationManagerDelegate locationManager:didFailRangingBeaconsForConstraint:error:
}
extension CLLocationManagerDelegate {
    public func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {}  // = swift
    public func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {}  // = swift
    public func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {}  // = swift
    public func locationManager(_ manager: CLLocationManager, didRange beacons: [CLBeacon], satisfying beaconConstraint: CLBeaconIdentityConstraint) {}  // = swift
    public func locationManager(_ manager: CLLocationManager, didFailRangingFor beaconConstraint: CLBeaconIdentityConstraint, error: any Error) {}  // = swift
}

open class CLBeaconIdentityConstraint: NSObject {
    public let uuid: UUID  // = CLBeaconIdentityCondition UUID
    public init(uuid: UUID) { self.uuid = uuid }  // = CLBeaconIdentityConstraint initWithUUID:
}
open class CLBeacon: NSObject {
    open var uuid: UUID { UUID() }  // = CLBeacon UUID
    open var major: NSNumber { 0 }  // = CLBeacon major
    open var minor: NSNumber { 0 }  // = CLBeacon minor
    open var timestamp: Date { Date() }  // = CLBeacon timestamp
}

open class CLLocationManager: NSObject {
    public override init() {}  // = CLLocationManager init
    open weak var delegate: (any CLLocationManagerDelegate)?  // = CLLocationManager setDelegate:
    open var desiredAccuracy: CLLocationAccuracy = kCLLocationAccuracyBest  // = CLLocationManager setDesiredAccuracy:
    open var authorizationStatus: CLAuthorizationStatus { .notDetermined }  // = CLLocationManager authorizationStatus
    open var accuracyAuthorization: CLAccuracyAuthorization { .fullAccuracy }  // = CLLocationManager accuracyAuthorization
    open class func isRangingAvailable() -> Bool { false }  // = CLLocationManager isRangingAvailable
    open func startRangingBeacons(satisfying constraint: CLBeaconIdentityConstraint) {}  // = CLLocationManager startRangingBeaconsSatisfyingConstraint:
    open func stopRangingBeacons(satisfying constraint: CLBeaconIdentityConstraint) {}  // = CLLocationManager stopRangingBeaconsSatisfyingConstraint:
    open class func locationServicesEnabled() -> Bool { true }  // = CLLocationManager locationServicesEnabled
    open func requestWhenInUseAuthorization() {}  // = CLLocationManager requestWhenInUseAuthorization
    open func startUpdatingLocation() {}  // = CLLocationManager startUpdatingLocation
    open func stopUpdatingLocation() {}  // = CLLocationManager stopUpdatingLocation
}
