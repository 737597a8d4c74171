package org.daka.app

import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.*
import org.daka.app.platform.Device
import org.daka.app.texts.textId
import org.daka.app.ui.Formats
import org.daka.ffi.*

/** A punch that was just made, as far as it is known. */
data class Fresh(val result: PunchResult, val place: PlaceState?, val measuring: Boolean)

/**
 * The one way to punch. The tap is durable before anything is measured; positions that come in the seconds after it are handed over until the
 * core's time for them is over. A position is read only here and where the person asks for it.
 */
class Puncher(private val session: Session, private val syncer: Syncer, private val device: Device, private val scope: CoroutineScope) {
    private val last = MutableStateFlow<Fresh?>(null)
    private var measuring: Job? = null
    private var beacons: List<RadioSignal> = emptyList()

    /** The last punch; null after it was looked at. */
    val fresh: StateFlow<Fresh?> = last.asStateFlow()

    fun dismiss() {
        last.value = null
    }

    /** Shows a result whose process has ended. */
    suspend fun showAgain(punch: String) {
        val shown = session.api().punchResult(punch)
        last.compareAndSet(null, Fresh(shown, shown.place, measuring = false))
    }

    suspend fun punch(asked: Asked, shown: Asked, trigger: Trigger, draft: FieldDraft? = null): PunchResult {
        val api = session.api()
        // The core leaves out what nobody agreed to; here it is not even read. A home state that cannot be read holds up no punch.
        val home = session.here.value?.takeIf { it.open.api === api }?.home ?: quietly { api.home() }
        val place = home?.locationConsent == true
        val request = tap(
            asked = asked,
            shown = shown,
            fixes = if (place) device.location.known() else emptyList(),
            field = draft?.field,
            note = draft?.note,
            visit = draft?.visit,
            photos = draft?.photos.orEmpty(),
            trigger = trigger,
        )
        val result = api.punch(if (home?.radioConsent == true) request.copy(radio = radio()) else request)
        last.value = Fresh(result, result.place, place)
        syncer.punched()
        measuring?.cancel()
        measuring = scope.launch { if (place) measure(api, result.id) }
        return result
    }

    private suspend fun measure(api: DakaApi, punch: String) {
        try {
            withTimeoutOrNull(MEASURING_MS) {
                device.location.fixes().collect { fixes ->
                    val place = api.offerFixes(punch, fixes)
                    last.update { if (it?.result?.id == punch) it.copy(place = place) else it }
                }
            }
            api.stopMeasuring()
        } catch (_: DakaException) {
            // The core's own time for it is over, or the journal was closed: what came is kept.
        } finally {
            last.update { if (it?.result?.id == punch) it.copy(measuring = false) else it }
        }
    }

    private fun radio(): List<RadioSignal>? = device.radio.seen()?.plus(beacons)

    /** Listens for beacons while it is collected: while a punch screen is open. */
    suspend fun listen() = device.radio.beacons().collect { seen ->
        beacons = (seen + beacons).distinctBy { it.id.toList() }.take(MOST_BEACONS)
    }

    private companion object {
        const val MEASURING_MS = 15_000L
        const val MOST_BEACONS = 16
    }
}

/** A punch without a screen: tile, shortcut, reminder. The answer is a notification. */
class QuickPunch(private val app: DakaApplication) {
    /** What a reminder asks for is punched for its employer, which becomes the current one; otherwise what the button offers. */
    suspend fun punch(profile: String? = null, reminded: Asked? = null) {
        try {
            if (profile != null) app.session.switchTo(profile)
            val home = app.session.api().home()
            val text = app.spoken
            if (home.employer == null) {
                return app.notices.answer(text.getString(R.string.common_app_name), text.getString(R.string.quick_not_enrolled))
            }
            val asked = reminded ?: home.offer
            val result = app.puncher.punch(asked, asked, Trigger.FAST)
            val time = Formats(text.resources.configuration.locales[0]).time(result.wallMs, result.offsetMin)
            val place = text.getString((result.place?.verdict ?: Verdict.NOT_EVALUATED).textId)
            val title = text.getString(R.string.quick_done, text.getString(result.asked.textId), time)
            app.notices.answer(title, text.getString(R.string.quick_done_body, place), profile)
        } catch (e: DakaException) {
            app.notices.answer(app.spoken.getString(R.string.quick_failed), app.spoken.getString(e.code.textId))
        }
    }
}
