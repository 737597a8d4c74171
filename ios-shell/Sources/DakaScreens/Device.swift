import Daka
import SwiftUI

// What the screens need of the phone. Each protocol has two users: the adapter of Apple's framework in DakaDevice, and the tests' own
// phone. An adapter hands over what was measured, or why there is nothing; what that is worth, the core says.

/// Everything of the phone, as one value that is passed in where the app starts.
@MainActor public struct Device {
    public let version: String
    /// The folder of all journals, outside every backup.
    public let root: URL
    public let clock: any PlatformClock
    public let keys: any KeySource
    public let surroundings: any Surroundings
    public let camera: any CameraSource
    public let gallery: any GallerySource
    public let notices: any NoticeSource
    public let background: any BackgroundSource
    public let network: any NetworkSource

    public init(
        version: String, root: URL, clock: any PlatformClock, keys: any KeySource, surroundings: any Surroundings,
        camera: any CameraSource, gallery: any GallerySource, notices: any NoticeSource, background: any BackgroundSource,
        network: any NetworkSource
    ) {
        (self.version, self.root, self.clock, self.keys, self.surroundings) = (version, root, clock, keys, surroundings)
        (self.camera, self.gallery, self.notices) = (camera, gallery, notices)
        (self.background, self.network) = (background, network)
    }
}

/// The key store: a sealing key and a signing key for each employer, by the id of its profile. It refuses with a `PlatformFailure`. The
/// sealing key is made at the first call.
public protocol KeySource: SealingKeys {
    /// The device's key, made at the first call. None where there is no key store: the core then keeps a key in a file, which is weaker.
    func deviceKey(_ profile: String) throws -> (any DeviceKey)?
    /// Both are gone afterwards.
    func forget(_ profile: String)
}

/// Whether a device may be used.
public enum Access: Sendable, CaseIterable {
    case notAsked
    case allowed
    /// Allowed, but only the approximate location.
    case approximate
    case refused
    /// Forbidden by someone else: a profile, a parent.
    case restricted
    /// Switched off for the whole phone.
    case off
    /// The phone has none, or it fails.
    case missing
}

/// Position and radio at this moment.
@MainActor public protocol Surroundings: AnyObject {
    var access: Access { get }
    /// Asks the person, if nobody did yet.
    func ask() async -> Access
    /// Measures until the reader stops reading, or for so long; says each time that there is something new. Ends when nothing more will
    /// come. The radio listens meanwhile, if it is to.
    func measure(for patience: Duration, radio: Bool) -> AsyncStream<Void>
    /// What was measured last, with its age now.
    func positions() -> [PositionFix]
    /// What the radio heard, with its age now; nil if the phone cannot look.
    func radio() -> [RadioSignal]?
}

@MainActor public protocol CameraSource: AnyObject {
    func ask() async -> Access
    /// What the camera sees, while it is on the screen.
    func viewfinder() -> AnyView
    /// Takes a photo into a JPEG file of its own.
    func take() async throws(PhotoTrouble) -> URL
    /// The texts of QR codes in front of the camera, while its viewfinder is on the screen.
    func codes() -> AsyncStream<String>
}

@MainActor public protocol GallerySource: AnyObject {
    /// The system's own button for choosing a picture: the app sees the chosen one only, as a JPEG file of its own.
    func chooser(_ label: Text, _ chosen: @escaping @MainActor (Result<URL, PhotoTrouble>) -> Void) -> AnyView
    /// A picture of this file's bytes, for showing it.
    func picture(_ bytes: Data) -> Image?
}

/// Why there is no photo.
public enum PhotoTrouble: Error, Sendable, CaseIterable { case missing, failed, noSpace, unreadable }

/// A notification that the system is to show.
public struct Notice: Sendable, Equatable {
    public let id: String
    public let at: Date
    public let title: String
    public let body: String
    public let action: String
    public init(id: String, at: Date, title: String, body: String, action: String) {
        (self.id, self.at, self.title, self.body, self.action) = (id, at, title, body, action)
    }
}

public protocol NoticeSource: Sendable {
    func access() async -> Access
    func ask() async -> Access
    /// These are planned for this profile afterwards, and no others of it; a tap on "Punch now" names the profile.
    func plan(_ notices: [Notice], of profile: String) async
}

@MainActor public protocol BackgroundSource: AnyObject {
    /// Does the work with the system's leave to finish it, should the app go to the background meanwhile.
    func finish(_ name: String, _ work: @escaping @Sendable () async -> Void) async
    /// Asks to be woken for a sync, not before this time.
    func wake(after: Date?)
}

/// What the network is at this moment. A metered one costs by the byte, or the person asked to save data.
public enum NetworkState: Sendable { case away, metered, free }

public protocol NetworkSource: Sendable {
    /// As it is now, and again at each change.
    func states() -> AsyncStream<NetworkState>
    /// The clock, its zone or the day changed.
    func timeChanges() -> AsyncStream<Void>
}
