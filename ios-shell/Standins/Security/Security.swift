@_exported import Foundation

// On Apple these are CoreFoundation's, each bridged to the class that stands here.
public typealias CFTypeRef = AnyObject
public typealias CFString = NSString
public typealias CFData = NSData
public typealias CFDictionary = NSDictionary
public typealias CFAllocator = NSObject
public typealias CFIndex = Int
public final class CFError: NSObject, Error, @unchecked Sendable {  // = swift
    let code: CFIndex
    init(_ code: CFIndex) { self.code = code }
}
public func CFErrorGetCode(_ err: CFError!) -> CFIndex { err.code }  // = func CFErrorGetCode/1
public typealias OSStatus = Int32

public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }  // = swift
    public static let privateKeyUsage = Self(rawValue: 1 << 30)  // = enum SecAccessControlCreateFlags PrivateKeyUsage 1<<30
}
public final class SecKey: NSObject {
    let mark: UInt8
    init(mark: UInt8) { self.mark = mark }
}
public final class SecAccessControl: NSObject {}
public typealias SecRandomRef = NSObject
public struct SecKeyAlgorithm: Sendable {
    public static let ecdsaSignatureMessageX962SHA256 = Self()  // = const kSecKeyAlgorithmECDSASignatureMessageX962SHA256
}

public nonisolated(unsafe) let kSecClass: CFString = "class"  // = const kSecClass
public nonisolated(unsafe) let kSecClassGenericPassword: CFString = "genp"  // = const kSecClassGenericPassword
public nonisolated(unsafe) let kSecClassKey: CFString = "keys"  // = const kSecClassKey
public nonisolated(unsafe) let kSecAttrService: CFString = "svce"  // = const kSecAttrService
public nonisolated(unsafe) let kSecAttrAccount: CFString = "acct"  // = const kSecAttrAccount
public nonisolated(unsafe) let kSecAttrAccessible: CFString = "pdmn"  // = const kSecAttrAccessible
public nonisolated(unsafe) let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = "cku"  // = const kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
public nonisolated(unsafe) let kSecAttrKeyType: CFString = "type"  // = const kSecAttrKeyType
public nonisolated(unsafe) let kSecAttrKeyTypeECSECPrimeRandom: CFString = "73"  // = const kSecAttrKeyTypeECSECPrimeRandom
public nonisolated(unsafe) let kSecAttrKeySizeInBits: CFString = "bsiz"  // = const kSecAttrKeySizeInBits
public nonisolated(unsafe) let kSecAttrTokenID: CFString = "tkid"  // = const kSecAttrTokenID
public nonisolated(unsafe) let kSecAttrTokenIDSecureEnclave: CFString = "com.apple.setoken"  // = const kSecAttrTokenIDSecureEnclave
public nonisolated(unsafe) let kSecPrivateKeyAttrs: CFString = "private"  // = const kSecPrivateKeyAttrs
public nonisolated(unsafe) let kSecAttrIsPermanent: CFString = "perm"  // = const kSecAttrIsPermanent
public nonisolated(unsafe) let kSecAttrApplicationTag: CFString = "atag"  // = const kSecAttrApplicationTag
public nonisolated(unsafe) let kSecAttrAccessControl: CFString = "accc"  // = const kSecAttrAccessControl
public nonisolated(unsafe) let kSecValueData: CFString = "v_Data"  // = const kSecValueData
public nonisolated(unsafe) let kSecReturnData: CFString = "r_Data"  // = const kSecReturnData
public nonisolated(unsafe) let kSecReturnRef: CFString = "r_Ref"  // = const kSecReturnRef
public nonisolated(unsafe) let kSecRandomDefault: SecRandomRef? = nil  // = const kSecRandomDefault

public let errSecSuccess: OSStatus = 0  // = const errSecSuccess
public let errSecItemNotFound: OSStatus = -25300  // = const errSecItemNotFound
public let errSecDuplicateItem: OSStatus = -25299  // = const errSecDuplicateItem

public func SecRandomCopyBytes(_ rnd: SecRandomRef?, _ count: Int, _ bytes: UnsafeMutableRawPointer) -> OSStatus { Keychain.random(count, bytes) }  // = func SecRandomCopyBytes/3
public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { Keychain.add(attributes) }  // = func SecItemAdd/2
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { Keychain.find(query, result) }  // = func SecItemCopyMatching/2
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { Keychain.delete(query) }  // = func SecItemDelete/1
public func SecAccessControlCreateWithFlags(_ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> SecAccessControl? { Keychain.may("SecAccessControlCreateWithFlags", error) ? SecAccessControl() : nil }  // = func SecAccessControlCreateWithFlags/4
public func SecKeyCreateRandomKey(_ parameters: CFDictionary, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> SecKey? { Keychain.may("SecKeyCreateRandomKey", error) ? Keychain.make(parameters) : nil }  // = func SecKeyCreateRandomKey/2
public func SecKeyCreateSignature(_ key: SecKey, _ algorithm: SecKeyAlgorithm, _ dataToSign: CFData, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> CFData? { Keychain.may("SecKeyCreateSignature", error) ? dataToSign : nil }  // = func SecKeyCreateSignature/4
public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { key }  // = func SecKeyCopyPublicKey/1
public func SecKeyCopyExternalRepresentation(_ key: SecKey, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> CFData? { Keychain.may("SecKeyCopyExternalRepresentation", error) ? NSData(data: Data([4] + [UInt8](repeating: key.mark, count: 64))) : nil }  // = func SecKeyCopyExternalRepresentation/2
