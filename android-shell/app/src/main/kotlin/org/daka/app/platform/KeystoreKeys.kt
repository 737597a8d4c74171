package org.daka.app.platform

import android.content.Context
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.util.AtomicFile
import androidx.core.util.writeBytes
import java.io.File
import java.security.*
import java.security.spec.ECGenParameterSpec
import javax.crypto.*
import javax.crypto.spec.GCMParameterSpec
import org.daka.ffi.DeviceKey
import org.daka.ffi.PlatformFailure

/**
 * Keys in Android's key store, by employer: a P-256 key that signs, and an AES key that wraps the journal's sealing key. The wrapped sealing key
 * is a file in the folder that no backup takes; without this phone's key store it says nothing.
 *
 * The key pair is made in the processor's protected part where there is one. A secure element of its own is not asked for: signing there takes
 * up to a second, and a punch waits for none.
 */
class KeystoreKeys(context: Context) : Keys {
    private val folder = File(context.noBackupFilesDir, "keys").apply { mkdirs() }
    private val store: KeyStore by lazy { KeyStore.getInstance(STORE).apply { load(null) } }

    override fun deviceKey(profile: String): DeviceKey = object : DeviceKey {
        override fun publicKey(): ByteArray = refusing {
            val name = "device-$profile"
            if (!store.containsAlias(name)) generatePair(name)
            store.getCertificate(name).publicKey.encoded
        }

        override fun sign(message: ByteArray): ByteArray = refusing {
            val entry = store.getEntry("device-$profile", null) as KeyStore.PrivateKeyEntry
            Signature.getInstance("SHA256withECDSA").run {
                initSign(entry.privateKey)
                update(message)
                sign()
            }
        }
    }

    override fun sealingKey(profile: String): ByteArray = refusing {
        val file = AtomicFile(File(folder, "$profile.seal"))
        if (file.baseFile.exists()) {
            val wrapped = file.readFully()
            cipher().run {
                init(Cipher.DECRYPT_MODE, wrappingKey(profile), GCMParameterSpec(128, wrapped, 0, NONCE))
                doFinal(wrapped, NONCE, wrapped.size - NONCE)
            }
        } else {
            val key = ByteArray(32).also(SecureRandom()::nextBytes)
            val wrapped = cipher().run {
                init(Cipher.ENCRYPT_MODE, wrappingKey(profile))
                iv + doFinal(key)
            }
            // Before the key is used: what is sealed with a key that was never kept is lost.
            file.writeBytes(wrapped)
            key
        }
    }

    override fun remove(profile: String) {
        AtomicFile(File(folder, "$profile.seal")).delete()
        for (name in listOf("device-$profile", "seal-$profile")) runCatching { store.deleteEntry(name) }
    }

    private fun generatePair(name: String) {
        val spec = KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
        // Signatures are made in the background, too.
        if (Build.VERSION.SDK_INT >= 28) spec.setUnlockedDeviceRequired(false)
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, STORE).run {
            initialize(spec.build())
            generateKeyPair()
        }
    }

    private fun wrappingKey(profile: String): SecretKey {
        val name = "seal-$profile"
        (store.getEntry(name, null) as? KeyStore.SecretKeyEntry)?.let { return it.secretKey }
        val spec = KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE).run {
            init(spec)
            generateKey()
        }
    }

    private fun cipher() = Cipher.getInstance("AES/GCM/NoPadding")

    private inline fun <T> refusing(block: () -> T): T = try {
        block()
    } catch (e: Exception) {
        throw PlatformFailure.Refused("the key store: ${e.javaClass.simpleName}")
    }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val NONCE = 12
    }
}
