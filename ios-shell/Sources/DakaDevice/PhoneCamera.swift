import AVFoundation
import DakaScreens
import Foundation
import SwiftUI
import UIKit

/// The camera: its picture on the screen, photos as JPEG files, and the texts of QR codes.
@MainActor public final class PhoneCamera: NSObject, CameraSource, @preconcurrency AVCapturePhotoCaptureDelegate,
    @preconcurrency AVCaptureMetadataOutputObjectsDelegate
{
    private let session = AVCaptureSession()
    private let photos = AVCapturePhotoOutput()
    private let metadata = AVCaptureMetadataOutput()
    private var isReady = false
    private var taking: CheckedContinuation<Result<URL, PhotoTrouble>, Never>?
    private var readers: [UUID: AsyncStream<String>.Continuation] = [:]

    public func ask() async -> Access {
        switch AVCaptureDevice.authorizationStatus(for: .video) {
        case .authorized: break
        case .notDetermined: guard await AVCaptureDevice.requestAccess(for: .video) else { return .refused }
        case .denied: return .refused
        case .restricted: return .restricted
        @unknown default: return .missing
        }
        return prepare() ? .allowed : .missing
    }

    private func prepare() -> Bool {
        if isReady { return true }
        guard let device = AVCaptureDevice.default(for: .video), let input = try? AVCaptureDeviceInput(device: device),
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
        guard taking == nil else { throw .failed }
        let result = await withCheckedContinuation { continuation in
            taking = continuation
            photos.capturePhoto(
                with: AVCapturePhotoSettings(format: [AVVideoCodecKey: AVVideoCodecType.jpeg]), delegate: self)
        }
        return try result.get()
    }

    // MARK: delegates, on the main queue

    public func photoOutput(_ output: AVCapturePhotoOutput, didFinishProcessingPhoto photo: AVCapturePhoto, error: (any Error)?) {
        let waiting = taking
        taking = nil
        guard error == nil, let bytes = photo.fileDataRepresentation() else {
            waiting?.resume(returning: .failure(.failed))
            return
        }
        waiting?.resume(returning: PhotoFile.write(bytes))
    }

    public func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject], from connection: AVCaptureConnection
    ) {
        for object in metadataObjects {
            guard let text = (object as? AVMetadataMachineReadableCodeObject)?.stringValue else { continue }
            readers.values.forEach { $0.yield(text) }
        }
    }
}

/// A photo in a file of its own, until the core has taken it over.
enum PhotoFile {
    static func write(_ bytes: Data) -> Result<URL, PhotoTrouble> {
        let file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("\(UUID().uuidString).jpg")
        do {
            try bytes.write(to: file, options: .atomic)
            return .success(file)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            return .failure(.noSpace)
        } catch {
            return .failure(.failed)
        }
    }
}

/// The camera's picture. The session runs while it is on the screen.
private struct Viewfinder: UIViewRepresentable {
    let session: AVCaptureSession

    func makeUIView(context: Context) -> PreviewView {
        let view = PreviewView(frame: .zero)
        view.preview.session = session
        view.preview.videoGravity = .resizeAspectFill
        start()
        return view
    }

    func updateUIView(_ view: PreviewView, context: Context) {}

    static func dismantleUIView(_ view: PreviewView, coordinator: Void) {
        let running = SessionBox(view.preview.session)
        Task.detached { running.session?.stopRunning() }
    }

    /// Starting blocks, so it is not done on the main thread.
    private func start() {
        let running = SessionBox(session)
        Task.detached { running.session?.startRunning() }
    }
}

/// AVCaptureSession may be started and stopped from any one thread at a time.
private struct SessionBox: @unchecked Sendable {
    let session: AVCaptureSession?
    init(_ session: AVCaptureSession?) { self.session = session }
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
