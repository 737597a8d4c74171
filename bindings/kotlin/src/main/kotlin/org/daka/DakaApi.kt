package org.daka

import kotlinx.coroutines.flow.Flow
import org.daka.ffi.BundleReport
import org.daka.ffi.CheckReport
import org.daka.ffi.ConsentChoice
import org.daka.ffi.ConsentPage
import org.daka.ffi.DakaEvent
import org.daka.ffi.DayView
import org.daka.ffi.EmployerInfo
import org.daka.ffi.ExportRange
import org.daka.ffi.FieldDraft
import org.daka.ffi.FieldPolicy
import org.daka.ffi.HomeState
import org.daka.ffi.KeyInfo
import org.daka.ffi.LeavePreview
import org.daka.ffi.MonthView
import org.daka.ffi.PhotoDraft
import org.daka.ffi.PlaceState
import org.daka.ffi.PositionFix
import org.daka.ffi.Precheck
import org.daka.ffi.PunchDetail
import org.daka.ffi.PunchLine
import org.daka.ffi.PunchRequest
import org.daka.ffi.PunchResult
import org.daka.ffi.QueueState
import org.daka.ffi.Reminder
import org.daka.ffi.ReminderDue
import org.daka.ffi.SyncReport
import org.daka.ffi.WaitingView

/**
 * One employee's journal on this phone, as an app sees it. [Daka] is the real one; [org.daka.testing.FakeDaka] stands in for it in
 * tests of screens.
 *
 * Every function may be called from any thread, the main thread included: the work is done on the core's own threads. Cancelling a
 * caller ends the waiting and never the work: a punch that was begun is finished. What fails throws [DakaException].
 */
interface DakaApi {
    /**
     * What changed, as it changes. An event says what to look at again and carries no state of its own; a collector that is slow
     * misses some without harm.
     */
    val events: Flow<DakaEvent>

    /**
     * The home screen as one value: first as it is now, then after each change. While the journal is paused nothing comes; after
     * [closeDown] the flow ends. For a `StateFlow`, add `stateIn(scope, …)`.
     */
    val homeState: Flow<HomeState>

    /**
     * Enrols this phone with the [text] of a QR code. A failure leaves nothing behind: [org.daka.ffi.FailureCode.WRONG_CODE],
     * `USED_CODE`, `EXPIRED_CODE`, `OTHER_ROOT`, `UNREACHABLE`, …
     */
    suspend fun enrol(text: String): EmployerInfo

    /** Whose journal this is; throws `NOT_ENROLLED` before enrolment. */
    suspend fun employer(): EmployerInfo

    /** The home screen at this moment, from local data alone. */
    suspend fun home(): HomeState

    /** What a punch here and now would be, judged from [fixes]; nothing is written. */
    suspend fun precheck(fixes: List<PositionFix>): Precheck

    /**
     * Records a punch; it is durable when this returns. A position that cannot be does not lose it, nor does a photo without consent:
     * each is left out and named in [PunchResult.leftOut]. A second tap within a second gives the same punch, with [PunchResult.repeated].
     */
    suspend fun punch(request: PunchRequest): PunchResult

    /** Hands over positions that came up to 15 s after a punch, and gives the verdict as it would be with them. */
    suspend fun offerFixes(punch: String, fixes: List<PositionFix>): PlaceState

    /** No more positions will come: what gathered is written now instead of at the end of the 15 s. */
    suspend fun stopMeasuring()

    /** Begins a capture; give what it returns to [adoptPhoto] within five minutes. */
    suspend fun beginCapture(): String

    /**
     * Takes the camera's file at [path] into the sealed store. It is opened once and may be deleted afterwards. [capture] is what
     * [beginCapture] gave; a picture from the gallery has none, which is a weaker claim. Without consent to photos none is taken.
     */
    suspend fun adoptPhoto(path: String, capture: String? = null): PhotoDraft

    /** Drops a photo that no punch binds, by its digest. */
    suspend fun dropPhoto(photo: String)

    /** Adds photos, by their digests, to a punch that was made; without consent to photos none. */
    suspend fun addPhotos(punch: String, photos: List<String>)

    /** Adds a note, a visit reference or both to a punch that was made. */
    suspend fun addNote(punch: String, text: String? = null, visit: String? = null)

    /** Records consent as it stands from now on, all of it. */
    suspend fun setConsent(choices: List<ConsentChoice>)

    /** The consent in force. */
    suspend fun consent(): List<ConsentChoice>

    /** The newest [limit] punches, newest first. */
    suspend fun punches(limit: Int): List<PunchLine>

    /**
     * The clock, its zone or the day changed: [homeState] comes again, and whoever shows a day or a month looks again. The home state
     * says when its day ends.
     */
    fun refresh()

    /** A month of the record, with a mark for each day. */
    suspend fun month(year: Int, month: Int): MonthView

    /** A local day of the record, `YYYY-MM-DD`: the punches whose own offset from UTC put them into it. */
    suspend fun day(date: String): DayView

    /** One punch in full: its time as known now, its place, photos and receipt, and why. */
    suspend fun punchDetail(punch: String): PunchDetail

    /** What a tap gave, as known now: for the result's screen that comes back after its process has ended. */
    suspend fun punchResult(punch: String): PunchResult

    /**
     * The bytes of a photo in the sealed store, for showing it; of at most [maxBytes], and no photo has more than 64 MiB. Throws
     * `PHOTO_MISSING` once it has gone after its receipt.
     */
    suspend fun photo(digest: String, maxBytes: Long = 64L shl 20): ByteArray

    /** The field check-in that was begun, if there is one. It survives a kill at any point. */
    suspend fun draft(): FieldDraft?

    /**
     * Keeps the draft as it stands now; photos that it named before and does not name now are dropped. A punch with a field type ends
     * it in its own transaction, and drops its photos that the punch does not bind.
     */
    suspend fun saveDraft(draft: FieldDraft)

    /** Drops the draft with its photos. */
    suspend fun dropDraft()

    /** As [adoptPhoto], and the draft names the photo from the same transaction on. */
    suspend fun adoptDraftPhoto(path: String, capture: String? = null): PhotoDraft

    /** What the policy in force says of a field check-in; the defaults while there is none. */
    suspend fun fieldPolicy(): FieldPolicy

    /** What the server has not received: waiting, put aside, refused, and photos that wait; oldest first. */
    suspend fun waiting(): WaitingView

    /** The reminders that the employee set for this employer, by minute of the day. */
    suspend fun reminders(): List<Reminder>

    /** Replaces all reminders, at most 20, and gives them back with their ids, in their order. A new one has an empty id. */
    suspend fun setReminders(reminders: List<Reminder>): List<Reminder>

    /**
     * The next [limit] times within eight days at which a reminder is due, the earliest first. For the system's alarms: ask again after
     * [setReminders], a restart, and a change of the clock or its zone.
     */
    suspend fun nextReminders(limit: Int): List<ReminderDue>

    /** What waits to be sent. */
    suspend fun queue(): QueueState

    /**
     * Makes one round with the server if one is due, or in any case with [now]. A server that is away is no failure: it is in the
     * report, and the next attempt is kept on disk. Cancelling the caller leaves it running; [stopSync] or [deadlineMs] end it.
     *
     * @param inFront whether the app is in front: waits are shorter then.
     * @param metered whether the network costs by the byte: photos wait for another one where the employer's policy says so.
     * @param saveData whether the employee wants data saved: then they wait for it whatever the policy says.
     */
    suspend fun sync(
        now: Boolean = false,
        inFront: Boolean = true,
        metered: Boolean = false,
        deadlineMs: Long? = null,
        saveData: Boolean = false,
    ): SyncReport

    /** Ends the syncs that run or wait; they return with [SyncReport.stopped]. */
    fun stopSync()

    /** The network came back, or the app came to the front: the wait for the next attempt becomes short. */
    suspend fun wake()

    /** Writes a proof bundle of the punches in [range] to [path], and says how many bytes it has. Needs no server. */
    suspend fun export(path: String, range: ExportRange = ExportRange()): Long

    /** The same for local days, `YYYY-MM-DD`, both included: the punches that [day] shows for them. */
    suspend fun exportDays(first: String, last: String, path: String): Long

    /** The same for single punches. */
    suspend fun exportPunches(punches: List<String>, path: String): Long

    /** The same for what the server would not take. */
    suspend fun exportRefused(path: String): Long

    /** What leaving the employer would take with it. */
    suspend fun leavePreview(): LeavePreview

    /**
     * Leaves the employer: writes a proof bundle of everything to [exportPath], closes this journal down, and empties its folder. Gives
     * the bundle's size. The server is not asked. A key that the app keeps is the app's to remove then.
     */
    suspend fun leave(exportPath: String): Long

    /** The device keys in this person's name that this phone knows of, the newest first. */
    suspend fun keys(): List<KeyInfo>

    /** Versions, counts and codes as JSON, for whoever helps: no id, name, key, place or time of a punch. */
    suspend fun diagnostics(): String

    /** What the consent page shows, also before enrolment. */
    suspend fun consentPage(): ConsentPage

    /** Verifies the whole journal. Happens by itself once after opening. */
    suspend fun check(): CheckReport

    /** Seals and signs what was committed. Happens by itself; call it to learn why the key store refuses. */
    suspend fun settle()

    /** Closes the database for real: call it before the system suspends the app. Until [resume], calls throw `CLOSED`. */
    suspend fun pause()

    /** Opens the database again. */
    suspend fun resume()

    /** Ends everything for good: background work, database, events. Calls after it throw `CLOSED`. */
    suspend fun closeDown()

    /** Verifies a proof bundle, against the employer's root in PEM if one is given. What does not hold is in the report. */
    suspend fun verifyBundle(path: String, rootPem: String? = null): BundleReport
}
