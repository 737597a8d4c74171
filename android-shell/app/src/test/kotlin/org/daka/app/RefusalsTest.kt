package org.daka.app

import java.nio.file.Files
import kotlinx.coroutines.runBlocking
import org.daka.Daka
import org.daka.app.platform.LocationStanding
import org.daka.app.support.*
import org.daka.config
import org.daka.ffi.*
import org.daka.support.RealServer
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.robolectric.annotation.Config

/** What is refused or missing: one sentence, one next step, and nothing lost. */
class RefusalsTest : OnAPhone() {
    private fun says(text: Int) = phone.seeText(phone.app.getString(text))

    private fun enrolled() = phone.enrol(server.code())

    /** Another code, from wherever the one before it led to. */
    private fun join(code: String) {
        phone.back()
        phone.join(code)
    }

    /** As another phone would use it. */
    private fun use(code: String) = runBlocking {
        val other = Daka.open(config(Files.createTempDirectory("other").toString(), ByteArray(32), "1"))
        other.enrol(code)
        other.closeDown()
    }

    @Test fun codesThatDoNotWorkSayWhyAndTheNextOneDoes() {
        val code = server.code()
        phone.type("code", "what my employer said")
        phone.tap("check")
        says(R.string.refusals_not_a_code)
        phone.join(code.replaceAfterLast("c=", "AAAAAAAAAAAAAAAAAAAAAA"))
        says(R.string.code_failure_code_wrong_code)
        // Such a code is used up by the question.
        join(server.code().replace(Regex("r=.{4}"), "r=AAAA"))
        says(R.string.code_failure_code_other_root)
        server.stop()
        join(code)
        says(R.string.refusals_no_network_enrol)
        server.start()
        use(code)
        join(code)
        says(R.string.code_failure_code_used_code)
        join(server.expiredCode())
        says(R.string.code_failure_code_expired_code)
        phone.back()
        enrolled()
    }

    @Test fun aSimulatedPositionIsSaidAndThePunchIsKept() {
        enrolled()
        FakeLocation.known = listOf(PositionFix(RealServer.LATITUDE, RealServer.LONGITUDE, 8.0, 500, FixProvider.GPS, true, true))
        phone.tap("check")
        says(R.string.refusals_mock_location)
        phone.tap("punch")
        phone.see("state")
        val place = phone.core { it.home() }.recent.single().place
        assertEquals(listOf(VerdictReason.MOCK_FIX), place?.reasons)
    }

    @Test fun withoutLocationThePunchIsKeptAndTheStepIsNamed() {
        enrolled()
        for ((standing, sentence) in listOf(
            LocationStanding.ASK to R.string.refusals_location_denied,
            LocationStanding.OFF to R.string.refusals_location_off,
            LocationStanding.APPROXIMATE to R.string.refusals_precise_off,
        )) {
            FakeLocation.standing = standing
            phone.kill()
            says(sentence)
        }
        phone.tap("punch")
        phone.see("state")
        assertEquals(1, phone.core { it.home() }.recent.size)
    }

    @Test
    @Config(application = WithoutCamera::class)
    fun withoutACameraTheCodeIsTyped() {
        says(R.string.refusals_camera_missing)
        enrolled()
    }

    @Test
    @Config(application = WithoutKeys::class)
    fun aKeyStoreThatRefusesIsAskedAgain() {
        says(R.string.refusals_key_store)
        FakeKeys.refuses = false
        phone.tapText(phone.app.getString(R.string.common_try_again))
        enrolled()
    }

    @Test fun aKeyStoreThatRefusesLaterHoldsUpNoPunch() {
        enrolled()
        FakeKeys.refuses = true
        phone.tap("punch")
        phone.tap("done")
        phone.see("done", 0)
        assertTrue("it is signed", phone.core { it.queue() }.unsigned > 0uL)
        phone.kill()
        says(R.string.refusals_key_store)
        FakeKeys.refuses = false
        phone.tapText(phone.app.getString(R.string.common_try_again))
        phone.see("punch")
        phone.wait("it is not received") { phone.core { it.home() }.queue.waiting == 0uL }
        assertEquals(1, phone.core { it.home() }.recent.size)
    }
}

class WithoutCamera : TestApplication() {
    override fun makeDevice() = super.makeDevice().also { FakeCamera.present = false }
}

class WithoutKeys : TestApplication() {
    override fun makeDevice() = super.makeDevice().also { FakeKeys.refuses = true }
}
