import DakaFFI
import Foundation

/// The real journal, over the core's library. One for each employer and process, kept for the whole life of the app.
///
/// It holds what the core gave it and hands every call on; it decides nothing. What a call does and throws is said at
/// ``DakaClientProtocol``.
public final class DakaClient: DakaClientProtocol {
    private let core: DakaFFI.DakaClient
    private let hub: EventHub

    private init(core: DakaFFI.DakaClient, hub: EventHub) {
        self.core = core
        self.hub = hub
    }

    deinit { hub.end() }

    /// Opens the journal in `config.folder`. Takes no longer for a long journal, and waits for no key store, network or position.
    ///
    /// Throws ``FailureCode/inUse`` while another client or process has the folder, ``FailureCode/wrongKey``,
    /// ``FailureCode/newerDatabase``, ``FailureCode/readOnly``, ``FailureCode/diskFull``, ``FailureCode/storage``,
    /// ``FailureCode/keyRefused``, or ``FailureCode/badValue`` for the configuration. A journal that is not enrolled yet or whose
    /// database is damaged is no error: ``home()`` says so.
    ///
    /// - Parameters:
    ///   - clock: The phone's clocks, which count through sleep and name the boot. Without it the system's own is used.
    ///   - key: The device's key in hardware. Without it the key is a file in the folder.
    public static func open(
        _ config: DakaConfig, clock: (any PlatformClock)? = nil, key: (any DeviceKey)? = nil
    ) async throws(DakaError) -> DakaClient {
        let hub = EventHub()
        let core = try await callingToTheEnd {
            try await DakaFFI.DakaClient.open(config: config, clock: clock, key: key, listener: hub)
        }
        return DakaClient(core: core, hub: hub)
    }

    public var events: AsyncStream<DakaEvent> { hub.events }

    public var homeStates: AsyncStream<HomeState> {
        // Weakly: a screen that still listens does not keep the journal open.
        hub.states { [weak self] in try? await self?.home() }
    }

    public func pause() async throws(DakaError) { try await callingToTheEnd { try await core.pause() } }

    public func resume() async throws(DakaError) {
        try await callingToTheEnd { try await core.resume() }
        // Opening again tells no event, and much may have changed.
        hub.lookAgain()
    }

    public func closeDown() async throws(DakaError) {
        defer { hub.end() }
        try await callingToTheEnd { try await core.closeDown() }
    }

    @discardableResult
    public func enrol(_ text: String) async throws -> EmployerInfo {
        try await calling { [core] in try await core.enrol(text: text) }
    }

    public func employer() async throws -> EmployerInfo { try await calling { [core] in try await core.employer() } }

    public func setConsent(_ choices: [ConsentChoice]) async throws {
        try await calling { [core] in try await core.setConsent(choices: choices) }
    }

    public func consent() async throws -> [ConsentChoice] { try await calling { [core] in try await core.consent() } }

    public func home() async throws -> HomeState { try await calling { [core] in try await core.home() } }

    public func precheck(_ fixes: [PositionFix]) async throws -> Precheck {
        try await calling { [core] in try await core.precheck(fixes: fixes) }
    }

    @discardableResult
    public func punch(_ request: PunchRequest) async throws -> PunchResult {
        try await calling { [core] in try await core.punch(request: request) }
    }

    @discardableResult
    public func offerFixes(_ fixes: [PositionFix], to punch: String) async throws -> PlaceState {
        try await calling { [core] in try await core.offerFixes(punch: punch, fixes: fixes) }
    }

    public func stopMeasuring() async throws { try await calling { [core] in try await core.stopMeasuring() } }

    public func addNote(_ text: String?, visit: String?, to punch: String) async throws {
        try await calling { [core] in try await core.addNote(punch: punch, text: text, visit: visit) }
    }

    public func punches(limit: UInt32) async throws -> [PunchLine] {
        try await calling { [core] in try await core.punches(limit: limit) }
    }

    public func beginCapture() async throws -> String { try await calling { [core] in try await core.beginCapture() } }
    public func refresh() { hub.lookAgain() }

    public func month(year: Int32, month: Int32) async throws -> MonthView {
        try await calling { [core] in try await core.month(year: year, month: month) }
    }

    public func day(_ date: String) async throws -> DayView {
        try await calling { [core] in try await core.day(date: date) }
    }

    public func punchDetail(_ punch: String) async throws -> PunchDetail {
        try await calling { [core] in try await core.punchDetail(punch: punch) }
    }

    public func punchResult(_ punch: String) async throws -> PunchResult {
        try await calling { [core] in try await core.punchResult(punch: punch) }
    }

    public func photo(_ digest: String, maxBytes: UInt64) async throws -> Data {
        try await calling { [core] in try await core.photo(digest: digest, maxBytes: maxBytes) }
    }

    public func draft() async throws -> FieldDraft? { try await calling { [core] in try await core.draft() } }

    public func saveDraft(_ draft: FieldDraft) async throws {
        try await calling { [core] in try await core.saveDraft(draft: draft) }
    }

    public func dropDraft() async throws { try await calling { [core] in try await core.dropDraft() } }

    public func adoptDraftPhoto(path: String, capture: String?) async throws -> PhotoDraft {
        try await calling { [core] in try await core.adoptDraftPhoto(path: path, capture: capture) }
    }

    public func fieldPolicy() async throws -> FieldPolicy {
        try await calling { [core] in try await core.fieldPolicy() }
    }

    public func waiting() async throws -> WaitingView { try await calling { [core] in try await core.waiting() } }

    @discardableResult
    public func export(from first: String, through last: String, path: String) async throws -> UInt64 {
        try await calling { [core] in try await core.exportDays(first: first, last: last, path: path) }
    }

    @discardableResult
    public func export(punches: [String], path: String) async throws -> UInt64 {
        try await calling { [core] in try await core.exportPunches(punches: punches, path: path) }
    }

    @discardableResult
    public func exportRefused(path: String) async throws -> UInt64 {
        try await calling { [core] in try await core.exportRefused(path: path) }
    }

    public func leavePreview() async throws -> LeavePreview {
        try await calling { [core] in try await core.leavePreview() }
    }

    @discardableResult
    public func leave(exportPath: String) async throws -> UInt64 {
        let size = try await callingToTheEnd { try await core.leave(exportPath: exportPath) }
        hub.end()
        return size
    }

    public func keys() async throws -> [KeyInfo] { try await calling { [core] in try await core.keys() } }

    public func diagnostics() async throws -> String { try await calling { [core] in try await core.diagnostics() } }

    public func consentPage() async throws -> ConsentPage {
        try await calling { [core] in try await core.consentPage() }
    }

    public func reminders() async throws -> [Reminder] { try await calling { [core] in try await core.reminders() } }

    @discardableResult
    public func setReminders(_ reminders: [Reminder]) async throws -> [Reminder] {
        try await calling { [core] in try await core.setReminders(reminders: reminders) }
    }

    public func nextReminders(limit: Int32) async throws -> [ReminderDue] {
        try await calling { [core] in try await core.nextReminders(limit: limit) }
    }

    public func adoptPhoto(path: String, capture: String?) async throws -> PhotoDraft {
        try await calling { [core] in try await core.adoptPhoto(path: path, capture: capture) }
    }

    public func dropPhoto(_ digest: String) async throws {
        try await calling { [core] in try await core.dropPhoto(photo: digest) }
    }

    public func addPhotos(_ digests: [String], to punch: String) async throws {
        try await calling { [core] in try await core.addPhotos(punch: punch, photos: digests) }
    }

    @discardableResult
    public func sync(_ options: SyncOptions) async throws -> SyncReport {
        try await calling { [core] in try await core.sync(options: options) }
    }

    public func stopSync() {
        // The core only sets a flag; it declares an error because every export does.
        try? core.stopSync()
    }

    public func wake() async throws { try await calling { [core] in try await core.wake() } }

    public func queue() async throws -> QueueState { try await calling { [core] in try await core.queue() } }

    @discardableResult
    public func export(_ range: ExportRange, path: String) async throws -> UInt64 {
        try await calling { [core] in try await core.export(range: range, path: path) }
    }

    @discardableResult
    public func check() async throws -> CheckReport { try await calling { [core] in try await core.check() } }

    public func settle() async throws { try await calling { [core] in try await core.settle() } }
}

/// Verifies the proof bundle in the file at `path`, against the employer's root in PEM if one is given. Needs no journal and no network.
///
/// A bundle that does not hold is no error: the report says what fails. Throws ``FailureCode/badValue`` for a path that is no file or a
/// root that is none, ``FailureCode/storage`` if the file cannot be read.
public func verifyBundle(path: String, rootPem: String? = nil) async throws -> BundleReport {
    try await calling { try await DakaFFI.verifyBundle(path: path, rootPem: rootPem) }
}

/// The version of the core's library.
public func coreVersion() throws(DakaError) -> String {
    do { return try DakaFFI.coreVersion() } catch { throw DakaError(error) }
}
