@_exported import Foundation

open class BGTask: NSObject {
    open var expirationHandler: (() -> Void)?  // = BGTask setExpirationHandler:
    open func setTaskCompleted(success: Bool) {}  // = BGTask setTaskCompletedWithSuccess:
}
open class BGTaskRequest: NSObject {
    public let identifier: String  // = BGTaskRequest identifier
    init(named identifier: String) { self.identifier = identifier }
    open var earliestBeginDate: Date?  // = BGTaskRequest setEarliestBeginDate:
}
open class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) { super.init(named: identifier) }  // = BGAppRefreshTaskRequest initWithIdentifier:
}
open class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) { super.init(named: identifier) }  // = BGProcessingTaskRequest initWithIdentifier:
    open var requiresNetworkConnectivity = false  // = BGProcessingTaskRequest setRequiresNetworkConnectivity:
}
open class BGTaskScheduler: NSObject {
    public nonisolated(unsafe) static let shared = BGTaskScheduler()  // = BGTaskScheduler sharedScheduler
    @discardableResult
    open func register(forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping @Sendable (BGTask) -> Void) -> Bool { true }  // = BGTaskScheduler registerForTaskWithIdentifier:usingQueue:launchHandler:
    open func submit(_ taskRequest: BGTaskRequest) throws {}  // = BGTaskScheduler submitTaskRequest:error:
}
