package org.daka.app.ui

import android.icu.text.*
import android.icu.util.*
import androidx.compose.runtime.*
import androidx.compose.ui.platform.LocalConfiguration
import java.time.*
import java.time.format.DateTimeFormatter
import java.util.Date
import java.util.Locale
import kotlin.math.*

/** Times, dates and measures as a locale writes them; hours from 0 to 23. Works on what the core gives: a moment with its own offset, or a date. */
class Formats(private val locale: Locale) {
    private val numbers = NumberFormat.getInstance(locale).apply { maximumFractionDigits = 1 }
    private val units = MeasureFormat.getInstance(ULocale.forLocale(locale), MeasureFormat.FormatWidth.SHORT, numbers)

    private fun at(ms: Long, offsetMin: Short) = Instant.ofEpochMilli(ms).atOffset(ZoneOffset.ofTotalSeconds(offsetMin * 60))

    fun time(ms: Long, offsetMin: Short): String = at(ms, offsetMin).format(HOUR_MINUTE)

    fun seconds(ms: Long, offsetMin: Short): String = at(ms, offsetMin).format(HOUR_MINUTE_SECOND)

    /** With the day. */
    fun moment(ms: Long, offsetMin: Short): String = "${pattern("dMMM", at(ms, offsetMin).toLocalDate())} ${time(ms, offsetMin)}"

    /** The day of a moment that has no offset of its own, where the phone is now. */
    fun dayHere(ms: Long): String = pattern("yMMMd", Instant.ofEpochMilli(ms).atZone(ZoneId.systemDefault()).toLocalDate())

    fun minuteOfDay(minute: Int): String = LocalTime.of(minute / 60 % 24, minute % 60).format(HOUR_MINUTE)

    /** The zone of a moment by its offset: the phone's own by its name, another one as the locale writes "GMT+8". */
    fun zone(ms: Long, offsetMin: Short): String {
        val here = TimeZone.getDefault()
        if (here.getOffset(ms) == offsetMin * 60_000) return here.getDisplayName(here.inDaylightTime(Date(ms)), TimeZone.LONG, locale)
        return SimpleTimeZone(offsetMin * 60_000, "").getDisplayName(false, TimeZone.LONG_GMT, locale)
    }

    /** A zone by its name, if its clocks show another time than the phone's. */
    fun otherZone(id: String, now: Date = Date()): String? {
        val zone = TimeZone.getTimeZone(id)
        if (zone.getOffset(now.time) == TimeZone.getDefault().getOffset(now.time)) return null
        return zone.getDisplayName(zone.inDaylightTime(now), TimeZone.LONG, locale)
    }

    /** Weekday, day and month of a date as text. */
    fun date(iso: String): String = pattern("EEEEdMMMM", LocalDate.parse(iso))

    fun month(year: Int, month: Int): String = pattern("yMMMM", LocalDate.of(year, month, 1))

    /** A weekday's narrow name; 1 is Monday. */
    fun weekday(day: Int): String = symbols(DateFormatSymbols.NARROW)[day % 7 + 1]

    fun weekdayName(day: Int): String = symbols(DateFormatSymbols.ABBREVIATED)[day % 7 + 1]

    private fun symbols(width: Int) = DateFormatSymbols(locale).getWeekdays(DateFormatSymbols.STANDALONE, width)

    private fun pattern(skeleton: String, date: LocalDate): String = DateFormat.getInstanceForSkeleton(skeleton, locale).run {
        timeZone = TimeZone.GMT_ZONE
        format(Date(date.toEpochDay() * DAY_MS))
    }

    fun metres(metres: Double): String {
        val size = abs(metres)
        if (size < 1_000) return measure(size.roundToInt(), MeasureUnit.METER)
        return measure((size / 100).roundToInt() / 10.0, MeasureUnit.KILOMETER)
    }

    /** A length of time in its largest one or two units. */
    fun span(ms: Long): String {
        val seconds = (abs(ms) + 500) / 1_000
        return when {
            seconds < 60 -> measure(if (abs(ms) < 10_000) (abs(ms) / 100) / 10.0 else seconds, MeasureUnit.SECOND)

            seconds < 3_600 -> measure(seconds / 60, MeasureUnit.MINUTE)

            seconds < 86_400 ->
                units.formatMeasures(Measure(seconds / 3_600, MeasureUnit.HOUR), Measure(seconds / 60 % 60, MeasureUnit.MINUTE))

            else -> measure(seconds / 86_400, MeasureUnit.DAY)
        }
    }

    /** A number and its unit stay on one line. */
    private fun measure(value: Number, unit: MeasureUnit): String = units.formatMeasures(Measure(value, unit)).replace(' ', '\u00a0')

    private companion object {
        const val DAY_MS = 86_400_000L
        val HOUR_MINUTE: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)
        val HOUR_MINUTE_SECOND: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT)
    }
}

@Composable
fun formats(): Formats {
    val locale = LocalConfiguration.current.locales[0]
    return remember(locale) { Formats(locale) }
}
