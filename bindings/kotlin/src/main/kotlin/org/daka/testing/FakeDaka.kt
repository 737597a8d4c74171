package org.daka.testing

import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.transformWhile
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.ffi.Asked
import org.daka.ffi.BundleReport
import org.daka.ffi.CheckReport
import org.daka.ffi.ConsentChoice
import org.daka.ffi.ConsentPage
import org.daka.ffi.DakaEvent
import org.daka.ffi.DayView
import org.daka.ffi.EmployerInfo
import org.daka.ffi.ExportRange
import org.daka.ffi.FailureCode
import org.daka.ffi.FieldDraft
import org.daka.ffi.FieldPolicy
import org.daka.ffi.HomeState
import org.daka.ffi.KeyInfo
import org.daka.ffi.KeyStanding
import org.daka.ffi.LeavePreview
import org.daka.ffi.MonthView
import org.daka.ffi.NextAttempt
import org.daka.ffi.PhotoDraft
import org.daka.ffi.PlaceDrawing
import org.daka.ffi.PlaceState
import org.daka.ffi.PositionFix
import org.daka.ffi.Precheck
import org.daka.ffi.PunchDetail
import org.daka.ffi.PunchLine
import org.daka.ffi.PunchRequest
import org.daka.ffi.PunchResult
import org.daka.ffi.PunchState
import org.daka.ffi.Purpose
import org.daka.ffi.QueueState
import org.daka.ffi.Reminder
import org.daka.ffi.ReminderDue
import org.daka.ffi.Standing
import org.daka.ffi.StorageState
import org.daka.ffi.SyncReport
import org.daka.ffi.TimeInterval
import org.daka.ffi.TimeSource
import org.daka.ffi.TimeWord
import org.daka.ffi.Verdict
import org.daka.ffi.VerdictReason
import org.daka.ffi.WaitReason
import org.daka.ffi.WaitingItem
import org.daka.ffi.WaitingKind
import org.daka.ffi.WaitingView
import java.io.File

/**
 * A journal in memory for tests of screens: no library is loaded, nothing is on disk, no time passes by itself.
 *
 * It keeps what an app can see of the real rules: the button offers what comes next, a second tap within a second is the same
 * punch, a punch waits until a [sync] while [online], a paused journal is closed. It judges nothing: [place] and [word] are what a test
 * says they are. The next call fails with [failNext]; a call that a test wants to hold goes through [beforeEach].
 */
class FakeDaka(
    private val employer: EmployerInfo = EMPLOYER,
    enrolled: Boolean = true,
) : DakaApi {
    /** The wall clock, UTC milliseconds. */
    @Volatile var nowMs: Long = 1_767_225_600_000

    /** The wall clock's offset from UTC, minutes. */
    @Volatile var offsetMin: Short = 480

    /** Whether the server is there. */
    @Volatile var online: Boolean = true

    /** What every verdict says. */
    @Volatile var place: PlaceState =
        PlaceState(Verdict.NOT_EVALUATED, listOf(VerdictReason.NO_FIX), null, null, null, null, null)

    /** What every time is called. */
    @Volatile var word: TimeWord = TimeWord.UNVERIFIED

    /** What a precheck draws. */
    @Volatile var drawing: PlaceDrawing? = null

    /** What a detail says beyond what was punched. */
    @Volatile var details: (PunchDetail) -> PunchDetail = { it }

    /** What the employer's policy says of a field check-in. */
    @Volatile var fieldPolicy: FieldPolicy =
        FieldPolicy(camera = true, gallery = false, photoRequired = true, maxPhotos = 9, photoConsent = true)

    /** The keys in this person's name. */
    @Volatile var keys: List<KeyInfo> = listOf(KeyInfo(employer.device, true, 1_767_225_600_000, KeyStanding.ACTIVE))

    /** What the consent page shows. */
    @Volatile var consentPage: ConsentPage = ConsentPage(
        textRev = 1uL,
        purposes = listOf(Purpose.LOCATION, Purpose.RADIO, Purpose.PHOTO),
        recordsCoordinates = true,
        galleryAllowed = false,
        photosOnWifiOnly = false,
        fromEmployer = true,
    )

    /** Codes that [enrol] takes. */
    val codes: MutableSet<String> = mutableSetOf("code")

    /** Runs before every call, with its name. May suspend, and may throw. */
    @Volatile var beforeEach: suspend (String) -> Unit = {}

    private val lock = Any()
    private var failure: DakaException? = null
    private var isEnrolled = enrolled
    private var isPaused = false
    private val lines = ArrayDeque<PunchLine>()
    private val photos = mutableMapOf<String, Boolean>()
    private val pictures = mutableMapOf<String, ByteArray>()
    private val bound = mutableMapOf<String, List<String>>()
    private val notes = mutableMapOf<String, List<String>>()
    private val visits = mutableMapOf<String, List<String>>()
    private val record = FakeRecord()
    private var draft: FieldDraft? = null
    private val reminders = FakeReminders()
    private val captures = mutableSetOf<String>()
    private val given = mutableMapOf<Purpose, ConsentChoice>()
    private var next: NextAttempt? = null
    private var count = 0L

    private val signals = MutableSharedFlow<DakaEvent>(extraBufferCapacity = 64, onBufferOverflow = BufferOverflow.DROP_OLDEST)
    private val changes = MutableStateFlow(0L)

    override val events: Flow<DakaEvent> get() = signals

    override val homeState: Flow<HomeState> = changes.transformWhile { change ->
        if (change >= 0 && !synchronized(lock) { isPaused }) emit(state())
        change >= 0
    }

    /** The next call, whatever it is, fails with this. */
    fun failNext(code: FailureCode, field: String? = null) = synchronized(lock) { failure = DakaException(code, field) }

    override suspend fun enrol(text: String): EmployerInfo = call("enrol", enrolled = false) {
        if (isEnrolled) fail(FailureCode.ALREADY_ENROLLED)
        if (!online) fail(FailureCode.UNREACHABLE)
        if (!codes.remove(text)) fail(FailureCode.WRONG_CODE)
        isEnrolled = true
        tell(DakaEvent.EnrolmentChanged)
        employer
    }

    override suspend fun employer(): EmployerInfo = call("employer") { employer }

    override suspend fun home(): HomeState = call("home", enrolled = false) { state() }

    override suspend fun precheck(fixes: List<PositionFix>): Precheck =
        call("precheck") { Precheck(offer(), place, null, drawing, emptyList(), word) }

    override suspend fun punch(request: PunchRequest): PunchResult = call("punch") {
        val same = lines.firstOrNull { it.asked == request.asked && it.field == request.field && nowMs - it.wallMs in 0..999 }
        if (same != null) return@call result(same, repeated = true)
        request.photos.forEach { if (it !in photos) fail(FailureCode.PHOTO_MISSING) }
        request.photos.forEach { photos[it] = true }
        count += 1
        val line = PunchLine(
            id = "00000000-0000-7000-8000-%012d".format(count),
            seq = count.toULong(),
            epoch = 0uL,
            asked = request.asked,
            shown = request.shown,
            field = request.field,
            wallMs = nowMs,
            offsetMin = offsetMin,
            date = localDate(nowMs, offsetMin).toString(),
            otherOffset = false,
            word = word,
            place = place,
            state = PunchState.WAITING,
            photos = request.photos.size.toULong(),
            note = request.note != null || request.visit != null,
        )
        lines.addFirst(line)
        bound[line.id] = request.photos
        if (request.field != null) draft = null
        keep(line.id, request.note, request.visit)
        tell(DakaEvent.Punched(line.id), DakaEvent.QueueChanged)
        result(line, repeated = false)
    }

    override suspend fun offerFixes(punch: String, fixes: List<PositionFix>): PlaceState =
        call("offerFixes") { change(punch) { it.copy(place = place) }.place!! }

    override suspend fun stopMeasuring() = call("stopMeasuring") {}

    override suspend fun beginCapture(): String = call("beginCapture") { fresh(32).also { captures += it } }

    override suspend fun adoptPhoto(path: String, capture: String?): PhotoDraft = call("adoptPhoto") {
        if (capture != null && !captures.remove(capture)) fail(FailureCode.CAPTURE_UNKNOWN)
        val size = File(path).takeIf { it.isFile }?.length() ?: fail(FailureCode.PHOTO_UNREADABLE)
        if (size == 0L) fail(FailureCode.PHOTO_EMPTY)
        val digest = fresh(64)
        photos[digest] = false
        pictures[digest] = File(path).readBytes()
        PhotoDraft(digest, size.toULong(), 0u, 0u)
    }

    override suspend fun dropPhoto(photo: String) = call("dropPhoto") { if (photos[photo] == false) photos -= photo }

    override suspend fun addPhotos(punch: String, photos: List<String>) = call("addPhotos") {
        photos.forEach { if (it !in this.photos) fail(FailureCode.PHOTO_MISSING) }
        change(punch) { it.copy(photos = it.photos + photos.size.toULong()) }
        bound[punch] = bound[punch].orEmpty() + photos
        photos.forEach { this.photos[it] = true }
    }

    override suspend fun addNote(punch: String, text: String?, visit: String?) = call("addNote") {
        if (text?.isEmpty() == true) fail(FailureCode.BAD_VALUE, "note")
        change(punch) { it.copy(note = true) }
        keep(punch, text, visit)
    }

    override suspend fun setConsent(choices: List<ConsentChoice>) = call("setConsent") {
        given.clear()
        choices.associateByTo(given) { it.purpose }
        tell(DakaEvent.QueueChanged)
    }

    override suspend fun consent(): List<ConsentChoice> = call("consent") { given.values.toList() }

    override suspend fun punches(limit: Int): List<PunchLine> = call("punches") { lines.take(limit.coerceAtLeast(0)) }

    override fun refresh() = tell()

    override suspend fun month(year: Int, month: Int): MonthView = call("month") { record.month(year, month, lines, nowMs, offsetMin) }

    override suspend fun day(date: String): DayView = call("day") { record.day(date, lines) }

    override suspend fun punchDetail(punch: String): PunchDetail = call("punchDetail") {
        val line = lines.firstOrNull { it.id == punch } ?: fail(FailureCode.UNKNOWN_PUNCH)
        details(record.detail(line, notes[punch].orEmpty(), visits[punch].orEmpty(), bound[punch].orEmpty()))
    }

    override suspend fun punchResult(punch: String): PunchResult = call("punchResult") {
        result(lines.firstOrNull { it.id == punch } ?: fail(FailureCode.UNKNOWN_PUNCH), repeated = false)
    }

    override suspend fun photo(digest: String, maxBytes: Long): ByteArray = call("photo") {
        val bytes = pictures[digest] ?: fail(FailureCode.PHOTO_MISSING)
        if (bytes.size > maxBytes) fail(FailureCode.PHOTO_TOO_LARGE)
        bytes
    }

    override suspend fun draft(): FieldDraft? = call("draft") { draft }

    override suspend fun saveDraft(draft: FieldDraft) = call("saveDraft") {
        draft.photos.forEach { if (it !in photos) fail(FailureCode.PHOTO_MISSING) }
        this.draft = draft
    }

    override suspend fun dropDraft() = call("dropDraft") {
        draft?.photos?.forEach { if (photos[it] == false) photos -= it }
        draft = null
    }

    override suspend fun adoptDraftPhoto(path: String, capture: String?): PhotoDraft = adoptPhoto(path, capture).also { adopted ->
        synchronized(lock) {
            val now = draft ?: FieldDraft()
            draft = now.copy(photos = now.photos + adopted.digest)
        }
    }

    override suspend fun fieldPolicy(): FieldPolicy = call("fieldPolicy") { fieldPolicy }

    override suspend fun waiting(): WaitingView = call("waiting") {
        val open = lines.filter { it.state != PunchState.RECEIVED }.reversed()
        val items = open.map { WaitingItem(WaitingKind.PUNCH, it, it.wallMs, it.offsetMin, it.state, 1, 0) }
        WaitingView(items, 0uL, pending(), emptyList())
    }

    override suspend fun queue(): QueueState = call("queue") { pending() }

    override suspend fun reminders(): List<Reminder> = call("reminders") { reminders.all() }

    override suspend fun setReminders(reminders: List<Reminder>): List<Reminder> = call("setReminders") { this.reminders.set(reminders) }

    override suspend fun nextReminders(limit: Int): List<ReminderDue> =
        call("nextReminders") { reminders.next(limit, nowMs, offsetMin) }

    override suspend fun sync(now: Boolean, inFront: Boolean, metered: Boolean, deadlineMs: Long?, saveData: Boolean): SyncReport = call("sync") {
        val sent = if (online) lines.count { it.state == PunchState.WAITING } else 0
        if (online) {
            lines.replaceAll { if (it.state == PunchState.WAITING) it.copy(state = PunchState.RECEIVED) else it }
            next = null
            if (sent > 0) tell(DakaEvent.Received(count.toULong()))
        } else {
            next = NextAttempt(WaitReason.UNREACHABLE, nowMs + 60_000, (next?.attempts ?: 0u) + 1u)
        }
        tell(DakaEvent.QueueChanged)
        SyncReport(
            delivered = sent.toULong(),
            putAside = 0uL,
            refused = 0uL,
            photos = 0uL,
            photosRefused = 0uL,
            anchored = online,
            rulesChanged = false,
            refilled = false,
            waiting = pending().waiting,
            next = next,
            stopped = false,
        )
    }

    override fun stopSync() {}

    override suspend fun wake() = call("wake") {}

    override suspend fun export(path: String, range: ExportRange): Long = call("export") {
        val bytes = "not a real proof bundle".encodeToByteArray()
        File(path).writeBytes(bytes)
        bytes.size.toLong()
    }

    override suspend fun exportDays(first: String, last: String, path: String): Long {
        for (date in listOf(first, last)) day(date)
        return export(path, ExportRange())
    }

    override suspend fun exportPunches(punches: List<String>, path: String): Long {
        synchronized(lock) { if (punches.any { id -> lines.none { it.id == id } }) fail(FailureCode.UNKNOWN_PUNCH) }
        return export(path, ExportRange())
    }

    override suspend fun exportRefused(path: String): Long = export(path, ExportRange())

    override suspend fun leavePreview(): LeavePreview = call("leavePreview") {
        pending().let { LeavePreview(it.waiting, it.putAside, it.refused, it.photos, it.unsigned) }
    }

    override suspend fun leave(exportPath: String): Long {
        val size = call("leave") {}.let { export(exportPath, ExportRange()) }
        synchronized(lock) { isEnrolled = false }
        closeDown()
        return size
    }

    override suspend fun keys(): List<KeyInfo> = call("keys") { keys }

    override suspend fun diagnostics(): String = call("diagnostics", enrolled = false) { "{}" }

    override suspend fun consentPage(): ConsentPage = call("consentPage", enrolled = false) { consentPage }

    override suspend fun check(): CheckReport = call("check") { CheckReport(count.toULong(), emptyList()) }

    override suspend fun settle() = call("settle") {}

    override suspend fun pause() = call("pause", enrolled = false) { isPaused = true }

    override suspend fun resume() {
        beforeEach("resume")
        synchronized(lock) {
            failure?.let { failure = null; throw it }
            if (changes.value < 0) fail(FailureCode.CLOSED)
            isPaused = false
            tell()
        }
    }

    override suspend fun closeDown() {
        beforeEach("closeDown")
        synchronized(lock) {
            isPaused = true
            changes.value = -1
        }
    }

    override suspend fun verifyBundle(path: String, rootPem: String?): BundleReport =
        call("verifyBundle", enrolled = false) { BundleReport(emptyList(), emptyList(), null, rootPem != null, true) }

    private suspend fun <T> call(name: String, enrolled: Boolean = true, work: () -> T): T {
        beforeEach(name)
        return synchronized(lock) {
            failure?.let { failure = null; throw it }
            if (isPaused) fail(FailureCode.CLOSED)
            if (enrolled && !isEnrolled) fail(FailureCode.NOT_ENROLLED)
            work()
        }
    }

    private fun fail(code: FailureCode, field: String? = null): Nothing = throw DakaException(code, field)

    private fun tell(vararg events: DakaEvent) {
        events.forEach { signals.tryEmit(it) }
        if (changes.value >= 0) changes.value += 1
    }

    private fun change(punch: String, to: (PunchLine) -> PunchLine): PunchLine {
        val at = lines.indexOfFirst { it.id == punch }
        if (at < 0) fail(FailureCode.UNKNOWN_PUNCH)
        lines[at] = to(lines[at])
        tell(DakaEvent.EvidenceChanged(punch))
        return lines[at]
    }

    private fun keep(punch: String, note: String?, visit: String?) {
        notes[punch] = notes[punch].orEmpty() + listOfNotNull(note)
        visits[punch] = visits[punch].orEmpty() + listOfNotNull(visit)
    }

    private fun fresh(digits: Int): String {
        count += 1
        return "%0${digits}x".format(count)
    }

    private fun offer(): Asked = when (lines.firstOrNull()?.let { if (it.asked == Asked.AUTO) it.shown else it.asked }) {
        Asked.IN, Asked.BREAK_END -> Asked.OUT
        Asked.BREAK_START -> Asked.BREAK_END
        else -> Asked.IN
    }

    private fun pending(): QueueState {
        val waiting = lines.filter { it.state == PunchState.WAITING }
        return QueueState(
            waiting = waiting.size.toULong(),
            putAside = lines.count { it.state == PunchState.PUT_ASIDE }.toULong(),
            refused = lines.count { it.state == PunchState.REFUSED }.toULong(),
            photos = 0uL,
            unsigned = 0uL,
            sinceMs = waiting.lastOrNull()?.wallMs,
            next = next,
        )
    }

    private fun state(): HomeState = synchronized(lock) {
        HomeState(
            employer = employer.takeIf { isEnrolled },
            standing = if (isEnrolled) Standing.ACTIVE else Standing.PENDING,
            offer = offer(),
            offerWhys = emptyList(),
            date = localDate(nowMs, offsetMin).toString(),
            dayEndsMs = dayEnds(nowMs, offsetMin),
            today = lines.filter { it.date == localDate(nowMs, offsetMin).toString() }.reversed(),
            recent = lines.take(20),
            queue = pending(),
            sites = emptyList(),
            rules = null,
            zone = null,
            word = word,
            consentAsked = given.isNotEmpty(),
            locationConsent = given[Purpose.LOCATION]?.granted == true,
            radioConsent = given[Purpose.RADIO]?.granted == true,
            storage = StorageState(emptyList(), false, null, 0uL, false),
        )
    }

    private fun result(line: PunchLine, repeated: Boolean) = PunchResult(
        id = line.id,
        seq = line.seq,
        asked = line.asked,
        wallMs = line.wallMs,
        offsetMin = line.offsetMin,
        date = line.date,
        interval = TimeInterval(null, TimeSource.NONE, null, TimeSource.NONE),
        word = line.word,
        place = line.place.takeIf { !repeated },
        siteName = null,
        whys = emptyList(),
        repeated = repeated,
        leftOut = emptyList(),
    )

    companion object {
        /** The employer that a fake journal belongs to. */
        val EMPLOYER: EmployerInfo = EmployerInfo(
            employer = "Example Ltd",
            employee = "Sample Person",
            tenant = "example",
            server = "https://time.example",
            root = "0".repeat(64),
            device = "1".repeat(64),
            journal = "2".repeat(64),
            active = true,
        )
    }
}
