package org.daka.app

import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import org.daka.app.support.*
import org.daka.support.RealServer
import org.junit.*
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Before anything is sent, the code says where it leads; what a typed code cannot say is compared afterwards. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "en-w360dp-h740dp-xhdpi")
class EnrolTest {
    @get:Rule val rule = createEmptyComposeRule()
    private val server = RealServer()
    private lateinit var phone: Phone

    @Before fun start() {
        phone = Phone(rule)
    }

    @After fun end() {
        phone.close()
        server.close()
    }

    /** As it is spelled: in groups of four. */
    private fun fingerprint() = phone.core { it.employer() }.root.chunked(4).joinToString(", ") { it.toList().joinToString(" ") }

    private fun List<String>.spell(fingerprint: String) = any { fingerprint in it }

    @Test fun aScannedCodeNamesServerAndRootWithoutANetwork() {
        val code = server.code()
        server.stop()
        phone.type("code", code)
        phone.tap("check")
        // The code in its field names the server, too: the preview is there when its button is.
        phone.see("join")
        phone.seeText("127.0.0.1")
        val before = phone.heard()
        server.start()
        phone.tap("join")
        phone.see("agree")
        assertTrue(before.spell(fingerprint()))
        assertFalse("it was compared before", phone.heard().spell(fingerprint()))
    }

    @Test fun theRootOfATypedCodeIsComparedAfterwards() {
        phone.type("code", server.typedCode())
        phone.tap("check")
        phone.see("join")
        phone.seeText("127.0.0.1")
        assertFalse(phone.heard().any { "Fingerprint" in it })
        phone.back()
        phone.see("check")
        phone.tap("check")
        phone.tap("join")
        phone.see("agree")
        assertTrue(phone.heard().spell(fingerprint()))
        phone.seeText(phone.app.getString(R.string.enrol_root_compare))
    }
}
