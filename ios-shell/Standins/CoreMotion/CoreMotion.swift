@_exported import Foundation

public enum CMAuthorizationStatus: Int, Sendable {
    case notDetermined = 0  // = enum CMAuthorizationStatus NotDetermined 0
    case restricted = 1  // = enum CMAuthorizationStatus Restricted 1
    case denied = 2  // = enum CMAuthorizationStatus Denied 2
    case authorized = 3  // = enum CMAuthorizationStatus Authorized 3
}
open class CMAltitudeData: NSObject {
    open var pressure: NSNumber { 0 }  // = CMAltitudeData pressure
}
open class CMAltimeter: NSObject {
    public override init() {}  // = CMAltimeter init
    open class func isRelativeAltitudeAvailable() -> Bool { false }  // = CMAltimeter isRelativeAltitudeAvailable
    open class func authorizationStatus() -> CMAuthorizationStatus { .notDetermined }  // = CMAltimeter authorizationStatus
    open func startRelativeAltitudeUpdates(to queue: OperationQueue, withHandler handler: @escaping (CMAltitudeData?, (any Error)?) -> Void) {}  // = CMAltimeter startRelativeAltitudeUpdatesToQueue:withHandler:
    open func stopRelativeAltitudeUpdates() {}  // = CMAltimeter stopRelativeAltitudeUpdates
}
