package org.daka

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.runBlocking
import org.daka.ffi.Asked
import org.daka.ffi.HomeState
import org.daka.samples.enrol
import org.daka.samples.onTap
import org.daka.samples.watch
import org.daka.support.fix
import org.daka.testing.FakeDaka
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** The sample in `samples/` compiles, and does what it says. */
class SampleTest {
    @Test
    fun `the sample enrols, punches and draws`() = runBlocking {
        val daka = FakeDaka(enrolled = false)
        val states = Channel<HomeState>(Channel.UNLIMITED)
        val watching = Job()
        watch(daka, CoroutineScope(coroutineContext + watching)) { states.trySend(it) }
        assertNull(states.receive().employer)
        assertEquals("error_wrong_code", enrol(daka, "another"))
        assertEquals("Example Ltd", enrol(daka, "code"))

        assertEquals("received", onTap(daka, fix()) { fix() })
        daka.online = false
        daka.nowMs += 60_000
        assertEquals("kept_on_this_phone", onTap(daka, null) { null })
        var last = states.receive()
        while (last.recent.size < 2) last = states.receive()
        assertEquals(listOf(Asked.OUT, Asked.IN), last.recent.map { it.asked })
        watching.cancel()
    }
}
