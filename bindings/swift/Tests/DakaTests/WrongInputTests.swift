import Daka
import Foundation
import Testing

extension All {
    /// Whatever is wrong is a typed error that names the field, and nothing is lost or left behind.
    @Suite struct WrongInputTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func positionsThatCannotBe() async throws {
            let daka = try await Phone.enrolled().daka
            let wrong: [(PositionFix, String)] = [
                (.fix(.nan), "latitude"), (.fix(90.1), "latitude"), (.fix(0, .infinity), "longitude"),
                (.fix(0, -180.1), "longitude"), (.fix(accuracy: .nan), "accuracy"), (.fix(accuracy: -1), "accuracy"),
            ]
            for (fix, field) in wrong {
                await expect(.badPlace, field) { try await daka.precheck([fix]) }
            }
            // A punch is not lost for it: the position is left out and named.
            let punch = try await daka.punch(.tap(.in, at: .fix(.nan), .door))
            #expect(punch.leftOut.map(\.code) == [.badPlace] && punch.leftOut.map(\.field) == ["latitude"])
            #expect(punch.place?.verdict == .inside)
            #expect(try await daka.punches(limit: 9).count == 1)
            await expect(.badPlace, "longitude") { try await daka.offerFixes([.fix(0, .nan)], to: punch.id) }
        }

        @Test func aPositionWithoutAccuracySaysNothing() async throws {
            let daka = try await Phone.enrolled().daka
            let punch = try await daka.punch(.tap(.in, at: .fix(accuracy: nil)))
            #expect(punch.leftOut == [] && punch.place?.verdict == .notEvaluated)
            #expect(punch.place?.reasons == [.noAccuracy])
        }

        @Test func textsAndValuesThatCannotBe() async throws {
            let daka = try await Phone.enrolled().daka
            let enormous = String(repeating: "x", count: 5_000_000)
            await expect(.badValue, "note") { try await daka.punch(.tap(.in, note: "")) }
            await expect(.badValue, "note") { try await daka.punch(.tap(.in, note: enormous)) }
            await expect(.badValue, "visit") { try await daka.punch(.tap(.in, visit: "")) }
            await expect(.badValue, "visit") { try await daka.punch(.tap(.in, visit: enormous)) }
            await expect(.badValue, "asked") { try await daka.punch(.tap(.unknown)) }
            await expect(.badValue, "photo") { try await daka.punch(.tap(.in, photos: ["no digest"])) }
            await expect(.photoMissing) {
                try await daka.punch(.tap(.in, photos: [String(repeating: "0", count: 64)]))
            }
            #expect(try await daka.punches(limit: 9) == [])

            let punch = try await daka.punch(.tap(.in, note: String(repeating: "x", count: 4000)))
            await expect(.badValue, "note") { try await daka.addNote("", visit: nil, to: punch.id) }
            await expect(.badValue, "visit") { try await daka.addNote(nil, visit: enormous, to: punch.id) }
            for id in ["no id", "", enormous] {
                await expect(.badValue, "punch") { try await daka.addNote("x", visit: nil, to: id) }
                await expect(.badValue, "photo") { try await daka.addPhotos([id], to: punch.id) }
                await expect(.badValue, "photo") { try await daka.dropPhoto(id) }
                await expect(.badValue, "capture") { try await daka.adoptPhoto(path: Photos.path, capture: id) }
            }
            await expect(.unknownPunch) {
                try await daka.addNote("x", visit: nil, to: "01890000-0000-7000-8000-000000000000")
            }
            let twice = ConsentChoice(purpose: .photo, granted: true, textRev: 1)
            await expect(.badValue, "purpose") { try await daka.setConsent([twice, twice]) }
        }

        @Test func timesThatCannotBe() async throws {
            let clock = StandingClock(wallMs: 1_790_000_000_000)
            let phone = try temporaryFolder()
            let daka = try await DakaClient.open(Phone.config(phone), clock: clock)
            try await daka.enrol(server.code())
            // 2000-01-01 and 2100-01-01 (UTC, `date +%s`), each taken, and a millisecond beyond.
            let (from, to): (Int64, Int64) = (946_684_800_000, 4_102_444_800_000)
            let path = phone.path + "/bundle.daka"
            for wrong in [from - 1, to + 1, .min, .max] {
                await expect(.badValue, "date") { try await daka.export(from: "2026-02-30", through: "2026-03-01", path: path) }
                await expect(.badTime, "from_ms") { try await daka.export(ExportRange(fromMs: wrong), path: path) }
                await expect(.badTime, "to_ms") { try await daka.export(ExportRange(toMs: wrong), path: path) }
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try await daka.export(ExportRange(fromMs: from, toMs: to), path: path) > 0)
            // A phone's clock may show anything: the punch is kept, with what it showed.
            for (n, wall) in [from - 1, to + 1, -1, .min, .max].enumerated() {
                clock.set(wallMs: wall)
                clock.pass(elapsedMs: 2000)
                let punch = try await daka.punch(.tap(n % 2 == 0 ? .in : .out))
                #expect(punch.wallMs == wall && !punch.repeated)
            }
            // Nor does a position's age cost one.
            for age in [Int64.min, .max] {
                clock.pass(elapsedMs: 2000)
                #expect(try await daka.punch(.tap(.breakStart, at: .fix(ageMs: age))).place?.verdict == .notEvaluated)
            }
            #expect(try await daka.punches(limit: 9).count == 7)
            #expect(try await daka.check().damaged == [])
            #expect(try await daka.sync(.now).waiting == 0)
            try await daka.closeDown()
        }

        @Test func photosThatAreNone() async throws {
            let phone = try await Phone.enrolled()
            let daka = phone.daka
            let picture = try Data(contentsOf: URL(fileURLWithPath: Photos.path))
            let wrong: [(Data, FailureCode)] = [
                (Data(), .photoEmpty), (Data("GIF89a, and no JPEG".utf8), .photoNotJpeg),
                (picture.prefix(picture.count - 2), .photoTruncated), (picture.prefix(1), .photoTruncated),
            ]
            for (bytes, code) in wrong {
                let path = try phone.file("photo.jpg", bytes)
                await expect(code) { try await daka.adoptPhoto(path: path, capture: nil) }
            }
            await expect(.photoUnreadable) { try await daka.adoptPhoto(path: phone.folder.path, capture: nil) }
            await expect(.photoUnreadable) {
                try await daka.adoptPhoto(path: phone.folder.path + "/absent.jpg", capture: nil)
            }
            await expect(.photoUnreadable) { try await daka.adoptPhoto(path: "", capture: nil) }
            // 200 MB that begin like a photo: SOI, then a scan that does not end.
            let large = try phone.file("large.jpg", picture.prefix(picture.count - 2))
            let file = try #require(FileHandle(forWritingAtPath: large))
            try file.truncate(atOffset: 200_000_000)
            try file.close()
            await expect(.photoTooLarge) { try await daka.adoptPhoto(path: large, capture: nil) }
            let kept = try FileManager.default.contentsOfDirectory(atPath: phone.folder.path + "/photos")
            #expect(kept == [])
            let many = (0..<10).map { String(repeating: "\($0)", count: 64) }
            await expect(.photoTooMany) { try await daka.punch(.tap(.in, photos: many)) }
            #expect(try await daka.punches(limit: 9) == [])
        }

        @Test func capturesThatAreUnknownUsedOrTooOld() async throws {
            let clock = StandingClock(wallMs: 1_790_000_000_000)
            let daka = try await DakaClient.open(Phone.config(try temporaryFolder()), clock: clock)
            try await daka.enrol(server.code())
            try await daka.setConsent(Phone.consent)
            await expect(.badValue, "capture") { try await daka.adoptPhoto(path: Photos.path, capture: "no nonce") }
            let good = try await daka.beginCapture()
            let unknown = String(repeating: "0", count: good.count)
            await expect(.captureUnknown) { try await daka.adoptPhoto(path: Photos.path, capture: unknown) }
            let draft = try await daka.adoptPhoto(path: Photos.path, capture: good)
            await expect(.captureUsed) { try await daka.adoptPhoto(path: Photos.path, capture: good) }
            // The picture that the capture has is still there.
            #expect(try await daka.punch(.tap(.in, photos: [draft.digest])).leftOut == [])
            // Five minutes, and no millisecond more. A file that is none does not use the capture up.
            let late = try await daka.beginCapture()
            clock.pass(ms: 300_000)
            await expect(.photoUnreadable) { try await daka.adoptPhoto(path: "", capture: late) }
            clock.pass(ms: 1)
            await expect(.captureTooOld) { try await daka.adoptPhoto(path: Photos.path, capture: late) }
            let timely = try await daka.beginCapture()
            clock.pass(ms: 300_000)
            let kept = try await daka.adoptPhoto(path: Photos.path, capture: timely)
            #expect(kept.digest == draft.digest)
            // After a restart nobody can say how long the phone was off.
            let before = try await daka.beginCapture()
            clock.restart()
            await expect(.captureTooOld) { try await daka.adoptPhoto(path: Photos.path, capture: before) }
            try await daka.closeDown()
        }

        @Test func photosWithoutConsent() async throws {
            let daka = try await Phone.enrolled().daka
            let draft = try await daka.adoptPhoto(path: Photos.path, capture: nil)
            try await daka.setConsent(Phone.consent.filter { $0.purpose != .photo })
            await expect(.noConsent, "photo") { try await daka.adoptPhoto(path: Photos.path, capture: nil) }
            // A tap is not lost for it.
            let punch = try await daka.punch(.tap(.in, photos: [draft.digest]))
            #expect(punch.leftOut.map(\.code) == [.noConsent] && punch.leftOut.map(\.field) == ["photo"])
            await expect(.noConsent, "photo") { try await daka.addPhotos([draft.digest], to: punch.id) }
            #expect(try await daka.punches(limit: 9).map(\.photos) == [0])
        }

        @Test func configurationsThatCannotBe() async throws {
            let phone = try await Phone.enrolled()
            let punch = try await phone.daka.punch(.tap(.in))
            await expect(.inUse) { try await Phone.open(phone.folder) }
            try await phone.daka.closeDown()
            await expect(.wrongKey) { try await Phone.open(phone.folder, key: Data(repeating: 8, count: 32)) }
            await expect(.badValue, "sealing_key") { try await Phone.open(phone.folder, key: Data(count: 31)) }
            await expect(.badValue, "utc_offset_min") {
                try await DakaClient.open(Phone.config(phone.folder, offset: 841))
            }
            await expect(.badValue, "folder") {
                try await DakaClient.open(
                    DakaConfig(
                        folder: "", sealingKey: Phone.key, appVersion: "1.0", platform: .ios, utcOffsetMin: 0))
            }
            for version in ["", String(repeating: "1", count: 65)] {
                await expect(.badValue, "app version") {
                    try await DakaClient.open(
                        DakaConfig(
                            folder: phone.folder.path, sealingKey: Phone.key, appVersion: version, platform: .ios,
                            utcOffsetMin: 0))
                }
            }
            let daka = try await Phone.open(phone.folder)
            #expect(try await daka.punches(limit: 9).map(\.id) == [punch.id])
            try await daka.closeDown()
        }

        @Test func codesThatCannotEnrol() async throws {
            let phone = try await Phone()
            let daka = phone.daka
            await expect(.notEnrolled) { try await daka.punch(.tap(.in)) }
            await expect(.notEnrolled) { try await daka.employer() }
            let code = try server.code()
            await expect(.badValue, "enrolment text") { try await daka.enrol("") }
            await expect(.badValue, "enrolment text") { try await daka.enrol(String(repeating: "x", count: 2_000_000)) }
            await expect(.badValue, "enrolment text") { try await daka.enrol("https://daka.example/") }
            await expect(.badValue, "server URL") {
                try await daka.enrol(code.replacing("u", with: "http%3A%2F%2Fdaka.example"))
            }
            await expect(.wrongCode) { try await daka.enrol(code.replacing("c", with: String(repeating: "A", count: 22))) }
            // Nobody listens at port 1 of this machine.
            await expect(.unreachable) { try await daka.enrol(code.replacing("u", with: "http%3A%2F%2F127.0.0.1%3A1")) }
            // The server answers, and hangs on another root than the code says. That used the code.
            await expect(.otherRoot) { try await daka.enrol(code.replacing("r", with: String(repeating: "A", count: 43))) }
            await expect(.usedCode) { try await daka.enrol(code) }
            let expired = try server.expiredCode()
            await expect(.expiredCode) { try await daka.enrol(expired) }
            #expect(try await daka.home().employer == nil)

            try await daka.enrol(server.code())
            await expect(.alreadyEnrolled) { try await daka.enrol(server.code()) }
            #expect(try await daka.employer().tenant == "acme")
        }

        @Test func bundlesThatAreNone() async throws {
            let phone = try await Phone()
            let path = try phone.file("no bundle", Data("no bundle".utf8))
            await expect(.badValue, "path") { try await verifyBundle(path: phone.folder.path) }
            await expect(.badValue, "path") { try await verifyBundle(path: path + " at all") }
            await expect(.badValue, "root") { try await verifyBundle(path: path, rootPem: "no root") }
            let report = try await verifyBundle(path: path, rootPem: server.rootPem)
            #expect(!report.ok && !report.fails.isEmpty && report.punches == [])
        }
    }
}

extension String {
    /// A QR text with another value for one parameter.
    func replacing(_ parameter: String, with value: String) -> String {
        replacing(try! Regex("([?&])\(parameter)=[^&]*")) { match in
            "\(match.output[1].substring ?? "")\(parameter)=\(value)"
        }
    }
}
