package org.daka

import org.daka.ffi.Asked
import org.daka.ffi.DayMarkKind
import org.daka.ffi.FailureCode
import org.daka.ffi.FieldDraft
import org.daka.ffi.FieldType
import org.daka.ffi.KeyStanding
import org.daka.ffi.PhotoPlace
import org.daka.ffi.PunchState
import org.daka.ffi.SignatureState
import org.daka.ffi.WaitingKind
import org.daka.ffi.WhyArg
import org.daka.ffi.WhyCode
import org.daka.support.CONSENT
import org.daka.support.ServedTest
import org.daka.support.expect
import org.daka.support.jpeg
import org.daka.support.until
import org.daka.support.withPhone
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import java.time.LocalDate
import java.time.YearMonth

/** What screens show, through the real library and a real server. */
class ScreensTest : ServedTest() {
    @TempDir
    lateinit var folder: Path

    private val phone: Path get() = folder.resolve("phone")

    @Test
    fun `a punch is in its day, its month and in full`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        daka.setConsent(CONSENT)
        val file = jpeg(folder)
        val bytes = Files.readAllBytes(file)
        val photo = daka.adoptPhoto(file.toString()).digest
        val punch = daka.punch(tap(Asked.IN, field = FieldType.CLIENT_VISIT, note = "at the counter", visit = "V-7", photos = listOf(photo)))
        val date = LocalDate.parse(punch.date)
        val day = daka.day(punch.date)
        assertEquals(listOf(punch.id), day.punches.map { it.id })
        assertEquals(date.dayOfWeek.value, day.weekday)
        assertEquals(Triple(punch.date, null, null), Triple(day.date, day.previous, day.next))
        val month = daka.month(date.year, date.monthValue)
        assertEquals(YearMonth.from(date).lengthOfMonth(), month.days.size)
        assertEquals(DayMarkKind.WAITING to 1, month.days[date.dayOfMonth - 1].let { it.mark to it.punches })
        val home = daka.home()
        assertEquals(listOf(punch.id), home.today.map { it.id })
        assertEquals(WhyCode.OFFER_OPEN_IN, home.offerWhys.single().code)
        assertEquals(WhyArg.Time(punch.wallMs, punch.offsetMin), home.offerWhys.single().args.single())

        until { daka.sync(now = true).waiting == 0uL }
        until { daka.punchDetail(punch.id).signature == SignatureState.SIGNED }
        val detail = daka.punchDetail(punch.id)
        assertEquals(PunchState.RECEIVED, detail.line.state)
        assertEquals(listOf("at the counter") to listOf("V-7"), detail.notes to detail.visits)
        assertTrue(detail.receipt!!.let { it.logIndex < it.treeSize })
        assertNotNull(detail.bar)
        val again = daka.punchResult(punch.id)
        assertEquals(Triple(punch.id, punch.seq, punch.wallMs), Triple(again.id, again.seq, again.wallMs))
        assertEquals(Triple(detail.interval, detail.word, detail.whys), Triple(again.interval, again.word, again.whys))
        assertFalse(again.repeated)
        expect(FailureCode.UNKNOWN_PUNCH) { daka.punchResult("0193a0b0-0000-7000-8000-000000000000") }
        assertNull(detail.drawing)
        val shown = detail.photos.single()
        assertEquals(photo to false, shown.digest to shown.capturedInApp)
        assertTrue(shown.state == PhotoPlace.RECEIVED || shown.state == PhotoPlace.WAITING)
        assertArrayEquals(bytes, daka.photo(photo))
        expect(FailureCode.PHOTO_TOO_LARGE) { daka.photo(photo, 10) }
        assertEquals(DayMarkKind.OK, daka.month(date.year, date.monthValue).days[date.dayOfMonth - 1].mark)
    }

    @Test
    fun `a check-in that was begun is there after a restart and ends with its punch`() {
        withPhone(phone) { daka ->
            daka.enrol(server.code())
            daka.setConsent(CONSENT)
            assertNull(daka.draft())
            val photo = daka.adoptDraftPhoto(jpeg(folder).toString(), daka.beginCapture()).digest
            assertEquals(FieldDraft(photos = listOf(photo)), daka.draft())
            daka.saveDraft(FieldDraft(FieldType.HOME, "V-7", "", listOf(photo)))
            assertTrue(daka.fieldPolicy().let { it.camera && it.photoConsent && it.maxPhotos == 9 })
        }
        withPhone(phone) { daka ->
            val draft = daka.draft()!!
            assertEquals(FieldDraft(FieldType.HOME, "V-7", null, draft.photos), draft)
            expect(FailureCode.PHOTO_MISSING) { daka.saveDraft(draft.copy(photos = listOf("0".repeat(64)))) }
            val punch = daka.punch(tap(Asked.AUTO, field = draft.field, visit = draft.visit, photos = draft.photos))
            assertNull(daka.draft())
            val waiting = daka.waiting()
            val item = waiting.items.single { it.kind == WaitingKind.PUNCH }
            assertEquals(Triple(punch.id, 1, PunchState.WAITING), Triple(item.punch?.id, item.photos, item.state))
            assertEquals(waiting.queue.waiting, waiting.items.sumOf { it.entries }.toULong())
            // The server's keys come with the first round; a verifier asks for them.
            until { daka.sync(now = true).waiting == 0uL }
            val file = folder.resolve("one.daka").toString()
            val written = daka.exportPunches(listOf(punch.id), file)
            assertEquals(Files.size(Path.of(file)), written)
            assertEquals(listOf(punch.id), daka.verifyBundle(file).punches.map { it.id })
            daka.exportDays(punch.date, punch.date, file)
            assertEquals(listOf(punch.id), daka.verifyBundle(file).punches.map { it.id })
            val before = LocalDate.parse(punch.date).minusDays(1).toString()
            daka.exportDays(before, before, file)
            assertEquals(emptyList<String>(), daka.verifyBundle(file).punches.map { it.id })
            expect(FailureCode.BAD_VALUE, "date") { daka.exportDays(punch.date, "2026-02-30", file) }
            daka.exportRefused(file)
            assertEquals(emptyList<String>(), daka.verifyBundle(file).punches.map { it.id })
            expect(FailureCode.UNKNOWN_PUNCH) { daka.exportPunches(listOf("0193a0b0-0000-7000-8000-000000000000"), file) }
        }
    }

    @Test
    fun `leaving writes everything first and takes everything then`() {
        val bundle = folder.resolve("all.daka").toString()
        withPhone(phone) { daka ->
            assertEquals(3, daka.consentPage().purposes.size)
            expect(FailureCode.NOT_ENROLLED) { daka.leave(bundle) }
            val employer = daka.enrol(server.code())
            daka.setConsent(CONSENT)
            val first = daka.punch(tap(Asked.IN, note = "at the counter")).id
            until { daka.sync(now = true).waiting == 0uL }
            val key = daka.keys().first()
            assertEquals(Triple(employer.device, true, KeyStanding.ACTIVE), Triple(key.fingerprint, key.thisDevice, key.standing))
            val said = daka.diagnostics()
            listOf(employer.employer, employer.device, first, "counter", phone.toString()).forEach { assertFalse(it in said, said) }
            assertTrue("\"storage\"" in said && "\"entries\"" in said, said)
            val second = daka.punch(tap(Asked.OUT)).id
            assertEquals(1uL, daka.leavePreview().waiting)
            // A bundle inside the folder would go with it: nothing is left then.
            expect(FailureCode.BAD_VALUE, "path") { daka.leave(phone.resolve("all.daka").toString()) }
            assertEquals(second, daka.punches(1).single().id)
            val written = daka.leave(bundle)
            assertEquals(Files.size(Path.of(bundle)), written)
            expect(FailureCode.CLOSED) { daka.home() }
            assertEquals(setOf(first, second), daka.verifyBundle(bundle).punches.map { it.id }.toSet())
            assertEquals(emptyList<Path>(), Files.list(phone).use { it.toList() })
        }
        // The folder serves another employer.
        withPhone(phone) { daka ->
            assertNull(daka.home().employer)
            daka.enrol(server.code())
            assertEquals(emptyList<String>(), daka.punches(5).map { it.id })
        }
    }

    @Test
    fun `what cannot be is named`() = withPhone(phone) { daka ->
        expect(FailureCode.NOT_ENROLLED) { daka.day("2026-03-28") }
        daka.enrol(server.code())
        listOf("", "2026-02-29", "28.03.2026").forEach { expect(FailureCode.BAD_VALUE, "date") { daka.day(it) } }
        expect(FailureCode.BAD_VALUE, "month") { daka.month(2026, 13) }
        expect(FailureCode.BAD_VALUE, "year") { daka.month(1969, 1) }
        expect(FailureCode.UNKNOWN_PUNCH) { daka.punchDetail("0193a0b0-0000-7000-8000-000000000000") }
        expect(FailureCode.PHOTO_MISSING) { daka.photo("0".repeat(64)) }
        assertEquals(29, daka.month(2028, 2).days.size)
    }
}
