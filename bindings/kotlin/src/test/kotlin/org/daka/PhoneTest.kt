package org.daka

import kotlinx.coroutines.runBlocking
import org.daka.ffi.AppSettings
import org.daka.ffi.Asked
import org.daka.ffi.ClockReading
import org.daka.ffi.FailureCode
import org.daka.ffi.Language
import org.daka.ffi.PlatformClock
import org.daka.ffi.PlatformFailure
import org.daka.ffi.Reminder
import org.daka.ffi.SealingKeys
import org.daka.ffi.Theme
import org.daka.support.Disk
import org.daka.support.SEALING_KEY
import org.daka.support.ServedTest
import org.daka.support.expect
import org.daka.support.withPhone
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path

/** Several employers on one phone, the app's settings, and reminders, through the real library and a real server. */
class PhoneTest : ServedTest() {
    @TempDir lateinit var folder: Path

    private val root get() = folder.resolve("phone")

    @Test
    fun `two employees on a phone are switched between and nothing of one is lost for the other`() = runBlocking {
        val phone = DakaPhone.open(root.toString(), Keys())
        val first = phone.profiles().single()
        assertTrue(first.current && !first.enrolled && first.employee == null)
        assertEquals(first.id, phone.add())
        withPhone(Path.of(first.folder)) { daka ->
            daka.enrol(server.code())
            daka.punch(tap(Asked.IN))
            expect(FailureCode.BAD_VALUE, "profile") { phone.remove(first.id) }
        }
        val second = phone.add()
        withPhone(Path.of(phone.profiles().first().folder)) { daka ->
            expect(FailureCode.IN_USE, "profile") { phone.remove(second) }
            daka.enrol(server.code())
            assertEquals(0, daka.punches(9).size)
        }
        fun names() = runBlocking { phone.profiles().map { Triple(it.employer, it.employee, it.id) } }
        assertEquals(listOf(second, first.id), names().map { it.third })
        assertEquals(setOf("Example Bakery"), names().map { it.first }.toSet())
        assertEquals(2, names().map { it.second }.toSet().size)
        phone.select(first.id)
        assertEquals(listOf(first.id, second), names().map { it.third })
        withPhone(Path.of(phone.profiles().first().folder)) { assertEquals(1, it.punches(9).size) }
        // Without the keys there are no names, and with a wrong one neither; the journals are there.
        for (keys in listOf(null, Keys(ByteArray(32)), Keys(ByteArray(3)), Keys(null))) {
            val profiles = DakaPhone.open(root.toString(), keys).profiles()
            assertEquals(listOf(null, null), profiles.map { it.employer })
            assertTrue(profiles.all { it.enrolled })
        }
        expect(FailureCode.BAD_VALUE, "profile") { phone.remove(second) }
        expect(FailureCode.BAD_VALUE, "profile") { phone.select("../$second") }
    }

    @Test
    fun `a registry that is damaged is made anew, and settings are kept over a restart`() = runBlocking {
        val phone = DakaPhone.open(root.toString(), Keys())
        assertEquals(AppSettings(Language.SYSTEM, Theme.SYSTEM, false), phone.settings())
        val mine = AppSettings(Language.ZH_HANT_HK, Theme.DARK, true)
        phone.setSettings(mine)
        assertEquals(mine, DakaPhone.open(root.toString()).settings())
        val profile = phone.profiles().single()
        withPhone(Path.of(profile.folder)) { it.enrol(server.code()) }
        for (damage in listOf("", "{", "{\"version\":9}")) {
            Files.writeString(root.resolve("phone.json"), damage)
            val again = DakaPhone.open(root.toString(), Keys()).profiles().single()
            assertEquals(profile.id to "Example Bakery", again.id to again.employer)
        }
    }

    @Test
    fun `a text is shown before it is sent, and the root is named by scanned ones alone`() = runBlocking {
        val phone = DakaPhone.open(root.toString())
        val scanned = server.code()
        val preview = phone.previewCode(" $scanned ")
        withPhone(Path.of(phone.profiles().first().folder)) { daka ->
            val employer = daka.enrol(scanned)
            assertEquals(employer.root, preview.root)
            assertEquals(employer.server.substringAfter("://"), preview.server)
            assertTrue(employer.rootNamed && daka.home().employer!!.rootNamed)
        }
        val typed = server.typedCode()
        assertNull(phone.previewCode(typed).root)
        phone.add()
        val unnamed = phone.profiles().first().folder
        withPhone(Path.of(unnamed)) { assertFalse(it.enrol(typed).rootNamed) }
        withPhone(Path.of(unnamed)) { assertFalse(it.employer().rootNamed) }
        expect(FailureCode.BAD_VALUE, "enrolment text") { phone.previewCode("nonsense") }
        expect(FailureCode.BAD_VALUE, "code") { phone.previewCode("time.example 7ZK4-Q0M") }
    }

    @Test
    fun `a disk that refuses is told, and what was there stays`() = runBlocking {
        assertEquals(listOf("none", "DISK_FULL", "1 LIGHT"), Disk.phone(Disk.SMALL, folder.resolve("small"), "settings"))
        val phone = DakaPhone.open(root.toString())
        phone.setSettings(phone.settings().copy(theme = Theme.LIGHT))
        assertEquals(listOf("READ_ONLY", "READ_ONLY", "1 LIGHT"), Disk.phone(Disk.READ_ONLY, root, "settings"))
    }

    @Test
    fun `reminders are kept and are due by the phone's clock`() {
        val clock = Monday()
        withPhone(root, clock = clock) { daka ->
            expect(FailureCode.NOT_ENROLLED) { daka.reminders() }
            daka.enrol(server.code())
            val out = Reminder("", 1080, 31, Asked.OUT, false)
            val set = daka.setReminders(listOf(out, Reminder("", 540, 127, Asked.IN, true)))
            assertEquals(listOf(540, 1080), set.map { it.minuteOfDay })
            for ((field, bad) in listOf(
                "minute_of_day" to out.copy(minuteOfDay = 1440),
                "weekdays" to out.copy(weekdays = 0),
                "reminder" to out.copy(id = "0".repeat(16)),
                "asked" to out.copy(asked = Asked.UNKNOWN),
            )) expect(FailureCode.BAD_VALUE, field) { daka.setReminders(listOf(bad)) }
            assertEquals(set, daka.reminders())
        }
        withPhone(root, clock = clock) { daka ->
            // Monday 2026-11-23, 08:00 in Hong Kong: in an hour, then daily; 18:00 is off.
            val due = daka.nextReminders(2)
            assertEquals(listOf(MONDAY + HOUR to "2026-11-23", MONDAY + 25 * HOUR to "2026-11-24"), due.map { it.atMs to it.date })
            assertEquals(daka.reminders().first().let { it.id to Asked.IN }, due.first().let { it.reminder to it.asked })
            clock.offset = 0
            assertEquals(MONDAY + 9 * HOUR, daka.nextReminders(1).single().atMs)
            assertEquals(emptyList<Any>(), daka.nextReminders(-1))
        }
    }

    private class Keys(private val key: ByteArray? = SEALING_KEY) : SealingKeys {
        override fun sealingKey(profile: String) = key ?: throw PlatformFailure.Refused("locked")
    }

    private class Monday : PlatformClock {
        @Volatile var offset: Short = 480

        override fun read() = ClockReading(MONDAY, offset, 1_000uL, "boot")
    }

    companion object {
        /** 2026-11-23T00:00:00Z: `date -u -d 2026-11-23 +%s`. */
        private const val MONDAY = 1_795_392_000_000
        private const val HOUR = 3_600_000L
    }
}
