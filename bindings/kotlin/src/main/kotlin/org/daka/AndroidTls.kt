package org.daka

import com.sun.jna.Platform
import org.daka.ffi.FailureCode

/**
 * Android's certificate verifier, which has to have the application's context before the first connection. Elsewhere there is nothing to do.
 *
 * The verifier has a Kotlin half of its own, which the app brings as `org.rustls:rustls-platform-verifier`; see docs/integrate.md.
 */
object AndroidTls {
    /**
     * Call it from `Application.onCreate` with the application. Throws `PLATFORM_NOT_INITIALISED` where it cannot be; an app goes on then: a
     * server whose key is in the enrolment code is reached, and any other connection is answered by that code until this succeeds.
     */
    fun initialise(context: Any) {
        if (Platform.isAndroid()) answered { load(context) }
    }

    /** What [load] answers, as a failure or none. */
    internal fun answered(load: () -> Int) {
        val reason = try {
            when (load()) {
                READY -> return
                NO_CLASS -> "the app has no class org.rustls.platformverifier.CertificateVerifier: add the dependency, and keep it from R8"
                REFUSED -> "the system refused a call"
                else -> "the core broke off"
            }
        } catch (e: UnsatisfiedLinkError) {
            "the phone library is not in the app, or not for this processor: ${e.message}"
        }
        throw DakaException(FailureCode.PLATFORM_NOT_INITIALISED, detail = "the certificate verifier is not ready: $reason")
    }

    private fun load(context: Any): Int {
        // JNA has it open already, or will; but the JVM finds a native method only in what it loaded itself.
        System.loadLibrary("daka_ffi")
        return start(context)
    }

    @JvmStatic
    private external fun start(context: Any): Int

    private const val READY = 0
    private const val NO_CLASS = 1
    private const val REFUSED = 2
}
