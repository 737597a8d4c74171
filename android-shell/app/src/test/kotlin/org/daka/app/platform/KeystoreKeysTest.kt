package org.daka.app.platform

import android.app.Application
import java.io.File
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec
import org.daka.app.support.FakeKeyStore
import org.daka.ffi.PlatformFailure
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Keys by employer: made once, kept over a restart, never in the clear on the disk, and a refusal is said as one. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class KeystoreKeysTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val folder get() = File(app.noBackupFilesDir, "keys")

    @Before fun start() = FakeKeyStore.install()

    @After fun end() = FakeKeyStore.remove()

    /** As after the process ended: only the key store and the disk are left. */
    private fun keys() = KeystoreKeys(app)

    private fun refuses(block: () -> Unit): String {
        val failure = assertThrows(PlatformFailure.Refused::class.java, block)
        return failure.reason
    }

    @Test fun theSealingKeyIsTheSameAfterARestartAndNotInTheClearOnTheDisk() {
        val key = keys().sealingKey("a")
        assertEquals(32, key.size)
        assertArrayEquals(key, keys().sealingKey("a"))
        assertFalse(key.contentEquals(keys().sealingKey("b")))
        val onDisk = checkNotNull(folder.listFiles()).single { it.name.startsWith("a") }.readBytes()
        val windows = onDisk.toList().windowed(8)
        assertTrue(key.toList().windowed(8).none { it in windows })
    }

    @Test fun aSignatureIsVerifiedByTheKeyThatWasShown() {
        val key = keys().deviceKey("a")
        val shown = key.publicKey()
        val signature = keys().deviceKey("a").sign("a punch".toByteArray())
        val public = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(shown))
        fun verifies(text: String) = Signature.getInstance("SHA256withECDSA").run {
            initVerify(public)
            update(text.toByteArray())
            verify(signature)
        }
        assertTrue(verifies("a punch"))
        assertFalse(verifies("another"))
        assertArrayEquals(shown, keys().deviceKey("a").publicKey())
        assertFalse(shown.contentEquals(keys().deviceKey("b").publicKey()))
    }

    @Test fun aKeyStoreThatRefusesSaysSoAndMakesNoOtherKeyInstead() {
        val key = keys().sealingKey("a")
        val shown = keys().deviceKey("a").publicKey()
        FakeKeyStore.refuses = true
        assertTrue(refuses { keys().sealingKey("a") }.startsWith("the key store"))
        refuses { keys().deviceKey("a").publicKey() }
        refuses { keys().deviceKey("a").sign(ByteArray(1)) }
        // A new one is not made up either: what it sealed could not be read again.
        refuses { keys().sealingKey("b") }
        assertEquals(1, folder.listFiles()?.size)
        FakeKeyStore.refuses = false
        assertArrayEquals(key, keys().sealingKey("a"))
        assertArrayEquals(shown, keys().deviceKey("a").publicKey())
    }

    @Test fun aPhoneWithoutAKeyStoreRefuses() {
        FakeKeyStore.remove()
        refuses { keys().sealingKey("a") }
        refuses { keys().deviceKey("a").publicKey() }
    }

    @Test fun aSealThatWasChangedOrCutIsARefusalAndStaysWhereItIs() {
        keys().sealingKey("a")
        val file = checkNotNull(folder.listFiles()).single()
        val whole = file.readBytes()
        for (bad in listOf(whole.copyOf().also { it[20] = (it[20] + 1).toByte() }, whole.copyOf(20), ByteArray(0))) {
            file.writeBytes(bad)
            refuses { keys().sealingKey("a") }
            assertArrayEquals(bad, file.readBytes())
        }
        // The reason names no key.
        assertFalse("a" == refuses { keys().sealingKey("a") })
    }

    @Test fun anEmployerThatIsLeftLeavesNoKey() {
        keys().sealingKey("a")
        keys().deviceKey("a").publicKey()
        val other = keys().sealingKey("b")
        keys().remove("a")
        assertEquals(setOf("seal-b"), FakeKeyStore.names)
        assertEquals(listOf("b.seal"), folder.list()?.toList())
        assertArrayEquals(other, keys().sealingKey("b"))
    }
}
