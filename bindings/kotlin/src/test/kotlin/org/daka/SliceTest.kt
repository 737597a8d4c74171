package org.daka

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.daka.ffi.Asked
import org.daka.ffi.BundleClaim
import org.daka.ffi.FailureCode
import org.daka.ffi.FieldType
import org.daka.ffi.PunchState
import org.daka.ffi.Standing
import org.daka.ffi.TimeWord
import org.daka.ffi.Trigger
import org.daka.ffi.Verdict
import org.daka.ffi.WaitReason
import org.daka.support.CONSENT
import org.daka.support.ServedTest
import org.daka.support.child
import org.daka.support.expect
import org.daka.support.fix
import org.daka.support.jpeg
import org.daka.support.open
import org.daka.support.until
import org.daka.support.withPhone
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path

/** The slice from tap to receipt: the real library against the real server. */
class SliceTest : ServedTest() {
    @TempDir lateinit var folder: Path

    private val phone: Path get() = folder.resolve("phone")

    @Test
    fun `from enrolment over a basement and a kill to receipts and a proof file`() {
        val ids = mutableListOf<String>()
        withPhone(phone) { daka ->
            assertNull(daka.home().employer)
            expect(FailureCode.NOT_ENROLLED) { daka.punch(tap(Asked.IN)) }
            val code = server.code()
            val employer = daka.enrol(" $code\n")
            assertEquals("Example Bakery", employer.employer)
            assertTrue(employer.active)
            expect(FailureCode.ALREADY_ENROLLED) { daka.enrol(code) }

            daka.setConsent(CONSENT)
            assertTrue(daka.sync(now = true).anchored)
            val home = daka.home()
            assertEquals(listOf("Door"), home.sites)
            assertEquals(Standing.ACTIVE, home.standing)
            assertEquals(Asked.IN, home.offer)
            assertEquals(TimeWord.VERIFIED, home.word)
            assertEquals(Verdict.INSIDE, daka.precheck(listOf(fix())).place.verdict)
            assertEquals("Door", daka.precheck(listOf(fix())).siteName)

            val atDoor = daka.punch(tap(Asked.IN, fixes = listOf(fix())))
            assertEquals(Verdict.INSIDE, atDoor.place?.verdict)
            assertEquals(TimeWord.VERIFIED, atDoor.word)
            ids += atDoor.id
            val report = daka.sync(now = true)
            assertEquals(0uL, report.waiting)
            assertNull(report.next)
            assertEquals(PunchState.RECEIVED, daka.punches(1).single().state)
            assertEquals(Asked.OUT, daka.home().offer)
        }

        server.stop()
        // A process of its own, killed after it answered: what it said is there.
        val basement = child("org.daka.support.ChildKt", phone.toString(), "2")
        val said = basement.inputReader()
        assertEquals("open", said.readLine())
        repeat(2) { ids += said.readLine() }
        basement.destroyForcibly().waitFor()

        withPhone(phone) { daka ->
            assertEquals(ids.reversed(), daka.punches(10).map { it.id })
            ids += daka.punch(tap(Asked.OUT)).id
            val report = daka.sync(now = true)
            assertEquals(WaitReason.UNREACHABLE, report.next?.reason)
            assertTrue(report.waiting >= 3uL)
            assertEquals(report.waiting, daka.home().queue.waiting)
            // Due or not (the wait is drawn from 0 to 2 s), nothing is lost and the reason stays.
            assertEquals(WaitReason.UNREACHABLE, daka.sync().next?.reason)

            server.start()
            val sent = daka.sync(now = true)
            assertEquals(0uL, sent.waiting)
            assertNull(sent.next)
            assertEquals(setOf(PunchState.RECEIVED), daka.punches(10).map { it.state }.toSet())
            assertEquals(0uL, daka.queue().unsigned)

            val bundle = folder.resolve("bundle.daka")
            val bytes = daka.export(bundle.toString())
            assertEquals(Files.size(bundle), bytes)
            val proof = daka.verifyBundle(bundle.toString(), server.root)
            assertEquals(emptyList<Any>(), proof.fails + proof.punches.flatMap { it.fails })
            assertTrue(proof.ok && proof.trustGiven)
            assertEquals(ids, proof.punches.map { it.id })
            val claims = listOf(BundleClaim.CHAIN, BundleClaim.SIGNATURE, BundleClaim.DEVICE, BundleClaim.ENROLMENT, BundleClaim.RECEIPT)
            proof.punches.forEach { assertTrue(it.holds.containsAll(claims), "${it.holds}") }
            assertEquals(daka.employer().root, proof.root)

            val changed = Files.readAllBytes(bundle).also { it[it.size / 2] = (it[it.size / 2] + 1).toByte() }
            Files.write(bundle, changed)
            assertFalse(daka.verifyBundle(bundle.toString(), server.root).ok)
        }
        // The server has them under the employee's name, each once.
        val results = server.command("results", "--from", "2020-01-01", "--to", "2099-12-31")
        ids.forEach { assertEquals(1, Regex(it).findAll(results).count(), "$it in $results") }
    }

    @Test
    fun `what was typed enrols a phone that waits for the administrator, and nothing punched meanwhile is lost`() = withPhone(phone) { daka ->
        val typed = server.typedCode()
        // In small letters and without the hyphen, as a person types it.
        val employer = daka.enrol(typed.lowercase().replace("-", ""))
        assertFalse(employer.active)
        assertEquals(Standing.PENDING, daka.home().standing)
        val id = daka.punch(tap(Asked.IN)).id
        assertEquals(WaitReason.NOT_APPROVED, daka.sync(now = true).next?.reason)
        server.approve(employer.device)
        assertEquals(0uL, daka.sync(now = true).waiting)
        assertEquals(Standing.ACTIVE, daka.home().standing)
        assertEquals(listOf(id to PunchState.RECEIVED), daka.punches(9).map { it.id to it.state })
        withPhone(folder.resolve("other")) { expect(FailureCode.USED_CODE) { it.enrol(typed) } }
    }

    @Test
    fun `a second tap within a second is the same punch`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        val first = daka.punch(tap(Asked.IN))
        val second = daka.punch(tap(Asked.IN))
        // An out is another punch, and so is a field check-in.
        val out = daka.punch(tap(Asked.OUT))
        val field = daka.punch(tap(Asked.IN, field = FieldType.CLIENT_VISIT))
        if (second.wallMs - first.wallMs < 1000) {
            assertTrue(second.repeated)
            assertEquals(first.id to first.seq, second.id to second.seq)
        }
        assertEquals(3, setOf(first.id, out.id, field.id).size)
        assertFalse(out.repeated || field.repeated)
    }

    @Test
    fun `a cancelled punch is there whole or was never begun`() {
        withPhone(phone) { daka ->
            daka.enrol(server.code())
            val answered = mutableListOf<String>()
            repeat(40) { turn ->
                val job = launchNow { answered += daka.punch(tap(Asked.AUTO, trigger = Trigger.AUTOMATIC)).id }
                // From "before it began" to "after its answer": a punch takes a few milliseconds here.
                delay(turn % 8L)
                job.cancelAndJoin()
            }
            // Not even begun.
            launchNow(CoroutineStart.LAZY) { answered += daka.punch(tap(Asked.AUTO, trigger = Trigger.AUTOMATIC)).id }.cancelAndJoin()
            // Work goes on behind a cancelled caller: another punch comes after all of it.
            val last = daka.punch(tap(Asked.OUT)).id
            until { daka.punches(100).first().id == last && daka.check().damaged.isEmpty() }
            val there = daka.punches(100).map { it.id }
            assertTrue(there.containsAll(answered))
            assertTrue(there.size <= 41)
            assertEquals(there.size, there.toSet().size)
            // The server verifies each entry's place in the chain.
            until { daka.sync(now = true).waiting == 0uL }
            assertEquals(setOf(PunchState.RECEIVED), daka.punches(100).map { it.state }.toSet())
        }
    }

    @Test
    fun `another process gets in use, and the journal after it ended`() {
        withPhone(phone) { it.enrol(server.code()) }
        val other = child("org.daka.support.ChildKt", phone.toString(), "1")
        val said = other.inputReader()
        assertEquals("open", said.readLine())
        val punch = said.readLine()
        kotlinx.coroutines.runBlocking { expect(FailureCode.IN_USE) { open(phone) } }
        other.outputStream.close()
        other.waitFor()
        withPhone(phone) { daka ->
            assertEquals(punch, daka.punches(1).single().id)
            // The same holds within a process.
            expect(FailureCode.IN_USE) { open(phone) }
        }
    }

    @Test
    fun `a sync that is stopped or overtaken says so and loses nothing`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        daka.punch(tap(Asked.IN))
        val report = daka.sync(now = true, deadlineMs = 0)
        assertTrue(report.stopped)
        daka.stopSync()
        assertFalse(daka.sync(now = true).stopped)
        assertEquals(PunchState.RECEIVED, daka.punches(1).single().state)
    }

    @Test
    fun `while paused every call is closed, and nothing is lost`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        val punch = daka.punch(tap(Asked.IN)).id
        daka.pause()
        expect(FailureCode.CLOSED) { daka.punch(tap(Asked.OUT)) }
        expect(FailureCode.CLOSED) { daka.home() }
        // The database is closed for real: another may have it meanwhile.
        val other = open(phone)
        assertEquals(punch, other.punches(1).single().id)
        expect(FailureCode.IN_USE) { daka.resume() }
        other.closeDown()
        daka.resume()
        assertNotEquals(punch, daka.punch(tap(Asked.OUT)).id)
        daka.closeDown()
        expect(FailureCode.CLOSED) { daka.home() }
        daka.closeDown()
    }

    @Test
    fun `photos travel with their punch`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        daka.setConsent(CONSENT)
        val photo = jpeg(folder)
        val capture = daka.beginCapture()
        val draft = daka.adoptPhoto(photo.toString(), capture)
        assertEquals(Files.size(photo).toULong(), draft.size)
        Files.delete(photo)
        val punch = daka.punch(tap(Asked.AUTO, field = FieldType.CLIENT_VISIT, photos = listOf(draft.digest), note = "at the counter"))
        daka.addNote(punch.id, visit = "V-7")
        until { daka.sync(now = true).waiting == 0uL }
        until { daka.queue().photos == 0uL || daka.sync(now = true).photos > 0uL }
        val line = daka.punches(1).single()
        assertEquals(1uL to true, line.photos to line.note)
        assertEquals(PunchState.RECEIVED, line.state)
        assertNotNull(line.field)
    }
}

private fun launchNow(start: CoroutineStart = CoroutineStart.DEFAULT, work: suspend () -> Unit) =
    kotlinx.coroutines.CoroutineScope(Dispatchers.Default).launch(start = start) { work() }
