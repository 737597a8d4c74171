@_exported import Foundation
@_exported import QuartzCore

public struct AVMediaType: Hashable, Sendable {
    public static let video = Self()  // = const AVMediaTypeVideo
}
public enum AVAuthorizationStatus: Int, Sendable {
    case notDetermined = 0  // = enum AVAuthorizationStatus notDetermined 0
    case restricted = 1  // = enum AVAuthorizationStatus restricted 1
    case denied = 2  // = enum AVAuthorizationStatus denied 2
    case authorized = 3  // = enum AVAuthorizationStatus authorized 3
}

open class AVCaptureDevice: NSObject {
    open class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { .denied }  // = AVCaptureDevice authorizationStatusForMediaType:
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool { false }  // = AVCaptureDevice requestAccessForMediaType:completionHandler:
    open class func `default`(for mediaType: AVMediaType) -> AVCaptureDevice? { nil }  // = AVCaptureDevice defaultDeviceWithMediaType:
}
open class AVCaptureInput: NSObject {}
open class AVCaptureDeviceInput: AVCaptureInput {
    public init(device: AVCaptureDevice) throws {}  // = AVCaptureDeviceInput initWithDevice:error:
}
open class AVCaptureOutput: NSObject {
    open func connection(with mediaType: AVMediaType) -> AVCaptureConnection? { nil }  // = AVCaptureOutput connectionWithMediaType:
}
open class AVCaptureConnection: NSObject {
    open var isActive: Bool { false }  // = AVCaptureConnection isActive
}

open class AVCaptureSession: NSObject {
    open func canAddInput(_ input: AVCaptureInput) -> Bool { false }  // = AVCaptureSession canAddInput:
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { false }  // = AVCaptureSession canAddOutput:
    open func addInput(_ input: AVCaptureInput) {}  // = AVCaptureSession addInput:
    open func addOutput(_ output: AVCaptureOutput) {}  // = AVCaptureSession addOutput:
    open func beginConfiguration() {}  // = AVCaptureSession beginConfiguration
    open func commitConfiguration() {}  // = AVCaptureSession commitConfiguration
    open var isRunning: Bool { false }  // = AVCaptureSession isRunning
    open func startRunning() {}  // = AVCaptureSession startRunning
    open func stopRunning() {}  // = AVCaptureSession stopRunning
}

public let AVVideoCodecKey = "AVVideoCodecKey"  // = const AVVideoCodecKey
public struct AVVideoCodecType: Hashable, Sendable {
    public static let jpeg = Self()  // = const AVVideoCodecTypeJPEG
}
open class AVCapturePhotoSettings: NSObject {
    public init(format: [String: Any]?) {}  // = AVCapturePhotoSettings photoSettingsWithFormat:
}
open class AVCapturePhoto: NSObject {
    open func fileDataRepresentation() -> Data? { nil }  // = AVCapturePhoto fileDataRepresentation
}
public protocol AVCapturePhotoCaptureDelegate: NSObjectProtocol {
    func photoOutput(_ output: AVCapturePhotoOutput, didFinishProcessingPhoto photo: AVCapturePhoto, error: (any Error)?)  // = AVCapturePhotoCaptureDelegate captureOutput:didFinishProcessingPhoto:error:
}
open class AVCapturePhotoOutput: AVCaptureOutput {
    open func capturePhoto(with settings: AVCapturePhotoSettings, delegate: any AVCapturePhotoCaptureDelegate) {}  // = AVCapturePhotoOutput capturePhotoWithSettings:delegate:
}

open class AVMetadataObject: NSObject {
    public struct ObjectType: Hashable, Sendable {
        public static let qr = Self()  // = const AVMetadataObjectTypeQRCode
    }
}
open class AVMetadataMachineReadableCodeObject: AVMetadataObject {
    open var stringValue: String? { nil }  // = AVMetadataMachineReadableCodeObject stringValue
}
public protocol AVCaptureMetadataOutputObjectsDelegate: NSObjectProtocol {
    func metadataOutput(_ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject], from connection: AVCaptureConnection)  // = AVCaptureMetadataOutputObjectsDelegate captureOutput:didOutputMetadataObjects:fromConnection:
}
open class AVCaptureMetadataOutput: AVCaptureOutput {
    open func setMetadataObjectsDelegate(_ delegate: (any AVCaptureMetadataOutputObjectsDelegate)?, queue: DispatchQueue?) {}  // = AVCaptureMetadataOutput setMetadataObjectsDelegate:queue:
    open var metadataObjectTypes: [AVMetadataObject.ObjectType]! = []  // = AVCaptureMetadataOutput setMetadataObjectTypes:
}

public struct AVLayerVideoGravity: Hashable, Sendable {
    public static let resizeAspectFill = Self()  // = const AVLayerVideoGravityResizeAspectFill
}
@MainActor open class AVCaptureVideoPreviewLayer: CALayer {
    open var session: AVCaptureSession?  // = AVCaptureVideoPreviewLayer setSession:
    open var videoGravity = AVLayerVideoGravity()  // = AVCaptureVideoPreviewLayer setVideoGravity:
}
