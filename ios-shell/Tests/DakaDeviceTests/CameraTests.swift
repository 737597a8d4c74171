import AVFoundation
import DakaScreens
import Foundation
import Testing

@testable import DakaDevice

/// A phone with a camera whose answers the test gives.
private final class Lens: AVCaptureDevice {
    nonisolated(unsafe) static var status = AVAuthorizationStatus.authorized
    nonisolated(unsafe) static var answer = true
    nonisolated(unsafe) static var asked = 0
    nonisolated(unsafe) static var isThere = true
    override class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { status }
    override class func requestAccess(for mediaType: AVMediaType) async -> Bool {
        asked += 1
        return answer
    }
    override class func `default`(for mediaType: AVMediaType) -> AVCaptureDevice? { isThere ? Lens() : nil }
    static func renew() { (status, answer, asked, isThere) = (.authorized, true, 0, true) }
}

private final class Session: AVCaptureSession {
    var runs = true
    var takesInput = true
    override var isRunning: Bool { runs }
    override func canAddInput(_ input: AVCaptureInput) -> Bool { takesInput }
    override func canAddOutput(_ output: AVCaptureOutput) -> Bool { true }
}

private final class Wire: AVCaptureConnection {
    let active: Bool
    init(_ active: Bool) { self.active = active }
    override var isActive: Bool { active }
}

private final class Photo: AVCapturePhoto {
    let bytes: Data?
    init(_ bytes: Data?) { self.bytes = bytes }
    override func fileDataRepresentation() -> Data? { bytes }
}

/// Answers as Apple's does: on a thread of its own.
private final class Photos: AVCapturePhotoOutput, @unchecked Sendable {
    var isActive = true
    var answer: (bytes: Data?, error: (any Error)?) = (Data([0xff, 0xd8, 0xff, 0xd9]), nil)
    private(set) var taken = 0
    override func connection(with mediaType: AVMediaType) -> AVCaptureConnection? { Wire(isActive) }
    override func capturePhoto(with settings: AVCapturePhotoSettings, delegate: any AVCapturePhotoCaptureDelegate) {
        taken += 1
        nonisolated(unsafe) let delegate = delegate
        Thread.detachNewThread { [self] in
            #expect(!Thread.isMainThread)
            delegate.photoOutput(self, didFinishProcessingPhoto: Photo(answer.bytes), error: answer.error)
        }
    }
}

private final class Code: AVMetadataMachineReadableCodeObject {
    override var stringValue: String? { "daka:code" }
}

@MainActor @Suite(.timeLimit(.minutes(1)), .serialized) struct CameraTests {
    init() { Lens.renew() }

    private func camera(_ session: Session = Session(), _ photos: Photos = Photos()) -> PhoneCamera {
        PhoneCamera(device: Lens.self, session: session, photos: photos)
    }

    @Test func whatThePhoneAllowsIsPassedOn() async {
        #expect(await camera().ask() == .allowed && Lens.asked == 0)
        Lens.status = .denied
        #expect(await camera().ask() == .refused && Lens.asked == 0)
        Lens.status = .restricted
        #expect(await camera().ask() == .restricted && Lens.asked == 0)
        Lens.status = .notDetermined
        #expect(await camera().ask() == .allowed && Lens.asked == 1)
        Lens.answer = false
        #expect(await camera().ask() == .refused && Lens.asked == 2)
    }

    @Test func aPhoneWithoutACameraOrWithABusyOneSaysSo() async {
        Lens.isThere = false
        #expect(await camera().ask() == .missing)
        await #expect(throws: PhotoTrouble.missing) { try await answer { [self] in try await camera().take() } }
        Lens.isThere = true
        let busy = Session()
        busy.takesInput = false
        #expect(await camera(busy).ask() == .missing)
    }

    @Test func aPhotoIsAFileOfItsOwn() async throws {
        let camera = camera()
        _ = await camera.ask()
        let (first, second) = (try await answer { try await camera.take() }, try await answer { try await camera.take() })
        defer { for file in [first, second] { try? FileManager.default.removeItem(at: file) } }
        #expect(first != second && first.pathExtension == "jpg")
        #expect(try Data(contentsOf: first) == Data([0xff, 0xd8, 0xff, 0xd9]))
    }

    /// To ask a session that does not run, or a connection that is not active, for a photo ends the app.
    @Test func aCameraThatWasTakenAwayIsNotAsked() async {
        let (session, photos) = (Session(), Photos())
        let camera = camera(session, photos)
        _ = await camera.ask()
        session.runs = false
        await #expect(throws: PhotoTrouble.failed) { try await answer { try await camera.take() } }
        (session.runs, photos.isActive) = (true, false)
        await #expect(throws: PhotoTrouble.failed) { try await answer { try await camera.take() } }
        #expect(photos.taken == 0)
    }

    @Test func aPhotoThatFailsSaysSoAndTheNextOneIsTaken() async throws {
        let photos = Photos()
        let camera = camera(Session(), photos)
        _ = await camera.ask()
        // AVErrorSessionWasInterrupted.
        photos.answer.error = NSError(domain: "AVFoundationErrorDomain", code: -11847)
        await #expect(throws: PhotoTrouble.failed) { try await answer { try await camera.take() } }
        photos.answer = (nil, nil)
        await #expect(throws: PhotoTrouble.failed) { try await answer { try await camera.take() } }
        photos.answer = (Data([1]), nil)
        try FileManager.default.removeItem(at: try await answer { try await camera.take() })
    }

    /// /dev/full answers every write with ENOSPC. The link stands for the file, and goes like one.
    @Test func aFullDiskLeavesNoTornFile() throws {
        let file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("\(UUID().uuidString).jpg")
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/full")
        #expect(PhotoFile.write(Data([1]), to: file) == .failure(.noSpace))
        #expect(throws: (any Error).self) { try FileManager.default.destinationOfSymbolicLink(atPath: file.path) }
        let nowhere = URL(fileURLWithPath: "/nowhere/photo.jpg")
        #expect(PhotoFile.write(Data([1]), to: nowhere) == .failure(.failed))
    }

    @Test func theTextOfACodeReachesWhoeverLooks() async {
        let camera = camera()
        let codes = camera.codes()
        Thread.detachNewThread {
            camera.metadataOutput(AVCaptureMetadataOutput(), didOutput: [AVMetadataObject(), Code()], from: Wire(true))
        }
        for await text in codes {
            #expect(text == "daka:code")
            break
        }
    }
}
