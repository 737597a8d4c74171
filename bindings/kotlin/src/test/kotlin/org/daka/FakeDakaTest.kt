package org.daka

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.daka.ffi.Asked
import org.daka.ffi.DakaEvent
import org.daka.ffi.FailureCode
import org.daka.ffi.PunchState
import org.daka.ffi.Reminder
import org.daka.ffi.WaitReason
import org.daka.support.expect
import org.daka.testing.FakeDaka
import org.daka.testing.FakePhone
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The fake does for a screen what the real one does. No library is loaded here. */
class FakeDakaTest {
    @Test
    fun `a day on the fake`() = runBlocking {
        val daka = FakeDaka(enrolled = false)
        assertNull(daka.home().employer)
        expect(FailureCode.NOT_ENROLLED) { daka.punch(tap(Asked.IN)) }
        expect(FailureCode.WRONG_CODE) { daka.enrol("another") }
        assertEquals(FakeDaka.EMPLOYER, daka.enrol("code"))
        expect(FailureCode.ALREADY_ENROLLED) { daka.enrol("code") }

        val first = daka.punch(tap(Asked.IN))
        daka.nowMs += 999
        val again = daka.punch(tap(Asked.IN))
        assertTrue(again.repeated && again.id == first.id)
        daka.nowMs += 1
        assertFalse(daka.punch(tap(Asked.IN)).repeated)
        assertEquals(Asked.OUT, daka.home().offer)

        daka.online = false
        assertEquals(WaitReason.UNREACHABLE, daka.sync().next?.reason)
        assertEquals(2uL, daka.queue().waiting)
        daka.online = true
        assertEquals(2uL, daka.sync().delivered)
        assertEquals(listOf(PunchState.RECEIVED, PunchState.RECEIVED), daka.punches(5).map { it.state })
    }

    @Test
    fun `the fake keeps a record by days`() = runBlocking {
        val daka = FakeDaka()
        // 2026-01-01T00:00:00Z is eight in the morning in Hong Kong; 16 hours later the day is over.
        val first = daka.punch(tap(Asked.IN, note = "key"))
        daka.nowMs += 16 * 3_600_000 - 1
        val last = daka.punch(tap(Asked.OUT))
        assertEquals(daka.nowMs + 1, daka.home().dayEndsMs)
        daka.nowMs += 1
        val next = daka.punch(tap(Asked.IN))
        assertEquals(listOf(first.id, last.id), daka.day("2026-01-01").punches.map { it.id })
        assertEquals(listOf(next.id), daka.home().today.map { it.id })
        assertEquals("2026-01-02" to "2026-01-02", daka.day("2026-01-01").next to daka.home().date)
        val month = daka.month(2026, 1)
        // Python: calendar.monthrange(2026, 1) is (3, 31), Thursday.
        assertEquals(Triple(4, 31, 2), Triple(month.firstWeekday, month.days.size, month.days.first().punches))
        assertEquals(listOf("key"), daka.punchDetail(first.id).notes)
        daka.details = { it.copy(siteName = "Office") }
        assertEquals("Office", daka.punchDetail(first.id).siteName)
    }

    @Test
    fun `the fake keeps a draft until it is punched`() = runBlocking {
        val daka = FakeDaka()
        daka.saveDraft(org.daka.ffi.FieldDraft(note = "x"))
        assertEquals("x", daka.draft()?.note)
        daka.punch(tap(Asked.AUTO, field = org.daka.ffi.FieldType.HOME, note = "x"))
        assertNull(daka.draft())
        assertEquals(1, daka.waiting().items.size)
        daka.sync()
        assertEquals(0, daka.waiting().items.size)
    }

    @Test
    fun `the fake phone has several employers`() = runBlocking {
        val phone = FakePhone()
        val first = phone.add()
        phone.enrolled(first, "Example Ltd")
        val second = phone.add()
        assertEquals(listOf(second to null, first to "Example Ltd"), phone.profiles().map { it.id to it.employer })
        phone.select(first)
        assertEquals(second, phone.add())
        expect(FailureCode.BAD_VALUE, "profile") { phone.remove(first) }
        phone.remove(second)
        phone.enrolled(first)
        phone.remove(first)
        assertTrue(phone.profiles().single().let { it.current && it.id != first })
        phone.setSettings(phone.settings().copy(dataSaver = true))
        assertTrue(phone.settings().dataSaver)
        assertEquals("time.example", phone.previewCode(" code ").server)
        expect(FailureCode.BAD_VALUE, "enrolment text") { phone.previewCode("x") }
        phone.failNext(FailureCode.DISK_FULL)
        expect(FailureCode.DISK_FULL) { phone.add() }
    }

    @Test
    fun `the fake reminds as the core does`() = runBlocking {
        val daka = FakeDaka()
        // 2026-01-01T00:00:00Z is Thursday, eight in the morning in Hong Kong.
        val set = daka.setReminders(listOf(Reminder("", 1080, 127, Asked.OUT, false), Reminder("", 480, 8, Asked.IN, true)))
        assertEquals(listOf(480, 1080), set.map { it.minuteOfDay })
        assertEquals(listOf("2026-01-08"), daka.nextReminders(9).map { it.date })
        daka.nowMs -= 1
        assertEquals(listOf(daka.nowMs + 1), daka.nextReminders(1).map { it.atMs })
        expect(FailureCode.BAD_VALUE, "weekdays") { daka.setReminders(listOf(set[0].copy(weekdays = 0))) }
        assertEquals(set, daka.reminders())
    }

    @Test
    fun `a test decides what fails and what takes long`() = runBlocking {
        val daka = FakeDaka()
        daka.failNext(FailureCode.DISK_FULL)
        expect(FailureCode.DISK_FULL) { daka.punch(tap(Asked.IN)) }
        val release = CompletableDeferred<Unit>()
        daka.beforeEach = { if (it == "punch") release.await() }
        val punch = async { daka.punch(tap(Asked.IN)) }
        yield()
        assertTrue(daka.home().recent.isEmpty())
        release.complete(Unit)
        assertEquals(punch.await().id, daka.home().recent.single().id)
    }

    @Test
    fun `states follow events, stop while paused and end`() = runBlocking {
        val daka = FakeDaka()
        val states = async { daka.homeState.toList() }
        val event = async { daka.events.first() }
        yield()
        val punch = daka.punch(tap(Asked.IN))
        assertEquals(DakaEvent.Punched(punch.id), event.await())
        yield()
        daka.pause()
        expect(FailureCode.CLOSED) { daka.home() }
        daka.resume()
        launch { daka.closeDown() }.join()
        expect(FailureCode.CLOSED) { daka.resume() }
        val seen = states.await()
        assertTrue(seen.first().recent.isEmpty())
        assertEquals(1, seen.last().recent.size)
    }
}
