import Foundation

/// The keychain that stands here: items in memory, and refusals that a test asks for. A signature is the message itself.
@_spi(Testing) public enum Keychain {
    /// What each call answers instead of doing its work.
    public nonisolated(unsafe) static var refusals: [String: OSStatus] = [:]
    /// Done once, just before an item is added: somebody was quicker.
    public nonisolated(unsafe) static var before: (() -> Void)?
    /// Every item that there is.
    public nonisolated(unsafe) private(set) static var items: [NSDictionary] = []

    public static func empty() { (refusals, before, items) = ([:], nil, []) }  // = swift

    /// An item is told from others by its class, service, account and tag.
    private static var names: [NSString] { [kSecClass, kSecAttrService, kSecAttrAccount, kSecAttrApplicationTag] }

    private static func isSame(_ item: NSDictionary, _ query: NSDictionary) -> Bool {
        names.allSatisfy { name in
            guard let asked = query[name] as? NSObject else { return true }
            return (item[name] as? NSObject)?.isEqual(asked) == true
        }
    }

    static func may(_ call: String, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> Bool {
        guard let status = refusals[call] else { return true }
        error?.pointee = Unmanaged.passRetained(CFError(CFIndex(status)))
        return false
    }

    static func random(_ count: Int, _ bytes: UnsafeMutableRawPointer) -> OSStatus {
        if let status = refusals["SecRandomCopyBytes"] { return status }
        for index in 0..<count { bytes.storeBytes(of: UInt8.random(in: 0...255), toByteOffset: index, as: UInt8.self) }
        return errSecSuccess
    }

    public static func add(_ item: NSDictionary) -> OSStatus {  // = swift
        if let status = refusals["SecItemAdd"] { return status }
        let quicker = before
        before = nil
        quicker?()
        guard !items.contains(where: { isSame($0, item) }) else { return errSecDuplicateItem }
        items.append(item)
        return errSecSuccess
    }

    static func make(_ parameters: NSDictionary) -> SecKey? {
        guard let own = parameters[kSecPrivateKeyAttrs] as? NSDictionary, let tag = own[kSecAttrApplicationTag] else { return nil }
        let key = SecKey(mark: UInt8(items.count + 1))
        let item: [NSString: Any] = [
            kSecClass: kSecClassKey, kSecAttrApplicationTag: tag, kSecReturnRef: key, kSecPrivateKeyAttrs: parameters,
        ]
        items.append(NSDictionary(dictionary: item))
        return key
    }

    static func find(_ query: NSDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
        if let status = refusals["SecItemCopyMatching"] { return status }
        guard let item = items.first(where: { isSame($0, query) }) else { return errSecItemNotFound }
        result?.pointee = (item[kSecValueData] ?? item[kSecReturnRef]) as AnyObject?
        return errSecSuccess
    }

    static func delete(_ query: NSDictionary) -> OSStatus {
        let left = items.filter { !isSame($0, query) }
        guard left.count < items.count else { return errSecItemNotFound }
        items = left
        return errSecSuccess
    }
}
