package org.daka.app.support

import java.io.InputStream
import java.io.OutputStream
import java.security.*
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** Stands in for Android's key store, which a JVM does not have: keys in memory, made by the JDK. It can refuse. */
object FakeKeyStore {
    private const val NAME = "AndroidKeyStore"
    private val pairs = mutableMapOf<String, KeyPair>()
    private val secrets = mutableMapOf<String, SecretKey>()

    /** As a key store that is locked, or whose keys are gone after an update of the system. */
    var refuses = false

    val names: Set<String> get() = pairs.keys + secrets.keys

    fun install() {
        pairs.clear()
        secrets.clear()
        refuses = false
        Security.addProvider(Own())
    }

    fun remove() = Security.removeProvider(NAME)

    private fun answer() {
        if (refuses) throw ProviderException("locked")
    }

    private class Own : Provider(NAME, "1", "a test's key store") {
        init {
            put("KeyStore.$NAME", Store::class.java.name)
            put("KeyPairGenerator.EC", Pairs::class.java.name)
            put("KeyGenerator.AES", Secrets::class.java.name)
        }
    }

    private fun name(spec: AlgorithmParameterSpec?): String = spec!!.javaClass.getMethod("getKeystoreAlias").invoke(spec) as String

    class Pairs : KeyPairGeneratorSpi() {
        private var name = ""

        override fun initialize(size: Int, random: SecureRandom?) = Unit

        override fun initialize(spec: AlgorithmParameterSpec?, random: SecureRandom?) {
            name = name(spec)
        }

        override fun generateKeyPair(): KeyPair {
            answer()
            // By any provider but this one, which is the last.
            val other = Security.getProviders("KeyPairGenerator.EC").first { it.name != NAME }
            val made = KeyPairGenerator.getInstance("EC", other).apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
            return made.also { pairs[name] = it }
        }
    }

    class Secrets : KeyGeneratorSpi() {
        private var name = ""

        override fun engineInit(random: SecureRandom?) = Unit

        override fun engineInit(size: Int, random: SecureRandom?) = Unit

        override fun engineInit(spec: AlgorithmParameterSpec?, random: SecureRandom?) {
            name = name(spec)
        }

        override fun engineGenerateKey(): SecretKey {
            answer()
            return SecretKeySpec(ByteArray(32).also(SecureRandom()::nextBytes), "AES").also { secrets[name] = it }
        }
    }

    class Store : KeyStoreSpi() {
        override fun engineLoad(stream: InputStream?, password: CharArray?) = answer()

        override fun engineContainsAlias(alias: String) = alias in names

        override fun engineGetKey(alias: String, password: CharArray?): Key? {
            answer()
            return pairs[alias]?.private ?: secrets[alias]
        }

        override fun engineGetEntry(alias: String, protection: KeyStore.ProtectionParameter?): KeyStore.Entry? {
            answer()
            pairs[alias]?.let { return KeyStore.PrivateKeyEntry(it.private, arrayOf(Bare(it.public))) }
            return secrets[alias]?.let { KeyStore.SecretKeyEntry(it) }
        }

        override fun engineGetCertificate(alias: String): Certificate? {
            answer()
            return pairs[alias]?.let { Bare(it.public) }
        }

        override fun engineDeleteEntry(alias: String) {
            answer()
            pairs -= alias
            secrets -= alias
        }

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = engineGetCertificate(alias)?.let { arrayOf(it) }

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<out Certificate>?) =
            throw KeyStoreException()

        override fun engineSetKeyEntry(alias: String, key: ByteArray?, chain: Array<out Certificate>?) = throw KeyStoreException()

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate?) = throw KeyStoreException()

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(names)

        override fun engineSize(): Int = names.size

        override fun engineIsKeyEntry(alias: String) = alias in names

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateAlias(certificate: Certificate?): String? = null

        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
    }

    /** A certificate that is nothing but its key. */
    private class Bare(private val key: PublicKey) : Certificate("bare") {
        override fun getEncoded(): ByteArray = key.encoded

        override fun verify(key: PublicKey?) = Unit

        override fun verify(key: PublicKey?, provider: String?) = Unit

        override fun toString() = "bare"

        override fun getPublicKey(): PublicKey = key
    }
}
