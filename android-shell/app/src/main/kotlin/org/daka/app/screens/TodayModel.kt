package org.daka.app.screens

import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.app.DakaApplication
import org.daka.app.platform.LocationStanding
import org.daka.ffi.*

/** The home screen and the sheet of the last punch. */
class TodayModel(app: DakaApplication) : Model(app) {
    private data class Own(
        val location: LocationStanding,
        val place: Precheck? = null,
        val looking: Boolean = false,
        val refusedForGood: Boolean = false,
        val failure: FailureCode? = null,
        val noted: String? = null,
    )

    private val own = MutableStateFlow(Own(device.location.standing()))
    private val homes = MutableStateFlow<HomeState?>(null)
    private var looking: Job? = null
    private var dayEnd: Job? = null

    val state: StateFlow<TodayState?> = combine(homes, own) { home, own ->
        home?.let { TodayState(it, own.location, own.place, own.looking, own.refusedForGood, own.failure) }
    }.stateIn(viewModelScope, SharingStarted.Eagerly, null)

    val result: StateFlow<ResultState?> = combine(homes, app.puncher.fresh, own) { home, fresh, own ->
        fresh?.let { ResultState(it, home?.recent?.firstOrNull { line -> line.id == it.result.id }?.state ?: PunchState.WAITING, own.noted == it.result.id) }
    }.stateIn(viewModelScope, SharingStarted.Eagerly, null)

    init {
        viewModelScope.launch {
            app.session.home.collect {
                homes.value = it
                dayEnds(it.dayEndsMs)
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

    /** The screen came to the front: a permission or a switch may be another now. */
    fun look() = own.update { it.copy(location = device.location.standing()) }

    fun refused(forGood: Boolean) = own.update { it.copy(location = device.location.standing(), refusedForGood = forGood) }

    suspend fun listen() = app.puncher.listen()

    fun punch(asked: Asked, trigger: Trigger = Trigger.TAP) = work({ code -> own.update { it.copy(failure = code) } }) {
        app.puncher.punch(asked, homes.value?.offer ?: asked, trigger)
        own.update { it.copy(failure = null, place = null) }
    }

    /** The person asks where the phone is: read for some seconds, and nothing is written. */
    fun checkPlace() {
        looking?.cancel()
        own.update { it.copy(looking = true, location = device.location.standing()) }
        looking = work({ code -> own.update { it.copy(looking = false, failure = code) } }) { api ->
            fun show(place: Precheck) = own.update { it.copy(place = place) }
            show(api.precheck(device.location.known()))
            withTimeoutOrNull(LOOKING_MS) { device.location.fixes().collect { show(api.precheck(it)) } }
            own.update { it.copy(looking = false) }
        }
    }

    fun note(text: String) {
        val punch = app.puncher.fresh.value?.result?.id ?: return
        work({ code -> own.update { it.copy(failure = code) } }) { api ->
            api.addNote(punch, text)
            own.update { it.copy(noted = punch) }
        }
    }

    fun dismiss() = app.puncher.dismiss()

    private companion object {
        const val LOOKING_MS = 10_000L
    }
}
