import Daka
import Foundation
import Testing

extension All {
    /// Disks and databases that are not as they should be: a typed error, and nothing that was answered is lost.
    @Suite struct StorageTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test(.enabled(if: Disk.isPossible, "mount namespaces: Linux, as root"))
        func aJournalOnAReadOnlyDisk() async throws {
            let phone = try await Phone.enrolled()
            let punch = try await phone.daka.punch(.tap(.in))
            try await phone.daka.closeDown()
            #expect(try Disk.helper(on: Disk.readOnly, phone.folder, "open") == ["read_only"])
            // Nor is a new folder made there.
            let new = phone.folder.path + "/new"
            #expect(try Disk.helper(on: Disk.readOnly, phone.folder, at: new, "open") == ["read_only"])
            #expect(!FileManager.default.fileExists(atPath: new))
            let daka = try await Phone.open(phone.folder)
            #expect(try await daka.punches(limit: 9).map(\.id) == [punch.id])
            #expect(try await daka.check().damaged == [])
            try await daka.closeDown()
        }

        @Test(.enabled(if: Disk.isPossible, "mount namespaces: Linux, as root"))
        func aFullDisk() throws {
            let said = try Disk.helper(on: Disk.small, temporaryFolder(), "fill", server.code())
            try #require(said.count == 5)
            #expect(said[0] == "disk_full" && said[1] == "disk_full")
            let answered = said[2].split(separator: ",")
            // Some before the disk was full, and one after there was room again.
            #expect(answered.count > 2)
            #expect(said[3].split(separator: ",") == answered)
            #expect(said[4] == "0")
        }

        @Test func aDatabaseThatIsNoneIsMovedAsideAndKept() async throws {
            let phone = try await Phone.enrolled()
            let lost = try await phone.daka.punch(.tap(.in))
            try await phone.daka.sync(.now)
            try await phone.daka.closeDown()
            let garbage = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 * 31) })
            try garbage.write(to: phone.folder.appendingPathComponent("journal.db"))

            let daka = try await Phone.open(phone.folder)
            let home = try await daka.home()
            #expect(home.employer != nil)
            let aside = try #require(home.storage.movedAside)
            #expect(try Data(contentsOf: phone.folder.appendingPathComponent(aside)) == garbage)
            // Punching goes on, and the server takes it.
            let next = try await daka.punch(.tap(.out))
            #expect(next.id != lost.id)
            #expect(try await daka.sync(.now).waiting == 0)
            #expect(try await daka.punches(limit: 9).map(\.id) == [next.id])
            #expect(try server.results([lost.id, next.id]).count == 2)
            try await daka.closeDown()
        }

        @Test func aDatabaseOfANewerVersionIsLeftAlone() async throws {
            let phone = try await Phone.enrolled()
            try await phone.daka.punch(.tap(.in))
            try await phone.daka.closeDown()
            // SQLite file format §1.3.12: bytes 60 to 63 are the user version, big-endian.
            let path = phone.folder.appendingPathComponent("journal.db")
            var database = try Data(contentsOf: path)
            database.replaceSubrange(60..<64, with: [0, 0, 0x27, 0x0f])
            try database.write(to: path)
            await expect(.newerDatabase) { try await Phone.open(phone.folder) }
            #expect(try Data(contentsOf: path) == database)
        }

        @Test func anotherSealingKeyOpensNothingAndChangesNothing() async throws {
            let phone = try await Phone.enrolled()
            let punch = try await phone.daka.punch(.tap(.in))
            try await phone.daka.closeDown()
            await expect(.wrongKey) { try await Phone.open(phone.folder, key: Data(repeating: 8, count: 32)) }
            await expect(.badValue, "sealing_key") { try await Phone.open(phone.folder, key: Data()) }
            let daka = try await Phone.open(phone.folder)
            #expect(try await daka.punches(limit: 9).map(\.id) == [punch.id])
            try await daka.closeDown()
        }
    }
}
