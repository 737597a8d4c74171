package org.daka

import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.transformWhile
import org.daka.ffi.BundleReport
import org.daka.ffi.CheckReport
import org.daka.ffi.ConsentChoice
import org.daka.ffi.ConsentPage
import org.daka.ffi.DakaClient
import org.daka.ffi.DakaConfig
import org.daka.ffi.DakaEvent
import org.daka.ffi.DayView
import org.daka.ffi.DeviceKey
import org.daka.ffi.EmployerInfo
import org.daka.ffi.EventListener
import org.daka.ffi.ExportRange
import org.daka.ffi.FailureCode
import org.daka.ffi.FieldDraft
import org.daka.ffi.FieldPolicy
import org.daka.ffi.HomeState
import org.daka.ffi.KeyInfo
import org.daka.ffi.LeavePreview
import org.daka.ffi.MonthView
import org.daka.ffi.Pace
import org.daka.ffi.PhotoDraft
import org.daka.ffi.PlaceState
import org.daka.ffi.PlatformClock
import org.daka.ffi.PositionFix
import org.daka.ffi.Precheck
import org.daka.ffi.PunchDetail
import org.daka.ffi.PunchLine
import org.daka.ffi.PunchRequest
import org.daka.ffi.PunchResult
import org.daka.ffi.QueueState
import org.daka.ffi.Reminder
import org.daka.ffi.ReminderDue
import org.daka.ffi.SyncOptions
import org.daka.ffi.SyncReport
import org.daka.ffi.WaitingView
import org.daka.ffi.coreVersion

/** The real journal, over the Rust library. One for the whole process and employer; see docs/integrate.md. */
class Daka private constructor(private val client: DakaClient, private val signals: Signals) : DakaApi {
    override val events: Flow<DakaEvent> get() = signals.events

    override val homeState: Flow<HomeState> = signals.changes
        .transformWhile { change ->
            if (change != ENDED) {
                // Paused: the next value comes after the resumption.
                unlessClosed { emit(home()) }
            }
            change != ENDED
        }
        .distinctUntilChanged()

    override suspend fun enrol(text: String): EmployerInfo = call { client.enrol(text) }

    override suspend fun employer(): EmployerInfo = call { client.employer() }

    override suspend fun home(): HomeState = call { client.home() }

    override suspend fun precheck(fixes: List<PositionFix>): Precheck = call { client.precheck(fixes) }

    override suspend fun punch(request: PunchRequest): PunchResult = call { client.punch(request) }

    override suspend fun offerFixes(punch: String, fixes: List<PositionFix>): PlaceState = call { client.offerFixes(punch, fixes) }

    override suspend fun stopMeasuring() = call { client.stopMeasuring() }

    override suspend fun beginCapture(): String = call { client.beginCapture() }

    override suspend fun adoptPhoto(path: String, capture: String?): PhotoDraft = call { client.adoptPhoto(path, capture) }

    override suspend fun dropPhoto(photo: String) = call { client.dropPhoto(photo) }

    override suspend fun addPhotos(punch: String, photos: List<String>) = call { client.addPhotos(punch, photos) }

    override suspend fun addNote(punch: String, text: String?, visit: String?) = call { client.addNote(punch, text, visit) }

    override suspend fun setConsent(choices: List<ConsentChoice>) = call { client.setConsent(choices) }

    override suspend fun consent(): List<ConsentChoice> = call { client.consent() }

    override suspend fun punches(limit: Int): List<PunchLine> = call { client.punches(limit.coerceAtLeast(0).toUInt()) }

    override fun refresh() = signals.changed()

    override suspend fun month(year: Int, month: Int): MonthView = call { client.month(year, month) }

    override suspend fun day(date: String): DayView = call { client.day(date) }

    override suspend fun punchDetail(punch: String): PunchDetail = call { client.punchDetail(punch) }

    override suspend fun punchResult(punch: String): PunchResult = call { client.punchResult(punch) }

    override suspend fun photo(digest: String, maxBytes: Long): ByteArray =
        call { client.photo(digest, maxBytes.coerceAtLeast(0).toULong()) }

    override suspend fun draft(): FieldDraft? = call { client.draft() }

    override suspend fun saveDraft(draft: FieldDraft) = call { client.saveDraft(draft) }

    override suspend fun dropDraft() = call { client.dropDraft() }

    override suspend fun adoptDraftPhoto(path: String, capture: String?): PhotoDraft = call { client.adoptDraftPhoto(path, capture) }

    override suspend fun fieldPolicy(): FieldPolicy = call { client.fieldPolicy() }

    override suspend fun waiting(): WaitingView = call { client.waiting() }

    override suspend fun reminders(): List<Reminder> = call { client.reminders() }

    override suspend fun setReminders(reminders: List<Reminder>): List<Reminder> = call { client.setReminders(reminders) }

    override suspend fun nextReminders(limit: Int): List<ReminderDue> = call { client.nextReminders(limit) }

    override suspend fun queue(): QueueState = call { client.queue() }

    override suspend fun sync(now: Boolean, inFront: Boolean, metered: Boolean, deadlineMs: Long?, saveData: Boolean): SyncReport = call {
        val pace = if (inFront) Pace.FOREGROUND else Pace.BACKGROUND
        client.sync(SyncOptions(pace, now, metered, deadlineMs?.coerceAtLeast(0)?.toULong(), saveData))
    }

    override fun stopSync() = callNow { client.stopSync() }

    override suspend fun wake() = call { client.wake() }

    override suspend fun export(path: String, range: ExportRange): Long = call { client.export(range, path).toLong() }

    override suspend fun exportDays(first: String, last: String, path: String): Long = call { client.exportDays(first, last, path).toLong() }

    override suspend fun exportPunches(punches: List<String>, path: String): Long = call { client.exportPunches(punches, path).toLong() }

    override suspend fun exportRefused(path: String): Long = call { client.exportRefused(path).toLong() }

    override suspend fun leavePreview(): LeavePreview = call { client.leavePreview() }

    override suspend fun leave(exportPath: String): Long {
        val size = call { client.leave(exportPath).toLong() }
        signals.end()
        return size
    }

    override suspend fun keys(): List<KeyInfo> = call { client.keys() }

    override suspend fun diagnostics(): String = call { client.diagnostics() }

    override suspend fun consentPage(): ConsentPage = call { client.consentPage() }

    override suspend fun check(): CheckReport = call { client.check() }

    override suspend fun settle() = call { client.settle() }

    override suspend fun pause() = call { client.pause() }

    override suspend fun resume() {
        call { client.resume() }
        signals.changed()
    }

    override suspend fun closeDown() {
        call { client.closeDown() }
        signals.end()
    }

    override suspend fun verifyBundle(path: String, rootPem: String?): BundleReport = call { org.daka.ffi.verifyBundle(path, rootPem) }

    companion object {
        /** The version of the Rust library. */
        val version: String get() = callNow { coreVersion() }

        /**
         * Opens the journal. A phone gives its own [clock], which counts through sleep, and its own [key], which is in hardware; both
         * are called from the core's threads. Without them the system's clock and a key file in the folder are used.
         */
        suspend fun open(config: DakaConfig, clock: PlatformClock? = null, key: DeviceKey? = null): Daka {
            val signals = Signals()
            return Daka(call { DakaClient.open(config, clock, key, signals) }, signals)
        }
    }
}

/** The last value of [Signals.changes]. */
private const val ENDED = -1L

/**
 * Hears the core's events. It holds neither client nor façade, so that nothing holds itself alive across the languages.
 *
 * [changes] counts, so that whoever begins to collect looks at once, and whoever is busy looks once more.
 */
private class Signals : EventListener {
    private val flow = MutableSharedFlow<DakaEvent>(extraBufferCapacity = 256, onBufferOverflow = BufferOverflow.DROP_OLDEST)
    val events: SharedFlow<DakaEvent> = flow.asSharedFlow()
    val changes = MutableStateFlow(0L)

    override fun onEvent(event: DakaEvent) {
        flow.tryEmit(event)
        changed()
    }

    fun changed() {
        while (true) {
            val now = changes.value
            if (now == ENDED || changes.compareAndSet(now, now + 1)) return
        }
    }

    fun end() {
        changes.value = ENDED
    }
}

private suspend inline fun unlessClosed(block: suspend () -> Unit) {
    try {
        block()
    } catch (e: DakaException) {
        if (e.code != FailureCode.CLOSED) throw e
    }
}
