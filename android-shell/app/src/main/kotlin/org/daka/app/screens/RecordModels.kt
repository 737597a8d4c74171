package org.daka.app.screens

import android.graphics.Bitmap
import androidx.lifecycle.SavedStateHandle
import kotlinx.coroutines.flow.*
import org.daka.DakaApi
import org.daka.app.DakaApplication
import org.daka.ffi.*

class MonthModel(app: DakaApplication, private val saved: SavedStateHandle) : ReadModel<MonthView>(app) {
    override suspend fun read(api: DakaApi): MonthView {
        val (year, month) = saved.get<IntArray>(SHOWN)?.toList() ?: api.home().date.split('-').map(String::toInt)
        return api.month(year, month)
    }

    fun turn(by: Int) {
        val shown = own.value ?: return
        val turned = shown.year * 12 + shown.month - 1 + by
        saved[SHOWN] = intArrayOf(turned / 12, turned % 12 + 1)
        refresh()
    }

    fun export() {
        val shown = own.value ?: return
        val (first, last) = shown.days.run { first().date to last().date }
        export("${first.take(7)}.daka") { api, path -> api.exportDays(first, last, path) }
    }

    private companion object {
        const val SHOWN = "shown"
    }
}

class DayModel(app: DakaApplication, private val date: String) : ReadModel<DayView>(app) {
    override suspend fun read(api: DakaApi): DayView = api.day(date)

    fun export() = export("$date.daka") { api, path -> api.exportDays(date, date, path) }
}

class PunchModel(app: DakaApplication, private val punch: String) : ReadModel<PunchDetail>(app) {
    private val shown = MutableStateFlow<Map<String, Bitmap>>(emptyMap())
    val pictures: StateFlow<Map<String, Bitmap>> = shown.asStateFlow()

    override suspend fun read(api: DakaApi): PunchDetail = api.punchDetail(punch).also { detail ->
        shown.value += api.pictures(detail.photos.map { it.digest } - shown.value.keys)
    }

    fun export() = export("${punch.take(8)}.daka") { api, path -> api.exportPunches(listOf(punch), path) }
}

/** What is not yet received; [offsetMin] is the phone's, for the time of the next attempt, [saver] whether photos wait for Wi-Fi by choice. */
data class WaitingState(val view: WaitingView, val offsetMin: Short = 0, val saver: Boolean = false)

class WaitingModel(app: DakaApplication) : ReadModel<WaitingState>(app) {
    val sending: StateFlow<Boolean> = app.syncer.busy

    override suspend fun read(api: DakaApi) =
        WaitingState(api.waiting(), device.clock.read().offsetMin, app.session.settings.value.dataSaver)

    fun send() = app.syncer.now()

    fun exportRefused() = export("refused.daka") { api, path -> api.exportRefused(path) }
}
