import DakaScreens
import Foundation

extension Device {
    /// This phone, with Apple's frameworks behind everything.
    @MainActor public static func thisPhone(version: String) throws -> Device {
        Device(
            version: version, root: try journals(), clock: PhoneClock(), keys: PhoneKeys(), surroundings: PhoneSurroundings(),
            camera: PhoneCamera(), gallery: PhoneGallery(), notices: PhoneNotices(), background: PhoneBackground(),
            network: PhoneNetwork())
    }

    /// The folder of all journals: outside App Groups and backups, readable after the first unlock.
    private static func journals() throws -> URL {
        var folder = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true
        ).appendingPathComponent("journals", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }
}
