@_exported import Foundation

open class BGTask: NSObject {
    open var expirationHandler: (() -> Void)?  // = BGTask setExpirationHandler:
    open func setTaskCompleted(success: Bool) {}  // = BGTask setTaskCompletedWithSuccess:
}
open class BGTaskRequest: NSObject {
    open var earliestBeginDate: Date?  // = BGTaskRequest setEarliestBeginDate:
}
open class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) {}  // = BGAppRefreshTaskRequest initWithIdentifier:
}
open class BGTaskScheduler: NSObject, @unchecked Sendable {
    public static let shared = BGTaskScheduler()  // = BGTaskScheduler sharedScheduler
    @discardableResult
    open func register(forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping @Sendable (BGTask) -> Void) -> Bool { true }  // = BGTaskScheduler registerForTaskWithIdentifier:usingQueue:launchHandler:
    open func submit(_ taskRequest: BGTaskRequest) throws {}  // = BGTaskScheduler submitTaskRequest:error:
}
