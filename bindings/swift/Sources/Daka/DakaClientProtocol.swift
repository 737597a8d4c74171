import Foundation

/// One employee's journal on this phone: what screens and view models are written against.
///
/// ``DakaClient`` is the real one; `FakeDakaClient` of the module `DakaTesting` stands in for it in UI tests and previews.
///
/// - Calls may come from any task or thread, and none blocks the thread it is called on.
/// - A call that was begun is finished, whatever becomes of the task that waits for it. Cancelling a task ends the waiting, with
///   `CancellationError`, and never leaves a punch half written; a call that was not begun yet is not begun. What really ends a sync is
///   ``stopSync()`` or its own deadline. ``pause()``, ``resume()`` and ``closeDown()`` are waited for in a cancelled task, too.
/// - Every call throws ``DakaError``, or `CancellationError` to a task that was cancelled, and nothing else. Until ``resume()`` a paused
///   journal answers ``FailureCode/closed``, and so does one that was closed down.
public protocol DakaClientProtocol: AnyObject, Sendable {
    /// What changed, from this moment on, as a stream of its own for each reader. Each event says what to look at again, so a lost
    /// one does no harm: a reader that falls 1024 events behind loses the oldest. The stream ends when the client is closed down.
    var events: AsyncStream<DakaEvent> { get }

    /// The home screen as it is now, and again whenever it became another. A reader that is slow gets the newest. While the journal
    /// is paused nothing comes; the stream ends when the client is closed down.
    var homeStates: AsyncStream<HomeState> { get }

    // MARK: Lifecycle

    /// Closes the database for real: call it under a background task assertion before the system suspends the app. Nothing is lost.
    func pause() async throws(DakaError)

    /// Opens the database again, and makes good what was left to do.
    func resume() async throws(DakaError)

    /// Stops background work, closes the database and ends all streams, for good.
    func closeDown() async throws(DakaError)

    // MARK: Enrolment and consent

    /// Enrols this phone with the text of a QR code. A failure leaves nothing behind.
    ///
    /// Throws among others ``FailureCode/wrongCode``, ``FailureCode/usedCode``, ``FailureCode/expiredCode``,
    /// ``FailureCode/otherRoot``, ``FailureCode/alreadyEnrolled`` and ``FailureCode/unreachable``.
    @discardableResult
    func enrol(_ text: String) async throws -> EmployerInfo

    /// Whose journal this is, or ``FailureCode/notEnrolled``.
    func employer() async throws -> EmployerInfo

    /// Records consent as it stands from now on, all of it: a purpose that is not named is not agreed to.
    func setConsent(_ choices: [ConsentChoice]) async throws

    /// The consent in force; a purpose that is not in it was never asked for.
    func consent() async throws -> [ConsentChoice]

    // MARK: Punching

    /// The home screen as one value, from local data alone. A phone that is not enrolled is no error: `employer` is nil then.
    func home() async throws -> HomeState

    /// Judges positions without writing anything.
    func precheck(_ fixes: [PositionFix]) async throws -> Precheck

    /// Records a punch. It is durable when this returns; signature, server and late positions follow by themselves.
    ///
    /// A position that cannot be does not lose the punch, nor does a photo without consent: each is left out and named in `leftOut`.
    /// A second tap within a second gives the punch that was there already, with `repeated`. When this throws a ``DakaError``,
    /// nothing was written; after a `CancellationError` the punch is there whole, or was never begun.
    @discardableResult
    func punch(_ request: PunchRequest) async throws -> PunchResult

    /// Hands over positions that came after a punch, for 15 s, and gives the verdict as it would be with them.
    @discardableResult
    func offerFixes(_ fixes: [PositionFix], to punch: String) async throws -> PlaceState

    /// No more positions will come: what gathered is written now.
    func stopMeasuring() async throws

    /// Adds a note, a visit reference or both to a punch that was made.
    func addNote(_ text: String?, visit: String?, to punch: String) async throws

    /// The newest punches, newest first.
    func punches(limit: UInt32) async throws -> [PunchLine]

    // MARK: The record

    /// The clock, its zone or the day changed: ``homeStates`` comes again, and whoever shows a day or a month looks again. The home
    /// state says when its day ends.
    func refresh()

    /// A month of the record, with a mark for each day.
    func month(year: Int32, month: Int32) async throws -> MonthView

    /// A local day of the record, `YYYY-MM-DD`: the punches whose own offset from UTC put them into it.
    func day(_ date: String) async throws -> DayView

    /// One punch in full: its time as known now, its place, photos and receipt, and why.
    func punchDetail(_ punch: String) async throws -> PunchDetail

    /// What a tap gave, as known now: for the result's screen that comes back after its process has ended.
    func punchResult(_ punch: String) async throws -> PunchResult

    /// The bytes of a photo in the sealed store, for showing it; of at most `maxBytes`, and no photo has more than 64 MiB. Throws
    /// ``FailureCode/photoMissing`` once it has gone after its receipt.
    func photo(_ digest: String, maxBytes: UInt64) async throws -> Data

    // MARK: Reminders

    /// The reminders that the employee set for this employer, by minute of the day.
    func reminders() async throws -> [Reminder]

    /// Replaces all reminders, at most 20, and gives them back with their ids, in their order. A new one has an empty id.
    @discardableResult
    func setReminders(_ reminders: [Reminder]) async throws -> [Reminder]

    /// The next times within eight days at which a reminder is due, the earliest first. For the system's notifications: ask again
    /// after ``setReminders(_:)``, and after a change of the clock or its zone.
    func nextReminders(limit: Int32) async throws -> [ReminderDue]

    // MARK: Photos

    /// Begins a capture: the nonce shows later that the photo was taken for this journal, after this moment. Good for 5 minutes.
    func beginCapture() async throws -> String

    /// Takes a camera's JPEG file into the sealed store; the file may be deleted afterwards. `capture` is what ``beginCapture()``
    /// gave, or nil for a picture from the gallery, which is a weaker claim. Without consent to photos none is taken. A
    /// failure leaves nothing behind.
    func adoptPhoto(path: String, capture: String?) async throws -> PhotoDraft

    /// Drops a photo that no punch binds. One that is bound stays.
    func dropPhoto(_ digest: String) async throws

    /// Adds photos, by their digests, to a punch that was made; without consent to photos none.
    func addPhotos(_ digests: [String], to punch: String) async throws

    // MARK: Field check-in

    /// The field check-in that was begun, if there is one. It survives a kill at any point.
    func draft() async throws -> FieldDraft?

    /// Keeps the draft as it stands now; photos that it named before and does not name now are dropped. A punch with a field type ends
    /// it in its own transaction, and drops its photos that the punch does not bind.
    func saveDraft(_ draft: FieldDraft) async throws

    /// Drops the draft with its photos.
    func dropDraft() async throws

    /// As ``adoptPhoto(path:capture:)``, and the draft names the photo from the same transaction on.
    func adoptDraftPhoto(path: String, capture: String?) async throws -> PhotoDraft

    /// What the policy in force says of a field check-in; the defaults while there is none.
    func fieldPolicy() async throws -> FieldPolicy

    // MARK: The server

    /// What the server has not received: waiting, put aside, refused, and photos that wait; oldest first.
    func waiting() async throws -> WaitingView

    /// Makes one round with the server, if one is due or `options.now` says so. A server that is away or refuses is no error: it is in
    /// the report, and the next attempt is on disk.
    @discardableResult
    func sync(_ options: SyncOptions) async throws -> SyncReport

    /// Ends the syncs that run or wait; they answer with `stopped`. For the expiration handler of a background task.
    func stopSync()

    /// The network came back, or the app came to the front: the wait for the next attempt becomes short.
    func wake() async throws

    /// What waits to be sent.
    func queue() async throws -> QueueState

    // MARK: Leaving, keys, help

    /// What leaving the employer would take with it.
    func leavePreview() async throws -> LeavePreview

    /// Leaves the employer: writes a proof bundle of everything to `exportPath`, closes this journal down, and empties its folder. Gives
    /// the bundle's size in bytes. The server is not asked. A key that the app keeps is the app's to remove then.
    @discardableResult
    func leave(exportPath: String) async throws -> UInt64

    /// The device keys in this person's name that this phone knows of, the newest first.
    func keys() async throws -> [KeyInfo]

    /// Versions, counts and codes as JSON, for whoever helps: no id, name, key, place or time of a punch.
    func diagnostics() async throws -> String

    /// What the consent page shows, also before enrolment.
    func consentPage() async throws -> ConsentPage

    // MARK: Proof

    /// Writes a proof bundle of the punches in `range` to the file at `path`, replacing one that is there, and gives its size in
    /// bytes. No server is needed.
    @discardableResult
    func export(_ range: ExportRange, path: String) async throws -> UInt64

    /// The same for local days, `YYYY-MM-DD`, both included: the punches that ``day(_:)`` shows for them.
    @discardableResult
    func export(from first: String, through last: String, path: String) async throws -> UInt64

    /// The same for single punches.
    @discardableResult
    func export(punches: [String], path: String) async throws -> UInt64

    /// The same for what the server would not take.
    @discardableResult
    func exportRefused(path: String) async throws -> UInt64

    /// Verifies the whole journal. Happens by itself once after opening. Damage is no error: it is the report.
    @discardableResult
    func check() async throws -> CheckReport

    /// Seals and signs what was committed. Happens by itself after each write; call it to learn why the key store refuses.
    func settle() async throws
}

extension DakaClientProtocol {
    /// The bytes of a photo, whatever its size.
    public func photo(_ digest: String) async throws -> Data {
        try await photo(digest, maxBytes: 64 << 20)
    }
}
