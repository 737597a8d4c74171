import Daka
import DakaScreens
import Foundation
import Security

/// Keys in the Keychain and the Secure Enclave: on this device only, after the first unlock, one pair for each employer.
///
/// A kill between making a key and using it leaves a key that the next call finds.
public final class PhoneKeys: KeySource, Sendable {
    public init() {}

    // MARK: the sealing key

    public func sealingKey(profile: String) throws -> Data {
        if let key = try read(profile) { return key }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard SecRandomCopyBytes(kSecRandomDefault, bytes.count, &bytes) == errSecSuccess else {
            throw PlatformFailure.Refused(reason: "the system gives no randomness")
        }
        let key = Data(bytes)
        let status = SecItemAdd(
            attributes(profile, adding: [
                kSecValueData as NSString: NSData(data: key),
                kSecAttrAccessible as NSString: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            ]), nil)
        // Somebody was quicker: theirs is the key.
        if status == errSecDuplicateItem, let theirs = try read(profile) { return theirs }
        guard status == errSecSuccess else { throw PlatformFailure.Refused(reason: "SecItemAdd answered \(status)") }
        return key
    }

    private func read(_ profile: String) throws -> Data? {
        let query = attributes(profile, adding: [kSecReturnData as NSString: NSNumber(value: true)])
        return (try find(query) as? NSData).map { Data(referencing: $0) }
    }

    private func find(_ query: CFDictionary) throws -> CFTypeRef? {
        var found: CFTypeRef?
        switch SecItemCopyMatching(query, &found) {
        case errSecSuccess: return found
        case errSecItemNotFound: return nil
        case let status: throw PlatformFailure.Refused(reason: "SecItemCopyMatching answered \(status)")
        }
    }

    private func attributes(_ profile: String, adding more: [NSString: Any] = [:]) -> CFDictionary {
        var all: [NSString: Any] = [
            kSecClass as NSString: kSecClassGenericPassword,
            kSecAttrService as NSString: NSString(string: "daka.seal"),
            kSecAttrAccount as NSString: NSString(string: profile),
        ]
        all.merge(more) { $1 }
        return NSDictionary(dictionary: all) as CFDictionary
    }

    // MARK: the device's key

    public func deviceKey(_ profile: String) throws -> (any DeviceKey)? {
        if let key = try enclaveKey(profile) { return EnclaveKey(key) }
        var failure: Unmanaged<CFError>?
        let protection = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard let control = SecAccessControlCreateWithFlags(nil, protection, .privateKeyUsage, &failure) else {
            throw refused("SecAccessControlCreateWithFlags", failure)
        }
        let made = NSDictionary(dictionary: [
            kSecAttrKeyType as NSString: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits as NSString: NSNumber(value: 256),
            kSecAttrTokenID as NSString: kSecAttrTokenIDSecureEnclave,
            kSecPrivateKeyAttrs as NSString: NSDictionary(dictionary: [
                kSecAttrIsPermanent as NSString: NSNumber(value: true),
                kSecAttrApplicationTag as NSString: tag(profile),
                kSecAttrAccessControl as NSString: control,
            ]),
        ])
        guard let key = SecKeyCreateRandomKey(made as CFDictionary, &failure) else {
            throw refused("SecKeyCreateRandomKey", failure)
        }
        return EnclaveKey(key)
    }

    private func enclaveKey(_ profile: String) throws -> SecKey? {
        let query = NSDictionary(dictionary: [
            kSecClass as NSString: kSecClassKey,
            kSecAttrApplicationTag as NSString: tag(profile),
            kSecAttrKeyType as NSString: kSecAttrKeyTypeECSECPrimeRandom,
            kSecReturnRef as NSString: NSNumber(value: true),
        ])
        return try find(query as CFDictionary).map { $0 as! SecKey }
    }

    private func tag(_ profile: String) -> NSData { NSData(data: Data("daka.device.\(profile)".utf8)) }

    public func forget(_ profile: String) {
        _ = SecItemDelete(attributes(profile))
        _ = SecItemDelete(
            NSDictionary(dictionary: [
                kSecClass as NSString: kSecClassKey, kSecAttrApplicationTag as NSString: tag(profile),
            ]) as CFDictionary)
    }
}

/// The call, and the system's number for why not: an OSStatus.
private func refused(_ call: String, _ failure: Unmanaged<CFError>?) -> PlatformFailure {
    .Refused(reason: "\(call) answered \(failure.map { CFErrorGetCode($0.takeRetainedValue()) } ?? 0)")
}

/// A P-256 key that never leaves the Secure Enclave.
final class EnclaveKey: DeviceKey, @unchecked Sendable {
    private let key: SecKey

    init(_ key: SecKey) { self.key = key }

    /// SubjectPublicKeyInfo of a P-256 key up to the point itself: RFC 5480, section 2.
    static let header: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
        0x01, 0x07, 0x03, 0x42, 0x00,
    ]

    func publicKey() throws -> Data {
        var failure: Unmanaged<CFError>?
        guard let half = SecKeyCopyPublicKey(key), let point = SecKeyCopyExternalRepresentation(half, &failure) else {
            throw refused("SecKeyCopyExternalRepresentation", failure)
        }
        return Data(Self.header) + Data(referencing: point as NSData)
    }

    func sign(message: Data) throws -> Data {
        var failure: Unmanaged<CFError>?
        let bytes = NSData(data: message) as CFData
        guard let signature = SecKeyCreateSignature(key, .ecdsaSignatureMessageX962SHA256, bytes, &failure) else {
            throw refused("SecKeyCreateSignature", failure)
        }
        return Data(referencing: signature as NSData)
    }
}
