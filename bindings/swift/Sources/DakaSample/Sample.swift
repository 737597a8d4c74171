import Daka
import Foundation

/// A day with Daka in about forty lines: open, enrol, agree, clock in at a position, send, look at the queue, export, verify. The tests
/// run it against the real server.
public struct Sample {
    let daka: any DakaClientProtocol

    public init(daka: any DakaClientProtocol) { self.daka = daka }

    /// `sealingKey`: 32 random bytes that the Keychain keeps.
    public static func open(folder: String, sealingKey: Data) async throws(DakaError) -> Sample {
        let config = DakaConfig(
            folder: folder, sealingKey: sealingKey, appVersion: "1.0", platform: .ios, utcOffsetMin: 480)
        return Sample(daka: try await DakaClient.open(config))  // a phone passes its clock and key, too
    }

    /// Enrols by a scanned code. What the code itself is wrong about is worth another scan; the rest is thrown on.
    public func enrol(_ scanned: String) async throws -> Bool {
        do {
            try await daka.enrol(scanned)
        } catch let error as DakaError where [.wrongCode, .usedCode, .expiredCode].contains(error.code) {
            return false  // show the sentence for error.code
        }
        try await daka.setConsent([ConsentChoice(purpose: .location, granted: true, textRev: 1)])
        try await daka.sync(SyncOptions(pace: .foreground, now: true))  // sites and rules
        return true
    }

    /// One tap: the punch is kept when this returns, and sent if the server is there.
    public func tap(latitude: Double, longitude: Double, accuracy: Double) async throws -> PunchState? {
        let offered = try await daka.home().offer
        let fix = PositionFix(
            latitude: latitude, longitude: longitude, accuracyM: accuracy, ageMs: 200, provider: .gps)
        let punch = try await daka.punch(
            PunchRequest(asked: offered, shown: offered, trigger: .tap, presence: .none, fixes: [fix]))
        try await daka.stopMeasuring()  // a phone offers better fixes for 15 s instead
        try await daka.sync(SyncOptions(pace: .foreground, now: false))
        return try await daka.punches(limit: 20).first { $0.id == punch.id }?.state
    }

    /// The employee's own copy of the evidence, and what it shows.
    public func proof(at path: String, rootPem: String) async throws -> BundleReport {
        try await daka.export(ExportRange(), path: path)
        return try await verifyBundle(path: path, rootPem: rootPem)
    }
}
