import Daka
import Foundation
import Testing

/// All tests, one after the other: they share the server. The limit ends what hangs, and measures nothing.
@Suite(.serialized, .timeLimit(.minutes(2))) enum All {}

/// A phone's folder and key, and the client that is open on it.
final class Phone {
    static let key = Data(repeating: 7, count: 32)
    static let consent = [Purpose.location, .radio, .photo].map {
        ConsentChoice(purpose: $0, granted: true, textRev: 1)
    }

    let folder: URL
    private(set) var daka: DakaClient

    init() async throws {
        folder = try temporaryFolder()
        daka = try await Self.open(folder)
    }

    /// Enrolled, with every consent, and with what the server had for it.
    static func enrolled() async throws -> Phone {
        let phone = try await Phone()
        try await phone.daka.enrol(try Server.shared.get().code())
        try await phone.daka.setConsent(consent)
        let report = try await phone.daka.sync(.now)
        #expect(report.rulesChanged && report.anchored && report.waiting == 0)
        return phone
    }

    static func open(_ folder: URL, key: Data = key) async throws(DakaError) -> DakaClient {
        try await DakaClient.open(config(folder, key: key))
    }

    static func config(_ folder: URL, key: Data = key, offset: Int16 = 480) -> DakaConfig {
        DakaConfig(
            folder: folder.path, sealingKey: key, appVersion: "1.0", platform: .ios, utcOffsetMin: offset)
    }

    func reopen() async throws {
        try await daka.closeDown()
        daka = try await Self.open(folder)
    }

    /// A file in the folder of nobody's interest.
    func file(_ name: String, _ bytes: Data) throws -> String {
        let path = folder.appendingPathComponent(name)
        try bytes.write(to: path)
        return path.path
    }
}

extension SyncOptions {
    static let now = SyncOptions(pace: .foreground, now: true)
}

extension PunchRequest {
    static func tap(
        _ asked: Asked, at fixes: PositionFix..., note: String? = nil, visit: String? = nil, photos: [String] = []
    ) -> PunchRequest {
        PunchRequest(
            asked: asked, shown: asked, trigger: .tap, presence: .none, fixes: fixes, note: note, visit: visit,
            photos: photos)
    }
}

extension PositionFix {
    /// At the site's door, half a second ago.
    static let door = fix()

    static func fix(
        _ latitude: Double = Server.latitude, _ longitude: Double = Server.longitude, accuracy: Double? = 8,
        ageMs: Int64 = 500
    ) -> PositionFix {
        PositionFix(
            latitude: latitude, longitude: longitude, accuracyM: accuracy, ageMs: ageMs, provider: .fused, mock: false,
            precise: true)
    }
}

/// The failure of a call that must fail.
func failure<Value>(
    at place: SourceLocation = #_sourceLocation, _ call: () async throws -> Value
) async -> DakaError? {
    do {
        let value = try await call()
        Issue.record("it did not fail, but said \(value)", sourceLocation: place)
        return nil
    } catch let error as DakaError {
        return error
    } catch {
        Issue.record("it threw \(error), which is no DakaError", sourceLocation: place)
        return nil
    }
}

/// A call fails with this code and field.
func expect<Value>(
    _ code: FailureCode, _ field: String? = nil, at place: SourceLocation = #_sourceLocation,
    _ call: () async throws -> Value
) async {
    guard let error = await failure(at: place, call) else { return }
    #expect(error.code == code, sourceLocation: place)
    #expect(error.field == field, sourceLocation: place)
    #expect(!error.detail.isEmpty, sourceLocation: place)
}
