package org.daka.app

import org.daka.app.support.*
import org.junit.*
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue

/** Before anything is sent, the code says where it leads; what a typed code cannot say is compared afterwards. */
class EnrolTest : OnAPhone() {
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
