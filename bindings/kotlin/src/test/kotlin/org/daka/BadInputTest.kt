package org.daka

import kotlinx.coroutines.runBlocking
import org.daka.ffi.Asked
import org.daka.ffi.ClockReading
import org.daka.ffi.ConsentChoice
import org.daka.ffi.ExportRange
import org.daka.ffi.FailureCode
import org.daka.ffi.PlatformClock
import org.daka.ffi.Purpose
import org.daka.ffi.Verdict
import org.daka.support.CONSENT
import org.daka.support.Disk
import org.daka.support.SEALING_KEY
import org.daka.support.ServedTest
import org.daka.support.expect
import org.daka.support.fix
import org.daka.support.open
import org.daka.support.until
import org.daka.support.withPhone
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.RandomAccessFile
import java.net.ServerSocket
import java.nio.file.Files
import java.nio.file.Path

/** Whatever comes in that cannot be is a typed failure, and loses nothing. */
class BadInputTest : ServedTest() {
    @TempDir lateinit var folder: Path

    private val phone: Path get() = folder.resolve("phone")

    private fun enrolled(work: suspend (Daka) -> Unit) = withPhone(phone) { daka ->
        daka.enrol(server.code())
        daka.setConsent(CONSENT)
        work(daka)
    }

    @Test
    fun `a position that cannot be is named, and a punch is kept without it`() = enrolled { daka ->
        val bad = mapOf(
            fix(latitude = Double.NaN) to "latitude",
            fix(latitude = 90.1) to "latitude",
            fix(longitude = Double.POSITIVE_INFINITY) to "longitude",
            fix(longitude = -180.5) to "longitude",
            fix(accuracyM = -1.0) to "accuracy",
            fix(accuracyM = Double.NaN) to "accuracy",
        )
        for ((position, field) in bad) expect(FailureCode.BAD_PLACE, field) { daka.precheck(listOf(position)) }
        val punch = daka.punch(tap(Asked.IN, fixes = bad.keys.toList()))
        assertEquals(bad.values.map { FailureCode.BAD_PLACE to it }, punch.leftOut.map { it.code to it.field })
        expect(FailureCode.BAD_PLACE, "latitude") { daka.offerFixes(punch.id, listOf(fix(latitude = Double.NaN))) }
        daka.offerFixes(punch.id, listOf(fix()))
        daka.stopMeasuring()
        expect(FailureCode.TOO_LATE) { daka.offerFixes(punch.id, listOf(fix())) }
    }

    @Test
    fun `empty and enormous texts are refused before anything is written`() = enrolled { daka ->
        val enormous = "打".repeat(1_000_000)
        for (text in listOf("", enormous)) {
            expect(FailureCode.BAD_VALUE, "note") { daka.punch(tap(Asked.IN, note = text)) }
            expect(FailureCode.BAD_VALUE, "visit") { daka.punch(tap(Asked.IN, visit = text)) }
        }
        assertEquals(0, daka.punches(10).size)
        val punch = daka.punch(tap(Asked.IN)).id
        for (text in listOf("", enormous)) {
            expect(FailureCode.BAD_VALUE, "note") { daka.addNote(punch, text = text) }
            expect(FailureCode.BAD_VALUE, "punch") { daka.addNote(text, text = "x") }
            expect(FailureCode.BAD_VALUE, "photo") { daka.addPhotos(punch, listOf(text)) }
            expect(FailureCode.BAD_VALUE, "photo") { daka.dropPhoto(text) }
        }
        expect(FailureCode.UNKNOWN_PUNCH) { daka.addNote("0193a0b0-0000-7000-8000-000000000000", text = "x") }
        expect(FailureCode.BAD_VALUE, "asked") { daka.punch(tap(Asked.UNKNOWN)) }
        val twice = ConsentChoice(Purpose.PHOTO, true, 1uL)
        expect(FailureCode.BAD_VALUE, "purpose") { daka.setConsent(listOf(twice, twice)) }
        assertEquals(CONSENT, daka.consent())
    }

    @Test
    fun `a file that is no photo leaves nothing behind`() = enrolled { daka ->
        fun file(name: String, bytes: ByteArray) = folder.resolve(name).also { Files.write(it, bytes) }.toString()
        val whole = jpeg()
        expect(FailureCode.PHOTO_EMPTY) { daka.adoptPhoto(file("empty", ByteArray(0))) }
        expect(FailureCode.PHOTO_NOT_JPEG) { daka.adoptPhoto(file("text", "no photo".encodeToByteArray())) }
        expect(FailureCode.PHOTO_TRUNCATED) { daka.adoptPhoto(file("cut", whole.copyOf(whole.size - 2))) }
        expect(FailureCode.PHOTO_UNREADABLE) { daka.adoptPhoto(folder.resolve("none").toString()) }
        expect(FailureCode.PHOTO_UNREADABLE) { daka.adoptPhoto(folder.toString()) }
        expect(FailureCode.PHOTO_UNREADABLE) { daka.adoptPhoto("") }
        // 200 MB that begin like a photo: SOI, then a scan that does not end.
        val large = folder.resolve("large")
        RandomAccessFile(large.toFile(), "rw").use {
            it.write(whole.copyOf(whole.size - 2))
            it.setLength(200_000_000)
        }
        expect(FailureCode.PHOTO_TOO_LARGE) { daka.adoptPhoto(large.toString()) }
        assertEquals(emptyList<String>(), phone.resolve("photos").toFile().list().orEmpty().toList())

        val capture = daka.beginCapture()
        expect(FailureCode.CAPTURE_UNKNOWN) { daka.adoptPhoto(file("a.jpg", whole), "0".repeat(32)) }
        expect(FailureCode.BAD_VALUE, "capture") { daka.adoptPhoto(file("a.jpg", whole), "") }
        // A failure does not use the capture up.
        expect(FailureCode.PHOTO_EMPTY) { daka.adoptPhoto(file("empty", ByteArray(0)), capture) }
        val draft = daka.adoptPhoto(file("a.jpg", whole), capture)
        expect(FailureCode.CAPTURE_USED) { daka.adoptPhoto(file("a.jpg", whole), capture) }
        expect(FailureCode.PHOTO_MISSING) { daka.punch(tap(Asked.IN, photos = listOf("0".repeat(64)))) }
        expect(FailureCode.PHOTO_TOO_MANY) { daka.punch(tap(Asked.IN, photos = List(10) { "%064x".format(it) })) }
        val gallery = daka.adoptPhoto(file("b.jpg", jpeg(200)))
        // Without consent none is taken, and a tap with one is kept without it.
        daka.setConsent(CONSENT.map { it.copy(granted = false) })
        expect(FailureCode.NO_CONSENT, "photo") { daka.adoptPhoto(file("c.jpg", jpeg(201))) }
        val tapped = daka.punch(tap(Asked.OUT, photos = listOf(draft.digest)))
        assertEquals(listOf(FailureCode.NO_CONSENT to "photo"), tapped.leftOut.map { it.code to it.field })
        expect(FailureCode.NO_CONSENT, "photo") { daka.addPhotos(tapped.id, listOf(draft.digest)) }
        daka.setConsent(CONSENT)
        daka.dropPhoto(gallery.digest)
        expect(FailureCode.PHOTO_MISSING) { daka.punch(tap(Asked.IN, photos = listOf(gallery.digest))) }
        assertEquals(1uL, daka.punch(tap(Asked.IN, photos = listOf(draft.digest))).let { daka.punches(1).single().photos })
    }

    @Test
    fun `a capture is good for five minutes, and not beyond a restart`() {
        val clock = SetClock()
        withPhone(phone, clock = clock) { daka ->
            daka.enrol(server.code())
            daka.setConsent(CONSENT)
            val photo = folder.resolve("a.jpg").also { Files.write(it, jpeg()) }.toString()
            val late = daka.beginCapture()
            clock.elapsedMs += 300_001uL
            expect(FailureCode.CAPTURE_TOO_OLD) { daka.adoptPhoto(photo, late) }
            val timely = daka.beginCapture()
            clock.elapsedMs += 300_000uL
            daka.adoptPhoto(photo, timely)
            val before = daka.beginCapture()
            clock.boot = "boot 2"
            expect(FailureCode.CAPTURE_TOO_OLD) { daka.adoptPhoto(photo, before) }
        }
    }

    @Test
    fun `a time before 2000 or after 2100 is refused where it is asked for, and kept where it was shown`() {
        val clock = SetClock()
        withPhone(phone, clock = clock) { daka ->
            daka.enrol(server.code())
            // 2000-01-01 and 2100-01-01 (UTC, `date +%s`), each taken, and a millisecond beyond.
            val (from, to) = 946_684_800_000 to 4_102_444_800_000
            val out = folder.resolve("out")
            for (wrong in listOf(from - 1, to + 1, Long.MIN_VALUE, Long.MAX_VALUE)) {
                expect(FailureCode.BAD_TIME, "from_ms") { daka.export(out.toString(), ExportRange(fromMs = wrong)) }
                expect(FailureCode.BAD_TIME, "to_ms") { daka.export(out.toString(), ExportRange(toMs = wrong)) }
            }
            assertTrue(Files.notExists(out))
            assertTrue(daka.export(out.toString(), ExportRange(from, to)) > 0)
            val shown = listOf(from - 1, to + 1, -1, Long.MIN_VALUE, Long.MAX_VALUE)
            for (wall in shown) {
                clock.wallMs = wall
                clock.elapsedMs += 2000uL
                assertEquals(wall, daka.punch(tap(Asked.IN)).wallMs)
            }
            for (age in listOf(Long.MIN_VALUE, Long.MAX_VALUE)) {
                clock.elapsedMs += 2000uL
                val punch = daka.punch(tap(Asked.OUT, fixes = listOf(fix().copy(ageMs = age))))
                assertEquals(Verdict.NOT_EVALUATED, punch.place?.verdict)
            }
            assertEquals(7, daka.punches(10).size)
            assertTrue(daka.check().damaged.isEmpty())
            assertEquals(0uL, daka.sync(now = true).waiting)
        }
    }

    @Test
    fun `a code that is wrong, used or another server's leaves the phone as it was`() = withPhone(phone) { daka ->
        for (text in listOf("", "hello", "daka:1?", "https://time.example", "x".repeat(100_000))) {
            expectBadCode(daka, text)
        }
        val code = server.code()
        withPhone(folder.resolve("other")) { it.enrol(code) }
        expect(FailureCode.USED_CODE) { daka.enrol(code) }
        val secret = code.substringAfter("&c=")
        val another = (if (secret.startsWith("A")) "B" else "A") + secret.drop(1)
        expect(FailureCode.EXPIRED_CODE) { daka.enrol(server.expiredCode()) }
        expect(FailureCode.WRONG_CODE) { daka.enrol(code.replaceAfter("&c=", another)) }
        val good = server.code()
        // Another root than the server's: 32 bytes of zero.
        expect(FailureCode.OTHER_ROOT) { daka.enrol(good.replace(Regex("r=[^&]+"), "r=" + "A".repeat(43))) }
        val free = ServerSocket(0).use { it.localPort }
        expect(FailureCode.UNREACHABLE) { daka.enrol(good.replace(Regex("127.0.0.1%3A\\d+"), "127.0.0.1%3A$free")) }
        assertNull(daka.home().employer)
        assertEquals(emptySet<String>(), leftBehind())
        daka.enrol(server.code())
        assertNotNull(daka.home().employer)
    }

    @Test
    fun `a configuration that cannot be says which part`() = runBlocking {
        suspend fun refused(field: String, config: org.daka.ffi.DakaConfig) = expect(FailureCode.BAD_VALUE, field) { Daka.open(config) }
        val good = config(phone.toString(), SEALING_KEY, "1.0.0")
        refused("folder", good.copy(folder = ""))
        refused("folder", good.copy(folder = folder.resolve("file").also { Files.writeString(it, "x") }.resolve("under").toString()))
        refused("sealing_key", good.copy(sealingKey = ByteArray(31)))
        refused("sealing_key", good.copy(sealingKey = ByteArray(0)))
        refused("utc_offset_min", good.copy(utcOffsetMin = 900))
        refused("app version", good.copy(appVersion = ""))
        refused("app version", good.copy(appVersion = "1".repeat(65)))
    }

    @Test
    fun `a folder that cannot be written is a typed failure`() = runBlocking {
        // Folders of the system itself, in which not even root may make a file.
        val system = if (System.getProperty("os.name") == "Linux") "/sys/kernel" else "/System"
        for (path in listOf(system, "$system/daka")) {
            expect(FailureCode.READ_ONLY, if (path == system) null else "folder") { Daka.open(config(path, SEALING_KEY, "1.0.0")) }
        }
    }

    @Test
    fun `a journal on a read-only disk is a typed failure and loses nothing`() {
        var punch = ""
        enrolled { punch = it.punch(tap(Asked.IN)).id }
        assertEquals(listOf("READ_ONLY"), Disk.phone(Disk.READ_ONLY, phone, "open"))
        withPhone(phone) { daka ->
            assertEquals(listOf(punch), daka.punches(10).map { it.id })
            assertTrue(daka.check().damaged.isEmpty())
        }
    }

    @Test
    fun `a full disk is a typed failure and loses nothing`() {
        val (punch, export, answered, there, waiting) = Disk.phone(Disk.SMALL, phone, "fill", server.code())
        assertEquals("DISK_FULL" to "DISK_FULL", punch to export)
        // Some before the disk was full, and one after there was room again.
        assertTrue(answered.split(",").size > 2)
        assertEquals(answered, there)
        assertEquals("0", waiting)
    }

    @Test
    fun `another sealing key opens nothing and changes nothing`() {
        enrolled { it.punch(tap(Asked.IN)) }
        runBlocking {
            val other = config(phone.toString(), ByteArray(32) { 8 }, "1.0.0")
            expect(FailureCode.WRONG_KEY) { Daka.open(other) }
        }
        withPhone(phone) { assertEquals(1, it.punches(10).size) }
    }

    @Test
    fun `a database that is no database is moved aside and kept, and punching goes on`() {
        var punch = ""
        enrolled { daka ->
            punch = daka.punch(tap(Asked.IN)).id
            daka.sync(now = true)
        }
        val database = phone.resolve("journal.db")
        val garbage = ByteArray(8192) { (it * 31).toByte() }
        Files.write(database, garbage)
        withPhone(phone) { daka ->
            val home = daka.home()
            assertNotNull(home.employer)
            val aside = home.storage.movedAside ?: error("nothing was moved aside")
            assertArrayEquals(garbage, Files.readAllBytes(phone.resolve(aside)))
            val next = daka.punch(tap(Asked.OUT))
            until { daka.sync(now = true).waiting == 0uL }
            assertEquals(listOf(next.id), daka.punches(10).map { it.id })
            assertTrue(next.id != punch)
        }
    }

    @Test
    fun `a database of a newer version is left alone`() {
        enrolled { it.punch(tap(Asked.IN)) }
        // SQLite file format §1.3.12: bytes 60 to 63 are the user version, big-endian.
        RandomAccessFile(phone.resolve("journal.db").toFile(), "rw").use {
            it.seek(60)
            it.writeInt(9999)
        }
        val before = Files.readAllBytes(phone.resolve("journal.db"))
        runBlocking { expect(FailureCode.NEWER_DATABASE) { open(phone) } }
        assertArrayEquals(before, Files.readAllBytes(phone.resolve("journal.db")))
    }

    @Test
    fun `a bundle that cannot be read is a failure, and one that does not hold is a report`() = enrolled { daka ->
        expect(FailureCode.BAD_VALUE, "path") { daka.verifyBundle(folder.resolve("none").toString()) }
        expect(FailureCode.BAD_VALUE, "path") { daka.verifyBundle(folder.toString()) }
        val empty = folder.resolve("empty").also { Files.write(it, ByteArray(0)) }.toString()
        expect(FailureCode.BAD_VALUE, "root") { daka.verifyBundle(empty, "no key") }
        val report = daka.verifyBundle(empty)
        assertTrue(!report.ok && report.fails.isNotEmpty())
        val target = folder.resolve("taken").also { Files.createDirectory(it) }
        expect(FailureCode.BAD_VALUE, "path") { daka.export(folder.resolve("no/folder").toString()) }
        try {
            daka.export(target.toString())
            throw AssertionError("a folder was replaced")
        } catch (e: DakaException) {
            assertEquals("path", e.field)
        }
        assertEquals(0, target.toFile().list().orEmpty().size)
    }

    /** A clock that stands still until it is set. */
    private class SetClock : PlatformClock {
        @Volatile var wallMs = 1_800_000_000_000

        @Volatile var elapsedMs = 5_000uL

        @Volatile var boot = "boot 1"

        override fun read() = ClockReading(wallMs, 480, elapsedMs, boot)
    }

    private suspend fun expectBadCode(daka: Daka, text: String) {
        try {
            daka.enrol(text)
            throw AssertionError("${text.take(20)} was taken")
        } catch (e: DakaException) {
            assertEquals(FailureCode.BAD_VALUE, e.code, e.message)
            assertNotNull(e.field)
        }
    }

    private fun leftBehind() = phone.toFile().list().orEmpty().filter { it.endsWith(".sealed") }.toSet()

    private fun jpeg(colour: Int = 0): ByteArray {
        val out = java.io.ByteArrayOutputStream()
        val image = java.awt.image.BufferedImage(64, 48, java.awt.image.BufferedImage.TYPE_INT_RGB)
        for (x in 0 until 64) for (y in 0 until 48) image.setRGB(x, y, colour * 0x010101)
        assertTrue(javax.imageio.ImageIO.write(image, "jpg", out))
        return out.toByteArray()
    }
}
