package org.daka.app.screens

import android.graphics.Bitmap
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.viewModelScope
import java.io.File
import kotlinx.coroutines.flow.*
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import org.daka.DakaApi
import org.daka.app.DakaApplication
import org.daka.app.platform.fileToShare
import org.daka.ffi.*

/** A view of the core that is read again whenever something changed, and the proof file of what it shows. */
abstract class ViewModelOf<T : Any>(app: DakaApplication) : Model(app) {
    protected val own = MutableStateFlow<T?>(null)
    private val fault = MutableStateFlow<FailureCode?>(null)
    val state: StateFlow<T?> = own.asStateFlow()
    val failure: StateFlow<FailureCode?> = fault.asStateFlow()

    init {
        viewModelScope.launch {
            // What reads is made after this.
            yield()
            app.session.home.collect { refresh() }
        }
    }

    protected abstract suspend fun read(api: DakaApi): T

    fun refresh() = work({ fault.value = it }) { api ->
        own.value = read(api)
        fault.value = null
    }

    /** Writes a proof file and hands it over for sharing. */
    protected fun export(name: String, kind: String, share: (File) -> Unit, write: suspend (DakaApi, String) -> Unit) = work({ fault.value = it }) { api ->
        val file = app.fileToShare("daka-$name.$kind")
        write(api, file.path)
        share(file)
    }
}

class MonthModel(app: DakaApplication, private val saved: SavedStateHandle) : ViewModelOf<MonthView>(app) {
    override suspend fun read(api: DakaApi): MonthView {
        val year: Int? = saved[YEAR]
        val month: Int? = saved[MONTH]
        if (year != null && month != null) return api.month(year, month)
        val (thisYear, thisMonth) = api.home().date.split('-').map(String::toInt)
        return api.month(thisYear, thisMonth)
    }

    fun turn(by: Int) {
        val shown = own.value ?: return
        val turned = shown.year * 12 + shown.month - 1 + by
        saved[YEAR] = turned / 12
        saved[MONTH] = turned % 12 + 1
        refresh()
    }

    fun export(share: (File) -> Unit) {
        val shown = own.value ?: return
        export("%d-%02d".format(java.util.Locale.ROOT, shown.year, shown.month), "daka", share) { api, path ->
            val ids = shown.days.filter { it.punches > 0 }.flatMap { api.day(it.date).punches.map { line -> line.id } }
            api.exportPunches(ids, path)
        }
    }

    private companion object {
        const val YEAR = "year"
        const val MONTH = "month"
    }
}

class DayModel(app: DakaApplication, private val date: String) : ViewModelOf<DayView>(app) {
    override suspend fun read(api: DakaApi): DayView = api.day(date)

    fun export(share: (File) -> Unit) = export(date, "daka", share) { api, path -> api.exportPunches(api.day(date).punches.map { it.id }, path) }
}

class PunchModel(app: DakaApplication, private val punch: String) : ViewModelOf<PunchDetail>(app) {
    private val shown = MutableStateFlow<Map<String, Bitmap>>(emptyMap())
    val pictures: StateFlow<Map<String, Bitmap>> = shown.asStateFlow()

    override suspend fun read(api: DakaApi): PunchDetail = api.punchDetail(punch).also { detail ->
        val lacking = detail.photos.map { it.digest } - shown.value.keys
        if (lacking.isNotEmpty()) shown.value += api.pictures(lacking)
    }

    fun export(share: (File) -> Unit) = export(punch.take(8), "daka", share) { api, path -> api.exportPunches(listOf(punch), path) }
}

class WaitingModel(app: DakaApplication) : ViewModelOf<WaitingView>(app) {
    val waiting: StateFlow<WaitingState?> = combine(own, app.syncer.busy) { view, busy ->
        view?.let { WaitingState(it, busy, device.clock.read().offsetMin) }
    }.stateIn(viewModelScope, SharingStarted.Eagerly, null)

    override suspend fun read(api: DakaApi): WaitingView = api.waiting()

    fun send() = app.syncer.now()

    fun exportRefused(share: (File) -> Unit) = export("refused", "daka", share) { api, path -> api.exportRefused(path) }
}
