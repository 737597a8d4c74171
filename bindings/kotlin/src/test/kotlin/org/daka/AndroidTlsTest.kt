package org.daka

import org.daka.ffi.FailureCode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What becomes of each answer of the native half, which only a phone has. */
class AndroidTlsTest {
    private fun failure(load: () -> Int): DakaException = assertThrows(DakaException::class.java) { AndroidTls.answered(load) }

    @Test
    fun `anywhere but on Android there is nothing to do`() = AndroidTls.initialise(Any())

    @Test
    fun `ready is no failure, and every other answer is the same code with its reason`() {
        AndroidTls.answered { 0 }
        val reasons = listOf(1 to "add the dependency", 2 to "refused", 3 to "broke off", -7 to "broke off")
        for ((answer, reason) in reasons) {
            val e = failure { answer }
            assertEquals(FailureCode.PLATFORM_NOT_INITIALISED, e.code)
            assertTrue(reason in e.message.orEmpty(), "$answer: ${e.message}")
        }
    }

    @Test
    fun `a library that is not there is a failure and no crash`() {
        val e = failure { throw UnsatisfiedLinkError("no daka_ffi in java.library.path") }
        assertEquals(FailureCode.PLATFORM_NOT_INITIALISED, e.code)
        assertTrue("not for this processor" in e.message.orEmpty())
    }
}
