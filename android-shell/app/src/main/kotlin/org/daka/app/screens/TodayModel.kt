package org.daka.app.screens

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** The home screen and the sheet of the last punch. */
class TodayModel(app: DakaApplication) : Model<TodayState>(app) {
    private val noted = MutableStateFlow<String?>(null)
    private var looking: Job? = null
    private var dayEnd: Job? = null

    val result: StateFlow<ResultState?> = combine(app.puncher.fresh, own, noted) { fresh, shown, noted ->
        val line = shown?.home?.recent?.firstOrNull { it.id == fresh?.result?.id }
        fresh?.let { ResultState(it, line?.state ?: PunchState.WAITING, noted == it.result.id) }
    }.stateIn(viewModelScope, SharingStarted.Eagerly, null)

    init {
        viewModelScope.launch {
            combine(app.session.home, app.session.employers) { home, employers ->
                home to (employers.size > 1)
            }.collect { (home, several) ->
                own.update { it?.copy(home = home, several = several) ?: TodayState(home, device.location.standing(), several = several) }
                dayEnds(home.dayEndsMs)
            }
        }
    }

    /** The core says when the day ends; then it is asked again. */
    private fun dayEnds(atMs: Long) {
        dayEnd?.cancel()
        dayEnd = viewModelScope.launch {
            delay((atMs - System.currentTimeMillis()).coerceAtLeast(1_000))
            app.session.clockChanged()
        }
    }

    /** A permission or a switch may be another now. */
    fun look() = change { it.copy(location = device.location.standing()) }

    fun look(refusedForGood: Boolean) = change { it.copy(location = device.location.standing(), refusedForGood = refusedForGood) }

    suspend fun listen() = app.puncher.listen()

    fun punch(asked: Asked) = work {
        app.puncher.punch(asked, own.value?.home?.offer ?: asked, Trigger.TAP)
        change { it.copy(place = null) }
    }

    /** The person asks where the phone is: read for some seconds, and nothing is written. */
    fun checkPlace() {
        looking?.cancel()
        change { it.copy(looking = true, location = device.location.standing()) }
        looking = work { api ->
            try {
                suspend fun show(fixes: List<PositionFix>) = api.precheck(fixes).let { place -> change { it.copy(place = place) } }
                show(device.location.known())
                withTimeoutOrNull(LOOKING_MS) { device.location.fixes().collect { show(it) } }
            } finally {
                change { it.copy(looking = false) }
            }
        }
    }

    fun note(text: String) = work { api ->
        val punch = app.puncher.fresh.value?.result?.id ?: return@work
        api.addNote(punch, text)
        noted.value = punch
    }

    fun dismiss() = app.puncher.dismiss()

    private companion object {
        const val LOOKING_MS = 10_000L
    }
}
