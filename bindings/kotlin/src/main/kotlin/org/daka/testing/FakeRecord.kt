package org.daka.testing

import org.daka.ffi.DayMark
import org.daka.ffi.DayMarkKind
import org.daka.ffi.DayView
import org.daka.ffi.MonthView
import org.daka.ffi.PhotoInfo
import org.daka.ffi.PhotoPlace
import org.daka.ffi.PunchDetail
import org.daka.ffi.PunchLine
import org.daka.ffi.PunchState
import org.daka.ffi.SignatureState
import org.daka.ffi.TimeInterval
import org.daka.ffi.TimeSource
import java.time.Instant
import java.time.LocalDate
import java.time.YearMonth
import java.time.ZoneOffset

/** The record of a [FakeDaka] by days, from its punches, newest first. */
internal class FakeRecord {
    fun month(year: Int, month: Int, lines: List<PunchLine>, nowMs: Long, offsetMin: Short): MonthView {
        val own = YearMonth.of(year, month)
        val today = localDate(nowMs, offsetMin)
        val days = (1..own.lengthOfMonth()).map { own.atDay(it) }.map { date ->
            val punches = lines.filter { it.date == date.toString() }
            DayMark(date.toString(), date.dayOfMonth, date.dayOfWeek.value, punches.size, mark(punches), date == today)
        }
        return MonthView(
            year = year,
            month = month,
            firstWeekday = own.atDay(1).dayOfWeek.value,
            days = days,
            previous = lines.any { it.date < days.first().date },
            next = own < YearMonth.from(today) || lines.any { it.date > days.last().date },
        )
    }

    fun day(date: String, lines: List<PunchLine>): DayView = DayView(
        date = date,
        weekday = LocalDate.parse(date).dayOfWeek.value,
        punches = lines.filter { it.date == date }.reversed(),
        previous = lines.map { it.date }.filter { it < date }.maxOrNull(),
        next = lines.map { it.date }.filter { it > date }.minOrNull(),
    )

    fun detail(line: PunchLine, notes: List<String>, visits: List<String>, photos: List<String>): PunchDetail = PunchDetail(
        line = line,
        word = line.word,
        interval = TimeInterval(null, TimeSource.NONE, null, TimeSource.NONE),
        bar = null,
        drawing = null,
        siteName = null,
        photos = photos.map { PhotoInfo(it, 0uL, PhotoPlace.WAITING, true, "") },
        notes = notes,
        visits = visits,
        receipt = null,
        signature = SignatureState.SIGNED,
        signals = emptyList(),
        whys = emptyList(),
    )

    private fun mark(punches: List<PunchLine>): DayMarkKind = when {
        punches.isEmpty() -> DayMarkKind.NONE
        punches.any { it.state == PunchState.PUT_ASIDE || it.state == PunchState.REFUSED } -> DayMarkKind.ATTENTION
        punches.any { it.state == PunchState.WAITING } -> DayMarkKind.WAITING
        else -> DayMarkKind.OK
    }
}

internal fun localDate(ms: Long, offsetMin: Short): LocalDate =
    Instant.ofEpochMilli(ms).atOffset(ZoneOffset.ofTotalSeconds(offsetMin * 60)).toLocalDate()

internal fun dayEnds(ms: Long, offsetMin: Short): Long =
    localDate(ms, offsetMin).plusDays(1).atStartOfDay().toInstant(ZoneOffset.ofTotalSeconds(offsetMin * 60)).toEpochMilli()
