import Daka
import DakaSample
import Foundation
import Testing

extension All {
    /// From code to proof, against the real library and the real server.
    @Suite struct SliceTests {
        let server: Server

        init() throws {
            server = try Server.shared.get()
            try server.start()
        }

        @Test func fromTheCodeToTheProof() async throws {
            let phone = try await Phone()
            let before = try await phone.daka.home()
            #expect(before.employer == nil)

            let employer = try await phone.daka.enrol(server.code())
            #expect(employer.employer == "Acme Ltd" && employer.employee == "Employee One")
            #expect(employer.tenant == "acme" && employer.server == server.url && employer.active)
            try await phone.daka.setConsent([ConsentChoice(purpose: .location, granted: true, textRev: 3)])
            #expect(try await phone.daka.consent() == [ConsentChoice(purpose: .location, granted: true, textRev: 3)])
            try await phone.daka.sync(.now)
            let home = try await phone.daka.home()
            #expect(home.sites == ["Head office"] && home.standing == .active && home.locationConsent)
            #expect(home.offer == .in && home.word == .verified && home.queue.waiting == 0)

            let precheck = try await phone.daka.precheck([.door])
            #expect(precheck.place.verdict == .inside && precheck.siteName == "Head office")
            let door = try await phone.daka.punch(.tap(.in, at: .door))
            #expect(door.place?.verdict == .inside && door.word == .verified && !door.repeated && door.leftOut == [])
            // 100 m from the middle to the edge, to the millimetre.
            #expect(door.place?.distanceMm == -100_000)

            server.stop()
            let first = try await phone.daka.punch(.tap(.breakStart))
            let second = try await phone.daka.punch(.tap(.out, at: .fix(22.2900), note: "locked up"))
            // 0.0107° of latitude are about 1190 m: more than a kilometre outside.
            #expect(second.place?.verdict == .outside)
            let away = try await phone.daka.sync(.now)
            #expect(away.delivered == 0 && away.waiting >= 3 && away.next?.reason == .unreachable)
            #expect(try await phone.daka.punches(limit: 9).map(\.state) == [.waiting, .waiting, .waiting])
            try await phone.reopen()
            #expect(try await phone.daka.punches(limit: 9).map(\.id) == [second.id, first.id, door.id])

            try server.start()
            let back = try await phone.daka.sync(.now)
            #expect(back.waiting == 0 && back.delivered >= 3 && back.next == nil)
            #expect(try await phone.daka.punches(limit: 9).map(\.state) == [.received, .received, .received])
            let judged = try server.results([door.id, first.id, second.id])
            #expect(judged[door.id]?.verdict == "inside" && judged[door.id]?.asked == "in")
            #expect(judged[first.id]?.asked == "break_start")
            #expect(judged[second.id]?.verdict == "outside" && judged[second.id]?.asked == "out")

            let path = phone.folder.appendingPathComponent("bundle.daka")
            let size = try await phone.daka.export(ExportRange(), path: path.path)
            let bundle = try Data(contentsOf: path)
            #expect(size == UInt64(bundle.count))
            let report = try await verifyBundle(path: path.path, rootPem: server.rootPem)
            #expect(report.ok && report.trustGiven && report.root == employer.root && report.fails == [])
            #expect(Set(report.punches.map(\.id)) == [door.id, first.id, second.id])
            let day = phone.folder.appendingPathComponent("day.daka").path
            try await phone.daka.export(from: door.date, through: second.date, path: day)
            #expect(try await verifyBundle(path: day).punches.count == 3)
            try await phone.daka.export(from: "2026-01-01", through: "2026-01-02", path: day)
            #expect(try await verifyBundle(path: day).punches == [])
            let again = try await phone.daka.punchResult(second.id)
            #expect((again.id, again.seq, again.wallMs) == (second.id, second.seq, second.wallMs) && !again.repeated)
            let shown = try #require(report.punches.first { $0.id == door.id })
            #expect(shown.name == "Employee One" && shown.verdict == "inside" && shown.fails == [])
            for claim in [BundleClaim.chain, .signature, .device, .enrolment, .receipt, .time, .place] {
                #expect(shown.holds.contains(claim), "\(claim.text) does not hold")
            }

            // Without a root nothing is trusted, and with one byte changed nothing holds.
            #expect(try await verifyBundle(path: path.path).trustGiven == false)
            var changed = bundle
            changed[bundle.count / 2] ^= 1
            let copy = try phone.file("changed.daka", changed)
            #expect(try await verifyBundle(path: copy, rootPem: server.rootPem).ok == false)
        }

        @Test func aPunchThatWasAnsweredSurvivesAKill() async throws {
            let phone = try await Phone.enrolled()
            let before = try await phone.daka.punch(.tap(.in))
            try await phone.daka.closeDown()

            let helper = try Helper(folder: phone.folder)
            // While it lives, the journal is its own.
            await expect(.inUse) { try await Phone.open(phone.folder) }
            helper.kill()

            let daka = try await Phone.open(phone.folder)
            #expect(try await daka.punches(limit: 9).map(\.id) == [helper.punch, before.id])
            #expect(try await daka.check().damaged == [])
            let report = try await daka.sync(.now)
            #expect(report.waiting == 0)
            #expect(try await daka.punches(limit: 9).map(\.state) == [.received, .received])
            #expect(try server.results([helper.punch])[helper.punch]?.asked == "out")
            try await daka.closeDown()
        }

        @Test func aFieldVisitWithItsPhotoArrives() async throws {
            let phone = try await Phone.enrolled()
            let capture = try await phone.daka.beginCapture()
            let photo = try await phone.daka.adoptPhoto(path: Photos.path, capture: capture)
            #expect(photo.width == 16 && photo.height == 9 && photo.size == 384)
            let visit = try await phone.daka.punch(
                PunchRequest(
                    asked: .auto, shown: .in, trigger: .tap, presence: .photo, field: .clientVisit, fixes: [.door],
                    note: "boiler checked", visit: "V-1", photos: [photo.digest]))
            let report = try await phone.daka.sync(.now)
            #expect(report.photos == 1 && report.waiting == 0)
            let line = try #require(try await phone.daka.punches(limit: 1).first)
            #expect(line.id == visit.id && line.field == .clientVisit && line.photos == 1 && line.note)
            #expect(line.state == .received)
        }

        @Test func aTypedCodeEnrolsAPhoneThatWaitsForTheAdministrator() async throws {
            let typed = try server.typedCode()
            let daka = try await Phone().daka
            // In small letters and without the hyphen, as a person types it.
            let employer = try await daka.enrol(typed.lowercased().filter { $0 != "-" })
            #expect(!employer.active)
            #expect(try await daka.home().standing == .pending)
            let punch = try await daka.punch(.tap(.in))
            #expect(try await daka.sync(.now).next?.reason == .notApproved)
            try server.approve(employer.device)
            #expect(try await daka.sync(.now).waiting == 0)
            #expect(try await daka.home().standing == .active)
            #expect(try await daka.punches(limit: 9).map(\.id) == [punch.id])
            #expect(try await daka.punches(limit: 9).map(\.state) == [.received])
            let other = try await Phone().daka
            await expect(.usedCode) { try await other.enrol(typed) }
        }

        @Test func theSampleWorks() async throws {
            let folder = try temporaryFolder()
            let sample = try await Sample.open(folder: folder.path, sealingKey: Phone.key)
            let code = try server.code()
            #expect(try await sample.enrol(code))
            let state = try await sample.tap(latitude: Server.latitude, longitude: Server.longitude, accuracy: 5)
            #expect(state == .received)
            let path = folder.appendingPathComponent("bundle.daka").path
            let report = try await sample.proof(at: path, rootPem: server.rootPem)
            #expect(report.ok && report.punches.count == 1)
            // The same code on another phone is worth another scan, and no error.
            let other = try await Sample.open(
                folder: folder.appendingPathComponent("other").path, sealingKey: Phone.key)
            #expect(try await other.enrol(code) == false)
        }
    }
}

/// The core's own test picture.
enum Photos {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let path = root + "/core/src/domain/photo/testdata/baseline-16x9.jpg"
}
