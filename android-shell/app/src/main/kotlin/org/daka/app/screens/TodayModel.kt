package org.daka.app.screens

import androidx.lifecycle.*
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** The home screen and the sheet of the last punch, which comes back with what was written on it when the process ended. */
class TodayModel(app: DakaApplication, private val saved: SavedStateHandle) : Model<TodayState>(app) {
    private val noted = MutableStateFlow<String?>(null)
    private var dayEnd: Job? = null

    private val note = saved.getStateFlow(NOTE, "")

    val result: StateFlow<ResultState?> = combine(app.puncher.fresh, own, noted, note) { fresh, shown, noted, note ->
        val line = shown?.home?.recent?.firstOrNull { it.id == fresh?.result?.id }
        fresh?.let { ResultState(it, line?.state ?: PunchState.WAITING, note, noted == it.result.id) }
    }.stateIn(viewModelScope, SharingStarted.Eagerly, null)

    init {
        viewModelScope.launch {
            combine(app.session.home, app.session.employers, app.session.clockWasSet) { home, employers, wasSet ->
                TodayState(home, device.location.standing(), several = employers.size > 1, clockWasSet = wasSet)
            }.collect { now ->
                own.update { it?.copy(home = now.home, several = now.several, clockWasSet = now.clockWasSet) ?: now }
                dayEnds(now.home.dayEndsMs)
            }
        }
        saved.get<String>(SHOWN)?.let { punch -> work { app.puncher.showAgain(punch) } }
        viewModelScope.launch { app.puncher.fresh.collect { saved[SHOWN] = it?.result?.id } }
    }

    /** The core says when the day ends; then it is asked again. */
    private fun dayEnds(atMs: Long) {
        dayEnd?.cancel()
        dayEnd = viewModelScope.launch {
            delay((atMs - System.currentTimeMillis()).coerceAtLeast(1_000))
            app.session.refresh()
        }
    }

    /** A permission or a switch may be another now. */
    fun look(refusedForGood: Boolean? = null) = change {
        it.copy(location = device.location.standing(), refusedForGood = refusedForGood ?: it.refusedForGood)
    }

    suspend fun listen() = app.puncher.listen()

    fun punch(asked: Asked) = work {
        app.puncher.punch(asked, own.value?.home?.offer ?: asked, Trigger.TAP)
        change { it.copy(place = null) }
    }

    /** The person asks where the phone is: read for some seconds, and nothing is written. */
    fun checkPlace() {
        if (own.value?.looking == true) return
        change { it.copy(looking = true, location = device.location.standing()) }
        work { api ->
            try {
                suspend fun show(fixes: List<PositionFix>) = api.precheck(fixes).let { place -> change { it.copy(place = place) } }
                show(device.location.known())
                withTimeoutOrNull(LOOKING_MS) { device.location.fixes().collect { show(it) } }
            } finally {
                change { it.copy(looking = false) }
            }
        }
    }

    fun write(note: String) {
        saved[NOTE] = note
    }

    fun note() = work { api ->
        val punch = app.puncher.fresh.value?.result?.id ?: return@work
        api.addNote(punch, note.value.trim())
        noted.value = punch
    }

    fun dismiss() {
        write("")
        app.puncher.dismiss()
    }

    private companion object {
        const val SHOWN = "shown"
        const val NOTE = "note"
        const val LOOKING_MS = 10_000L
    }
}
