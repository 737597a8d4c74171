import Daka
import DeviceCheck
import Foundation
@_spi(Testing) import Security
import Testing

@testable import DakaDevice

/// App Attest whose answers the test gives.
private final class Attest: DCAppAttestService, @unchecked Sendable {
    var fails: DCError.Code?
    private(set) var made = 0
    override var isSupported: Bool { true }
    override func generateKey() async throws -> String {
        made += 1
        return "key \(made)"
    }
    override func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data {
        if let fails { throw DCError(fails) }
        return Data(keyId.utf8) + clientDataHash
    }
}

/// -25308 is errSecInteractionNotAllowed, what a phone answers that was not unlocked since its start; -34018 is
/// errSecMissingEntitlement; -4 is errSecUnimplemented.
@Suite(.timeLimit(.minutes(1)), .serialized) struct KeyTests {
    init() { Keychain.empty() }

    @Test func aSealingKeyIsMadeOnceForEachEmployer() throws {
        let one = try PhoneKeys().sealingKey(profile: "one")
        #expect(one.count == 32)
        #expect(try PhoneKeys().sealingKey(profile: "one") == one)
        #expect(try PhoneKeys().sealingKey(profile: "two") != one)
        #expect(Keychain.items.count == 2)
        for item in Keychain.items {
            let access = item[kSecAttrAccessible] as? NSString
            #expect(access == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
        }
    }

    @Test func whoeverIsQuickerMakesTheKey() throws {
        let theirs = Data(repeating: 7, count: 32)
        Keychain.before = {
            let item: [NSString: Any] = [
                kSecClass: kSecClassGenericPassword, kSecAttrService: NSString(string: "daka.seal"),
                kSecAttrAccount: NSString(string: "one"), kSecValueData: NSData(data: theirs),
            ]
            _ = Keychain.add(NSDictionary(dictionary: item))
        }
        #expect(try PhoneKeys().sealingKey(profile: "one") == theirs)
        #expect(Keychain.items.count == 1)
    }

    @Test(arguments: [("SecItemCopyMatching", -25308), ("SecItemAdd", -34018)] as [(String, OSStatus)])
    func aKeyStoreThatRefusesASealingKeyNamesItsStatus(_ call: String, _ status: OSStatus) {
        Keychain.refusals[call] = status
        #expect(throws: PlatformFailure.Refused(reason: "\(call) answered \(status)")) { try PhoneKeys().sealingKey(profile: "one") }
        #expect(Keychain.items.isEmpty)
    }

    @Test func aSystemWithoutRandomnessMakesNoKey() {
        Keychain.refusals["SecRandomCopyBytes"] = -4
        #expect(throws: PlatformFailure.Refused(reason: "the system gives no randomness")) { try PhoneKeys().sealingKey(profile: "one") }
        #expect(Keychain.items.isEmpty)
    }

    @Test func aDeviceKeyIsMadeOnceInTheEnclaveForThisDeviceOnly() throws {
        let one = try #require(try PhoneKeys().deviceKey("one"))
        #expect(try PhoneKeys().deviceKey("one")?.publicKey() == one.publicKey())
        #expect(try PhoneKeys().deviceKey("two")?.publicKey() != one.publicKey())
        #expect(Keychain.items.count == 2)
        for item in Keychain.items {
            let made = try #require(item[kSecPrivateKeyAttrs] as? NSDictionary)
            #expect(made[kSecAttrTokenID] as? NSString == kSecAttrTokenIDSecureEnclave)
            let own = try #require(made[kSecPrivateKeyAttrs] as? NSDictionary)
            #expect(own[kSecAttrAccessControl] is SecAccessControl && own[kSecAttrIsPermanent] as? Bool == true)
        }
    }

    @Test(arguments: [
        ("SecItemCopyMatching", -25308), ("SecAccessControlCreateWithFlags", -4), ("SecKeyCreateRandomKey", -34018),
    ] as [(String, OSStatus)])
    func aKeyStoreThatRefusesADeviceKeyNamesItsStatus(_ call: String, _ status: OSStatus) {
        Keychain.refusals[call] = status
        #expect(throws: PlatformFailure.Refused(reason: "\(call) answered \(status)")) { try PhoneKeys().deviceKey("one") }
        #expect(Keychain.items.isEmpty)
    }

    /// The core takes this as "not now" and asks again: the punch is kept without its signature meanwhile.
    @Test func aPhoneThatIsStillLockedDoesNotSignAndSaysWhy() throws {
        let key = try #require(try PhoneKeys().deviceKey("one"))
        let failure = { (call: String) in PlatformFailure.Refused(reason: "\(call) answered -25308") }
        Keychain.refusals = ["SecKeyCreateSignature": -25308, "SecKeyCopyExternalRepresentation": -25308]
        #expect(throws: failure("SecKeyCreateSignature")) { try key.sign(message: Data([1])) }
        #expect(throws: failure("SecKeyCopyExternalRepresentation")) { try key.publicKey() }
        Keychain.refusals = [:]
        #expect(try key.sign(message: Data([1])) == Data([1]))
    }

    /// RFC 5480: an AlgorithmIdentifier with id-ecPublicKey and prime256v1, then a BIT STRING of 66 bytes; 91 bytes with the point.
    @Test func thePublicKeyIsAnInfoOf91Bytes() throws {
        let key = try #require(try PhoneKeys().deviceKey("one")?.publicKey())
        #expect(key.count == 91 && key[1] == 89 && Array(key[23..<27]) == [0x03, 0x42, 0x00, 0x04])
    }

    @Test func aForgottenEmployersKeysAreGoneAndNobodyElses() throws {
        for profile in ["one", "two"] {
            _ = try PhoneKeys().sealingKey(profile: profile)
            _ = try PhoneKeys().deviceKey(profile)
        }
        PhoneKeys().forget("one")
        #expect(Keychain.items.count == 2)
        let two = try PhoneKeys().sealingKey(profile: "two")
        PhoneKeys().forget("one")
        #expect(try PhoneKeys().sealingKey(profile: "two") == two && Keychain.items.count == 2)
    }

    @Test func anAttestationIsAskedForAgainWithTheSameKey() async throws {
        let service = Attest()
        let phone = PhoneAttest(service: { service })
        let key = try await phone.newKey()
        let hash = Data(repeating: 3, count: 32)
        service.fails = .serverUnavailable
        // DCErrorServerUnavailable is 4.
        await #expect(throws: Refused("App Attest answered 4")) { try await phone.attest(key, hash: hash) }
        service.fails = nil
        #expect(try await phone.attest(key, hash: hash) == Data("key 1".utf8) + hash)
        #expect(service.made == 1)
    }

    @Test func aDeviceWithoutAppAttestSaysSo() async {
        await #expect(throws: Refused("this device has no App Attest")) { try await PhoneAttest().newKey() }
    }
}
