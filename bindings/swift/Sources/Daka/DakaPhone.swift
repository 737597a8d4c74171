import DakaFFI

/// The phone before a journal is open: several employers and employees, and the app's settings.
///
/// ``DakaPhone`` is the real one; `FakeDakaPhone` of the module `DakaTesting` stands in for it. Calls behave and throw as those of
/// ``DakaClientProtocol``.
public protocol DakaPhoneProtocol: AnyObject, Sendable {
    /// All journals, the one used last first: that is the current one. There is always at least one; a new phone has an empty one. Open
    /// the current one's with `folder`, and use `id` in the names of its keys.
    func profiles() async throws -> [Profile]

    /// Makes a journal the current one.
    func select(_ id: String) async throws

    /// Makes an empty journal the current one, and gives its id: one that is there, or a new one.
    @discardableResult
    func add() async throws -> String

    /// Removes an empty journal; if it was the last one, an empty one takes its place. Throws ``FailureCode/badValue`` with the field
    /// `profile` for one that is not empty (leave the employer first), and ``FailureCode/inUse`` while it is open.
    func remove(_ id: String) async throws

    /// The app's settings, the same for every employer.
    func settings() async throws -> AppSettings

    /// Replaces the app's settings.
    func setSettings(_ settings: AppSettings) async throws

    /// What the text of a QR code, or an address and a code as typed, says. Nothing is sent. A typed text names no root: once enrolled,
    /// have the person compare the employer's fingerprint (`rootNamed` of the employer is false).
    func previewCode(_ text: String) async throws -> CodePreview
}

/// The real phone, over the core's library.
public final class DakaPhone: DakaPhoneProtocol {
    private let core: DakaFFI.DakaPhone

    private init(core: DakaFFI.DakaPhone) { self.core = core }

    /// Opens the folder `root` of all journals, and makes it if it is not there. `keys` gives the sealing keys, only to read the
    /// employers' names; without it profiles have none.
    public static func open(root: String, keys: (any SealingKeys)? = nil) async throws -> DakaPhone {
        DakaPhone(core: try await calling { try await DakaFFI.DakaPhone.open(root: root, keys: keys) })
    }

    public func profiles() async throws -> [Profile] { try await calling { [core] in try await core.profiles() } }

    public func select(_ id: String) async throws { try await calling { [core] in try await core.select(id: id) } }

    @discardableResult
    public func add() async throws -> String { try await calling { [core] in try await core.add() } }

    public func remove(_ id: String) async throws { try await calling { [core] in try await core.remove(id: id) } }

    public func settings() async throws -> AppSettings { try await calling { [core] in try await core.settings() } }

    public func setSettings(_ settings: AppSettings) async throws {
        try await calling { [core] in try await core.setSettings(settings: settings) }
    }

    public func previewCode(_ text: String) async throws -> CodePreview {
        try await calling { [core] in try await core.previewCode(text: text) }
    }
}
