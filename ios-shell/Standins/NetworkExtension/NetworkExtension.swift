@_exported import Foundation

open class NEHotspotNetwork: NSObject {
    open var bssid: String { "" }  // = NEHotspotNetwork BSSID
    // The asynchronous spelling of fetchCurrentWithCompletionHandler:.
    open class func fetchCurrent() async -> NEHotspotNetwork? { nil }  // = NEHotspotNetwork fetchCurrentWithCompletionHandler:
}
