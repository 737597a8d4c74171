@_exported import Foundation

public struct DCError: Error {
    public enum Code: Int, Sendable {
        case unknownSystemFailure = 0  // = enum DCError UnknownSystemFailure 0
        case featureUnsupported = 1  // = enum DCError FeatureUnsupported 1
        case invalidInput = 2  // = enum DCError InvalidInput 2
        case invalidKey = 3  // = enum DCError InvalidKey 3
        case serverUnavailable = 4  // = enum DCError ServerUnavailable 4
    }
    public let code: Code  // = swift
    public init(_ code: Code) { self.code = code }  // = swift
}

open class DCAppAttestService: NSObject {
    public nonisolated(unsafe) static let shared = DCAppAttestService()  // = DCAppAttestService sharedService
    open var isSupported: Bool { false }  // = DCAppAttestService isSupported
    // The asynchronous spellings of methods with a completion handler.
    open func generateKey() async throws -> String { throw DCError(.featureUnsupported) }  // = DCAppAttestService generateKeyWithCompletionHandler:
    open func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data { throw DCError(.featureUnsupported) }  // = DCAppAttestService attestKey:clientDataHash:completionHandler:
}
