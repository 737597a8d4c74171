package org.daka.app.platform

import android.app.Application
import android.util.Log
import org.daka.AndroidTls
import org.daka.DakaException

/** Hands the certificate verifier this application. Where that fails, the core says so at each connection that needs it, and the app goes on. */
fun Application.startTls() {
    try {
        AndroidTls.initialise(this)
    } catch (e: DakaException) {
        Log.w("daka", e)
    }
}
