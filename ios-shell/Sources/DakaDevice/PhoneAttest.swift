import DeviceCheck

/// App Attest: Apple's word that a key belongs to this app on a real device, given once at enrolment over the server's challenge.
///
/// Two calls, because Apple's service may not answer: the same key is asked for again then, and a second key is a mark against the
/// device. Whoever calls keeps the key's name in between.
public final class PhoneAttest: Sendable {
    private let service: @Sendable () -> DCAppAttestService

    public init(service: @escaping @Sendable () -> DCAppAttestService = { .shared }) { self.service = service }

    /// The name of a new key.
    public func newKey() async throws -> String {
        let service = service()
        guard service.isSupported else { throw Refused("this device has no App Attest") }
        return try await service.generateKey()
    }

    /// Apple's statement about this key, in CBOR. `hash` is SHA-256 of the challenge, 32 bytes.
    public func attest(_ key: String, hash: Data) async throws -> Data {
        do {
            return try await service().attestKey(key, clientDataHash: hash)
        } catch let error as DCError {
            throw Refused("App Attest answered \(error.code.rawValue)")
        }
    }
}
