import Daka
import Foundation

/// A journal in memory, for UI tests and previews: no library call, no file, no network, no clock.
///
/// It answers as the core would in plain cases: punches get ids and wait, a sync delivers them, a second tap within a second gives
/// the same punch, a phone that is not enrolled says so. Everything else is what the test sets: verdict, time word, the wall clock, whether
/// the server can be reached, what the next call fails with. It judges no place, checks no text and reads no photo.
///
/// ```swift
/// let fake = FakeDakaClient(employer: FakeDakaClient.someEmployer)
/// fake.place = FakeDakaClient.place(.outside)
/// fake.failNext(DakaError(.diskFull))
/// ```
public final class FakeDakaClient: DakaClientProtocol, @unchecked Sendable {
    struct State {
        var employer: EmployerInfo?
        var standing = Standing.active
        var place = FakeDakaClient.place(.notEvaluated, .noFix)
        var word = TimeWord.unverified
        var wallMs: Int64 = 1_767_225_600_000
        var reachable = true
        var sites: [String] = []
        var storage = StorageState(
            damaged: [], structureDamaged: false, movedAside: nil, salvaged: 0, incomplete: false)

        var failures: [DakaError] = []
        var paused = false
        var closed = false
        var consent: [ConsentChoice] = []
        var offsetMin: Int16 = 0
        var drawing: PlaceDrawing?
        var details: @Sendable (PunchDetail) -> PunchDetail = { $0 }
        var pictures: [String: Data] = [:]
        var draft: FieldDraft?
        var fieldPolicy = FieldPolicy(camera: true, gallery: false, photoRequired: true, maxPhotos: 9, photoConsent: true)
        var extras: [String: Extras] = [:]
        var punches: [PunchLine] = []
        var requests: [PunchRequest] = []
        var photos: [PhotoDraft] = []
        var captures: Set<String> = []
        var exports: [String] = []
        var reminders: [Reminder] = []
        var numbers: UInt64 = 0
    }

    private let lock = NSLock()
    private let hub = EventHub()
    private var state: State

    /// A journal that is open: of `employer`, or of a phone that is not enrolled yet.
    public init(employer: EmployerInfo? = nil) {
        state = State(employer: employer)
    }

    deinit { hub.end() }

    public var events: AsyncStream<DakaEvent> { hub.events }

    public var homeStates: AsyncStream<HomeState> {
        hub.states { [weak self] in try? await self?.home() }
    }
}

// MARK: - What a test sets and looks at

extension FakeDakaClient {
    /// What ``precheck(_:)`` and punches say of the place. Until it is set: not evaluated, because the phone had no position.
    public var place: PlaceState {
        get { read(\.place) }
        set { write { $0.place = newValue } }
    }

    /// The time word that a tap gets. Until it is set: unverified.
    public var word: TimeWord {
        get { read(\.word) }
        set { write { $0.word = newValue } }
    }

    /// The wall clock, UTC milliseconds. It stands still until it is set: at first the beginning of 2026.
    public var wallMs: Int64 {
        get { read(\.wallMs) }
        set { write { $0.wallMs = newValue } }
    }

    /// The wall clock's offset from UTC, minutes.
    public var offsetMin: Int16 {
        get { read(\.offsetMin) }
        set { write { $0.offsetMin = newValue } }
    }

    /// What a precheck draws.
    public var drawing: PlaceDrawing? {
        get { read(\.drawing) }
        set { write { $0.drawing = newValue } }
    }

    /// What a detail says beyond what was punched.
    public var details: @Sendable (PunchDetail) -> PunchDetail {
        get { read(\.details) }
        set { write { $0.details = newValue } }
    }

    /// What the employer's policy says of a field check-in.
    public var fieldPolicy: FieldPolicy {
        get { read(\.fieldPolicy) }
        set { write { $0.fieldPolicy = newValue } }
    }

    /// The bytes that ``photo(_:maxBytes:)`` gives for a digest.
    public var pictures: [String: Data] {
        get { read(\.pictures) }
        set { write { $0.pictures = newValue } }
    }

    /// Whether a sync reaches the server.
    public var reachable: Bool {
        get { read(\.reachable) }
        set { write { $0.reachable = newValue } }
    }

    /// Whether the administrator has approved the device.
    public var standing: Standing {
        get { read(\.standing) }
        set { write(.enrolmentChanged) { $0.standing = newValue } }
    }

    /// The names of the sites in force.
    public var sites: [String] {
        get { read(\.sites) }
        set { write(.rulesChanged) { $0.sites = newValue } }
    }

    /// What the home state says of the storage.
    public var storage: StorageState {
        get { read(\.storage) }
        set { write(.damageFound(seqs: newValue.damaged)) { $0.storage = newValue } }
    }

    /// What was asked for, in order.
    public var requests: [PunchRequest] { read(\.requests) }

    /// Where bundles were asked for. Nothing is written there.
    public var exports: [String] { read(\.exports) }

    /// The next call fails with this, and the one after it with the next. Streams and ``stopSync()`` cannot fail.
    public func failNext(_ error: DakaError) { write { $0.failures.append(error) } }

    /// Tells an event, as the core would.
    public func tell(_ event: DakaEvent) { try? hub.onEvent(event: event) }

    /// Somebody's employer.
    public static let someEmployer = EmployerInfo(
        employer: "Acme Ltd", employee: "Employee 1", tenant: "acme", server: "https://daka.example",
        root: String(repeating: "a", count: 64), device: String(repeating: "b", count: 64),
        journal: String(repeating: "c", count: 64), active: true)

    /// A verdict without figures.
    public static func place(_ verdict: Verdict, _ reasons: VerdictReason..., help: Help? = nil) -> PlaceState {
        PlaceState(
            verdict: verdict, reasons: reasons, help: help, site: nil, pMillionths: nil, distanceMm: nil, sigmaMm: nil)
    }

    private func read<Value>(_ value: (State) -> Value) -> Value { lock.withLock { value(state) } }

    private func write(_ event: DakaEvent? = nil, _ change: (inout State) -> Void) {
        lock.withLock { change(&state) }
        if let event { tell(event) }
    }
}

// MARK: - The calls

extension FakeDakaClient {
    public func pause() async throws(DakaError) { try answer(enrolled: false) { $0.paused = true } }

    public func resume() async throws(DakaError) {
        try answer(enrolled: false, paused: true) { $0.paused = false }
        hub.lookAgain()
    }

    public func closeDown() async throws(DakaError) {
        write { $0.closed = true }
        hub.end()
    }

    /// Any text that is not empty enrols as ``someEmployer``; what a code can be refused for comes by ``failNext(_:)``.
    @discardableResult
    public func enrol(_ text: String) async throws(DakaError) -> EmployerInfo {
        try answer(enrolled: false, tells: [.enrolmentChanged]) { state throws(DakaError) in
            guard !text.isEmpty else { throw DakaError(.badValue, field: "enrolment text") }
            guard state.employer == nil else { throw DakaError(.alreadyEnrolled) }
            state.employer = Self.someEmployer
            return Self.someEmployer
        }
    }

    public func employer() async throws(DakaError) -> EmployerInfo {
        try answer { state throws(DakaError) in
            guard let employer = state.employer else { throw DakaError(.notEnrolled) }
            return employer
        }
    }

    public func setConsent(_ choices: [ConsentChoice]) async throws(DakaError) {
        try answer(tells: [.queueChanged]) { $0.consent = choices }
    }

    public func consent() async throws(DakaError) -> [ConsentChoice] { try answer(enrolled: false) { $0.consent } }

    public func home() async throws(DakaError) -> HomeState { try answer(enrolled: false) { $0.home } }

    public func precheck(_ fixes: [PositionFix]) async throws(DakaError) -> Precheck {
        try answer {
            Precheck(
                offer: $0.offer, place: $0.place, siteName: $0.sites.first, drawing: $0.drawing, whys: [], word: $0.word)
        }
    }

    @discardableResult
    public func punch(_ request: PunchRequest) async throws(DakaError) -> PunchResult {
        let result = try answer { state in
            state.requests.append(request)
            return state.punch(request)
        }
        if !result.repeated { tell(.punched(punch: result.id)) }
        return result
    }

    @discardableResult
    public func offerFixes(_ fixes: [PositionFix], to punch: String) async throws(DakaError) -> PlaceState {
        try answer(tells: [.evidenceChanged(punch: punch)]) { state throws(DakaError) in
            let place = state.place
            try state.change(punch) { $0.with(place: place) }
            return place
        }
    }

    public func stopMeasuring() async throws(DakaError) { try answer { _ in } }

    public func addNote(_ text: String?, visit: String?, to punch: String) async throws(DakaError) {
        try answer(tells: [.evidenceChanged(punch: punch)]) { state throws(DakaError) in
            try state.change(punch) { $0.with(note: true) }
            state.extras[punch, default: Extras()].notes += [text].compactMap { $0 }
            state.extras[punch, default: Extras()].visits += [visit].compactMap { $0 }
        }
    }

    public func punches(limit: UInt32) async throws(DakaError) -> [PunchLine] {
        try answer { Array($0.punches.prefix(Int(limit))) }
    }

    public func refresh() { hub.lookAgain() }

    public func month(year: Int32, month: Int32) async throws(DakaError) -> MonthView {
        try answer { state throws(DakaError) in
            guard let view = state.month(year, month) else { throw DakaError(.badValue, field: "month") }
            return view
        }
    }

    public func day(_ date: String) async throws(DakaError) -> DayView {
        try answer { state throws(DakaError) in
            guard let view = state.day(date) else { throw DakaError(.badValue, field: "date") }
            return view
        }
    }

    public func punchDetail(_ punch: String) async throws(DakaError) -> PunchDetail {
        try answer { state throws(DakaError) in
            guard let detail = state.detail(punch) else { throw DakaError(.unknownPunch, field: "punch") }
            return state.details(detail)
        }
    }

    public func punchResult(_ punch: String) async throws(DakaError) -> PunchResult {
        try answer { state throws(DakaError) in
            guard let line = state.punches.first(where: { $0.id == punch }) else { throw DakaError(.unknownPunch, field: "punch") }
            return state.result(of: line, place: line.place, repeated: false)
        }
    }

    public func photo(_ digest: String, maxBytes: UInt64) async throws(DakaError) -> Data {
        try answer { state throws(DakaError) in
            guard let bytes = state.pictures[digest] else { throw DakaError(.photoMissing, field: "photo") }
            guard UInt64(bytes.count) <= maxBytes else { throw DakaError(.photoTooLarge, field: "photo") }
            return bytes
        }
    }

    public func draft() async throws(DakaError) -> FieldDraft? { try answer { $0.draft } }

    public func saveDraft(_ draft: FieldDraft) async throws(DakaError) {
        try answer { state throws(DakaError) in
            guard draft.photos.allSatisfy({ digest in state.photos.contains { $0.digest == digest } }) else {
                throw DakaError(.photoMissing, field: "photo")
            }
            state.draft = draft
        }
    }

    public func dropDraft() async throws(DakaError) { try answer { $0.draft = nil } }

    public func adoptDraftPhoto(path: String, capture: String?) async throws(DakaError) -> PhotoDraft {
        let adopted = try await adoptPhoto(path: path, capture: capture)
        write { state in
            let now = state.draft ?? FieldDraft(field: nil, visit: nil, note: nil, photos: [])
            state.draft = FieldDraft(
                field: now.field, visit: now.visit, note: now.note, photos: now.photos + [adopted.digest])
        }
        return adopted
    }

    public func fieldPolicy() async throws(DakaError) -> FieldPolicy { try answer { $0.fieldPolicy } }

    public func waiting() async throws(DakaError) -> WaitingView {
        try answer { state in
            let items = state.punches.filter { $0.state != .received }.reversed().map {
                WaitingItem(
                    kind: .punch, punch: $0, sinceMs: $0.wallMs, offsetMin: $0.offsetMin, state: $0.state, entries: 1,
                    photos: 0)
            }
            return WaitingView(items: Array(items), more: 0, queue: state.queue, whys: [])
        }
    }

    @discardableResult
    public func export(from first: String, through last: String, path: String) async throws(DakaError) -> UInt64 {
        try answer { state throws(DakaError) in
            guard state.day(first) != nil, state.day(last) != nil else { throw DakaError(.badValue, field: "date") }
            state.exports.append(path)
            return 0
        }
    }

    @discardableResult
    public func export(punches: [String], path: String) async throws(DakaError) -> UInt64 {
        try answer { state throws(DakaError) in
            guard punches.allSatisfy({ id in state.punches.contains { $0.id == id } }) else {
                throw DakaError(.unknownPunch, field: "punch")
            }
            state.exports.append(path)
            return 0
        }
    }

    @discardableResult
    public func exportRefused(path: String) async throws(DakaError) -> UInt64 {
        try answer { state in
            state.exports.append(path)
            return 0
        }
    }

    public func leavePreview() async throws(DakaError) -> LeavePreview {
        try answer { state in
            let queue = state.queue
            return LeavePreview(
                waiting: queue.waiting, putAside: queue.putAside, refused: queue.refused, photos: queue.photos,
                unsigned: queue.unsigned)
        }
    }

    /// Notes the path, writes nothing, and closes down.
    @discardableResult
    public func leave(exportPath: String) async throws(DakaError) -> UInt64 {
        try answer { state in
            state.exports.append(exportPath)
            state.employer = nil
        }
        try await closeDown()
        return 0
    }

    public func keys() async throws(DakaError) -> [KeyInfo] {
        try answer { state throws(DakaError) in
            guard let employer = state.employer else { throw DakaError(.notEnrolled) }
            return [
                KeyInfo(fingerprint: employer.device, thisDevice: true, sinceMs: 1_767_225_600_000, standing: .active)
            ]
        }
    }

    public func diagnostics() async throws(DakaError) -> String { try answer(enrolled: false) { _ in "{}" } }

    public func consentPage() async throws(DakaError) -> ConsentPage {
        try answer(enrolled: false) { _ in
            ConsentPage(
                textRev: 1, purposes: [.location, .radio, .photo], recordsCoordinates: true, galleryAllowed: false,
                photosOnWifiOnly: false, fromEmployer: true)
        }
    }

    public func reminders() async throws(DakaError) -> [Reminder] { try answer { $0.reminders } }

    @discardableResult
    public func setReminders(_ reminders: [Reminder]) async throws(DakaError) -> [Reminder] {
        try answer { state throws(DakaError) in try state.set(reminders) }
    }

    public func nextReminders(limit: Int32) async throws(DakaError) -> [ReminderDue] {
        try answer { $0.nextReminders(limit) }
    }

    public func beginCapture() async throws(DakaError) -> String {
        try answer { state in
            let nonce = state.number(digits: 32)
            state.captures.insert(nonce)
            return nonce
        }
    }

    public func adoptPhoto(path: String, capture: String?) async throws(DakaError) -> PhotoDraft {
        try answer { state throws(DakaError) in
            if let capture, state.captures.remove(capture) == nil { throw DakaError(.captureUnknown, field: "capture") }
            let draft = PhotoDraft(digest: state.number(digits: 64), size: 1, width: 4, height: 3)
            state.photos.append(draft)
            return draft
        }
    }

    public func dropPhoto(_ digest: String) async throws(DakaError) {
        try answer { state in state.photos.removeAll { $0.digest == digest } }
    }

    public func addPhotos(_ digests: [String], to punch: String) async throws(DakaError) {
        try answer(tells: [.evidenceChanged(punch: punch)]) { state throws(DakaError) in
            guard digests.allSatisfy({ digest in state.photos.contains { $0.digest == digest } }) else {
                throw DakaError(.photoMissing, field: "photo")
            }
            try state.change(punch) { $0.with(photos: $0.photos + UInt64(digests.count)) }
            state.extras[punch, default: Extras()].photos += digests
        }
    }

    @discardableResult
    public func sync(_ options: SyncOptions) async throws(DakaError) -> SyncReport {
        let report = try answer { $0.sync() }
        if report.delivered > 0 { tell(.received(upTo: report.delivered)) }
        tell(.queueChanged)
        return report
    }

    /// Nothing to stop: a sync of the fake is over at once.
    public func stopSync() {}

    public func wake() async throws(DakaError) { try answer(enrolled: false) { _ in } }

    public func queue() async throws(DakaError) -> QueueState { try answer { $0.queue } }

    /// Notes the path, and writes nothing.
    @discardableResult
    public func export(_ range: ExportRange, path: String) async throws(DakaError) -> UInt64 {
        try answer { state in
            state.exports.append(path)
            return 0
        }
    }

    @discardableResult
    public func check() async throws(DakaError) -> CheckReport {
        try answer { CheckReport(entries: UInt64($0.punches.count), damaged: $0.storage.damaged) }
    }

    public func settle() async throws(DakaError) { try answer { _ in } }

    /// What every call does first, and what it tells when it is done.
    private func answer<Value>(
        enrolled: Bool = true, paused: Bool = false, tells events: [DakaEvent] = [],
        _ work: (inout State) throws(DakaError) -> Value
    ) throws(DakaError) -> Value {
        let value = try locked { state throws(DakaError) in
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            if state.closed || (state.paused && !paused) { throw DakaError(.closed) }
            if enrolled && state.employer == nil { throw DakaError(.notEnrolled) }
            return try work(&state)
        }
        events.forEach(tell)
        return value
    }

    private func locked<Value>(
        _ work: (inout State) throws(DakaError) -> Value
    ) throws(DakaError) -> Value {
        lock.lock()
        defer { lock.unlock() }
        return try work(&state)
    }
}
