import AVFoundation
import DakaScreens
import SwiftUI
import UIKit

/// The camera: its picture on the screen, photos as JPEG files, and the texts of QR codes.
@MainActor public final class PhoneCamera: NSObject, CameraSource, AVCapturePhotoCaptureDelegate,
    AVCaptureMetadataOutputObjectsDelegate
{
    private let device: AVCaptureDevice.Type
    private let session: AVCaptureSession
    private let photos: AVCapturePhotoOutput
    private let metadata = AVCaptureMetadataOutput()
    private var isReady = false
    private var taking: CheckedContinuation<Result<URL, PhotoTrouble>, Never>?
    private var readers: [UUID: AsyncStream<String>.Continuation] = [:]

    public init(
        device: AVCaptureDevice.Type = AVCaptureDevice.self, session: AVCaptureSession = AVCaptureSession(),
        photos: AVCapturePhotoOutput = AVCapturePhotoOutput()
    ) {
        (self.device, self.session, self.photos) = (device, session, photos)
    }

    public func ask() async -> Access {
        switch device.authorizationStatus(for: .video) {
        case .authorized: break
        case .notDetermined: guard await device.requestAccess(for: .video) else { return .refused }
        case .denied: return .refused
        case .restricted: return .restricted
        @unknown default: return .missing
        }
        return prepare() ? .allowed : .missing
    }

    private func prepare() -> Bool {
        if isReady { return true }
        guard let camera = device.default(for: .video), let input = try? AVCaptureDeviceInput(device: camera),
            session.canAddInput(input), session.canAddOutput(photos), session.canAddOutput(metadata)
        else { return false }
        session.beginConfiguration()
        session.addInput(input)
        session.addOutput(photos)
        session.addOutput(metadata)
        metadata.setMetadataObjectsDelegate(self, queue: .main)
        metadata.metadataObjectTypes = [.qr]
        session.commitConfiguration()
        isReady = true
        return true
    }

    public func viewfinder() -> AnyView { AnyView(Viewfinder(session: session)) }

    public func codes() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        continuation.onTermination = { [weak self] _ in Task { @MainActor in self?.readers.removeValue(forKey: id) } }
        readers[id] = continuation
        return stream
    }

    public func take() async throws(PhotoTrouble) -> URL {
        guard isReady else { throw .missing }
        // A call or another app may have the camera; to ask it for a photo then ends the app.
        guard taking == nil, session.isRunning, photos.connection(with: .video)?.isActive == true else { throw .failed }
        let result = await withCheckedContinuation { continuation in
            taking = continuation
            photos.capturePhoto(with: AVCapturePhotoSettings(format: [AVVideoCodecKey: AVVideoCodecType.jpeg]), delegate: self)
        }
        return try result.get()
    }

    // MARK: delegates, on threads of the camera's own

    public nonisolated func photoOutput(
        _ output: AVCapturePhotoOutput, didFinishProcessingPhoto photo: AVCapturePhoto, error: (any Error)?
    ) {
        let bytes = error == nil ? photo.fileDataRepresentation() : nil
        let result = bytes.map { PhotoFile.write($0) } ?? .failure(.failed)
        Task { @MainActor in
            taking?.resume(returning: result)
            taking = nil
        }
    }

    public nonisolated func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject], from connection: AVCaptureConnection
    ) {
        let texts = metadataObjects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
        Task { @MainActor in texts.forEach { text in readers.values.forEach { $0.yield(text) } } }
    }
}

/// A photo in a file of its own, until the core has taken it over.
enum PhotoFile {
    /// Nobody knows the file before it is whole, and what is left of one that is not goes again.
    static func write(_ bytes: Data, to file: URL = fresh()) -> Result<URL, PhotoTrouble> {
        do {
            try bytes.write(to: file)
            return .success(file)
        } catch {
            try? FileManager.default.removeItem(at: file)
            return .failure((error as? CocoaError)?.code == .fileWriteOutOfSpace ? .noSpace : .failed)
        }
    }

    private static func fresh() -> URL {
        URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("\(UUID().uuidString).jpg")
    }
}

/// The camera's picture. The session runs while it is on the screen.
private struct Viewfinder: UIViewRepresentable {
    let session: AVCaptureSession

    func makeUIView(context: Context) -> PreviewView {
        let view = PreviewView(frame: .zero)
        view.preview.session = session
        view.preview.videoGravity = .resizeAspectFill
        // Starting blocks, so it is not done on the main thread; a session may be started and stopped from any.
        let running = AnyThread(session)
        Task.detached { running.value.startRunning() }
        return view
    }

    func updateUIView(_ view: PreviewView, context: Context) {}

    static func dismantleUIView(_ view: PreviewView, coordinator: Void) {
        let running = AnyThread(view.preview.session)
        Task.detached { running.value?.stopRunning() }
    }
}

final class PreviewView: UIView {
    let preview = AVCaptureVideoPreviewLayer()

    override init(frame: CGRect) {
        super.init(frame: frame)
        layer.addSublayer(preview)
    }

    required init?(coder: NSCoder) { nil }

    override func layoutSubviews() {
        super.layoutSubviews()
        preview.frame = bounds
    }
}
