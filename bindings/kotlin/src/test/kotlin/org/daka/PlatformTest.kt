package org.daka

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.daka.ffi.Asked
import org.daka.ffi.ClockReading
import org.daka.ffi.DakaEvent
import org.daka.ffi.DeviceKey
import org.daka.ffi.FailureCode
import org.daka.ffi.HomeState
import org.daka.ffi.PlatformClock
import org.daka.ffi.PlatformFailure
import org.daka.ffi.PunchState
import org.daka.ffi.Trigger
import org.daka.ffi.Verdict
import org.daka.support.CONSENT
import org.daka.support.ServedTest
import org.daka.support.expect
import org.daka.support.fix
import org.daka.support.until
import org.daka.support.withPhone
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.CountDownLatch

/** What a shell implements, and what it hears. */
class PlatformTest : ServedTest() {
    @TempDir lateinit var folder: Path

    private val phone: Path get() = folder.resolve("phone")

    /** A key as Android's key store gives it: the JDK's own, SPKI and DER. */
    private class JdkKey : DeviceKey {
        @Volatile var locked = false
        @Volatile var thrown: Exception = PlatformFailure.Refused("the key store is locked")
        private val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

        override fun publicKey(): ByteArray = pair.public.encoded

        override fun sign(message: ByteArray): ByteArray {
            if (locked) throw thrown
            return Signature.getInstance("SHA256withECDSA").run {
                initSign(pair.private)
                update(message)
                sign()
            }
        }
    }

    /** A clock that a test moves. */
    private class TestClock : PlatformClock {
        @Volatile var wallMs = 1_800_000_000_000
        @Volatile var broken = false
        @Volatile var held: CountDownLatch? = null
        @Volatile var standing = CountDownLatch(1)
        private val began = System.nanoTime()

        override fun read(): ClockReading {
            if (broken) throw IllegalStateException("a secret of the shell")
            held?.let {
                standing.countDown()
                it.await()
            }
            val elapsed = (System.nanoTime() - began) / 1_000_000
            return ClockReading(wallMs + elapsed, 480, elapsed.toULong() + 5_000uL, "boot 1")
        }
    }

    @Test
    fun `a key of the shell signs, and while it refuses punches are kept`() {
        val key = JdkKey()
        withPhone(phone, key = key) { daka ->
            daka.enrol(server.code())
            daka.punch(tap(Asked.IN))
            until { daka.queue().unsigned == 0uL }

            for (thrown in listOf(PlatformFailure.Refused("locked"), IllegalStateException("a secret of the shell"))) {
                key.thrown = thrown
                key.locked = true
                daka.punch(tap(Asked.AUTO, trigger = Trigger.AUTOMATIC))
                expect(FailureCode.KEY_REFUSED) { daka.settle() }
                try {
                    daka.settle()
                } catch (e: DakaException) {
                    assertFalse(e.message.orEmpty().contains("secret"))
                }
                assertTrue(daka.queue().unsigned > 0uL)
                key.locked = false
            }
            daka.settle()
            assertEquals(0uL, daka.queue().unsigned)
            assertEquals(0uL, daka.sync(now = true).waiting)
            assertEquals(List(3) { PunchState.RECEIVED }, daka.punches(10).map { it.state })
        }
    }

    @Test
    fun `a key that is none keeps the journal shut`() = kotlinx.coroutines.runBlocking {
        val none = object : DeviceKey {
            override fun publicKey() = ByteArray(91)
            override fun sign(message: ByteArray) = ByteArray(0)
        }
        expect(FailureCode.KEY_REFUSED) { org.daka.support.open(phone, key = none) }
        val broken = object : DeviceKey {
            override fun publicKey(): ByteArray = throw IllegalStateException("gone")
            override fun sign(message: ByteArray) = ByteArray(0)
        }
        expect(FailureCode.KEY_REFUSED) { org.daka.support.open(phone, key = broken) }
        // Neither holds the journal's lock.
        org.daka.support.open(phone).closeDown()
    }

    @Test
    fun `the time is the shell's, and a clock that throws costs no punch`() {
        val clock = TestClock()
        withPhone(phone, clock = clock) { daka ->
            daka.enrol(server.code())
            val punch = daka.punch(tap(Asked.IN))
            assertTrue(punch.wallMs in clock.wallMs..clock.wallMs + 60_000, "${punch.wallMs}")
            assertEquals(480.toShort(), punch.offsetMin)
            clock.broken = true
            val broken = daka.punch(tap(Asked.OUT))
            clock.broken = false
            assertEquals(listOf(broken.id, punch.id), daka.punches(10).map { it.id })
            assertEquals(0uL, daka.sync(now = true).waiting)
        }
    }

    @Test
    fun `a punch whose caller went away in the middle is finished`() {
        val clock = TestClock()
        withPhone(phone, clock = clock) { daka ->
            daka.enrol(server.code())
            val release = CountDownLatch(1)
            clock.held = release
            val caller = CoroutineScope(Dispatchers.Default).launch { daka.punch(tap(Asked.IN)) }
            // The core is in the punch, and stands still in its first reading of the clock.
            clock.standing.await()
            caller.cancel()
            caller.join()
            clock.held = null
            release.countDown()
            until { daka.punches(10).size == 1 }
            assertTrue(daka.check().damaged.isEmpty())
        }
    }

    @Test
    fun `late positions become evidence without being asked for`() = withPhone(phone) { daka ->
        daka.enrol(server.code())
        daka.setConsent(CONSENT)
        daka.sync(now = true)
        val punch = daka.punch(tap(Asked.IN))
        assertEquals(Verdict.NOT_EVALUATED, daka.punches(1).single().place?.verdict)
        assertEquals(Verdict.INSIDE, daka.offerFixes(punch.id, listOf(fix())).verdict)
        // The window is 15 seconds by the real clock.
        daka.events.first { it == DakaEvent.EvidenceChanged(punch.id) }
        assertEquals(Verdict.INSIDE, daka.punches(1).single().place?.verdict)
        expect(FailureCode.TOO_LATE) { daka.offerFixes(punch.id, listOf(fix())) }
        until { daka.queue().unsigned == 0uL }
    }

    @Test
    fun `events say what to look at, and the home state follows by itself`() = withPhone(phone) { daka ->
        val scope = CoroutineScope(Dispatchers.Default)
        val heard = Channel<DakaEvent>(Channel.UNLIMITED)
        val states = Channel<HomeState>(Channel.UNLIMITED)
        val events = scope.launch { daka.events.collect { heard.send(it) } }
        val homes = scope.launch { daka.homeState.toList().also { states.close() } }
        val watching = scope.launch { daka.homeState.collect { states.send(it) } }
        assertNull(states.receive().employer)

        daka.enrol(server.code())
        while (states.receive().employer == null) continue
        val punch = daka.punch(tap(Asked.IN))
        while (heard.receive() != DakaEvent.Punched(punch.id)) continue
        while (states.receive().recent.none { it.id == punch.id }) continue
        daka.sync(now = true)
        while (heard.receive() !is DakaEvent.Received) continue
        while (states.receive().recent.none { it.state == PunchState.RECEIVED }) continue

        // While paused there is nothing to see, and after it there is again.
        daka.pause()
        daka.resume()
        daka.punch(tap(Asked.OUT))
        while (states.receive().offer != Asked.IN) continue
        assertEquals(2, daka.homeState.first().recent.size)

        daka.closeDown()
        // The flow of states ends, and so do those who collect it.
        homes.join()
        watching.join()
        events.cancel()
    }
}
