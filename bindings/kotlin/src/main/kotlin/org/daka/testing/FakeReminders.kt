package org.daka.testing

import org.daka.DakaException
import org.daka.ffi.FailureCode
import org.daka.ffi.Reminder
import org.daka.ffi.ReminderDue
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset

/** The reminders of a fake journal: what the core does, over the JDK's calendar. */
internal class FakeReminders {
    private var kept = emptyList<Reminder>()
    private var count = 0

    fun all(): List<Reminder> = kept

    fun set(reminders: List<Reminder>): List<Reminder> {
        if (reminders.size > 20) fail("reminders")
        val known = kept.map { it.id }
        val given = reminders.map { it.id }.filter { it.isNotEmpty() }
        if (given.any { it !in known } || given.toSet().size != given.size) fail("reminder")
        reminders.forEach {
            if (it.minuteOfDay !in 0..1439) fail("minute_of_day")
            if (it.weekdays !in 1..127) fail("weekdays")
        }
        kept = reminders.map { if (it.id.isEmpty()) it.copy(id = "%016x".format(++count)) else it }.sortedBy { it.minuteOfDay }
        return kept
    }

    fun next(limit: Int, nowMs: Long, offsetMin: Short): List<ReminderDue> {
        val zone = ZoneOffset.ofTotalSeconds(offsetMin * 60)
        val today = Instant.ofEpochMilli(nowMs).atOffset(zone).toLocalDate()
        val due = (0L..8L).map(today::plusDays).flatMap { date -> kept.filter { it.on && it.isOn(date) }.map { it.on(date, zone) } }
        return due.filter { it.atMs > nowMs && it.atMs <= nowMs + 8 * 86_400_000L }.sortedBy { it.atMs }.take(limit.coerceAtLeast(0))
    }

    private fun Reminder.isOn(date: LocalDate) = weekdays shr (date.dayOfWeek.value - 1) and 1 == 1

    private fun Reminder.on(date: LocalDate, zone: ZoneOffset): ReminderDue {
        val at = date.atStartOfDay().plusMinutes(minuteOfDay.toLong()).toInstant(zone).toEpochMilli()
        return ReminderDue(id, at, date.toString(), minuteOfDay, asked)
    }

    private fun fail(field: String): Nothing = throw DakaException(FailureCode.BAD_VALUE, field)
}
