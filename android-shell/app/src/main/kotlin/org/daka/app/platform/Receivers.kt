package org.daka.app.platform

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import kotlinx.coroutines.launch
import org.daka.app.dakaApplication

/** Does the work of a broadcast while the system keeps the process for it. */
private fun BroadcastReceiver.work(context: Context, block: suspend () -> Unit) {
    val pending = goAsync()
    context.dakaApplication.scope.launch {
        try {
            block()
        } finally {
            // There is none when a test calls the receiver by hand.
            pending?.finish()
        }
    }
}

/** Boot, update, another time, zone or language: what was armed is armed anew, and the core looks at its clock. */
class SystemReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in ACTIONS) return
        work(context) {
            val app = context.dakaApplication
            app.session.clockChanged()
            app.syncer.arm()
        }
    }

    private companion object {
        val ACTIONS = setOf(
            Intent.ACTION_BOOT_COMPLETED,
            Intent.ACTION_MY_PACKAGE_REPLACED,
            Intent.ACTION_TIME_CHANGED,
            Intent.ACTION_TIMEZONE_CHANGED,
            Intent.ACTION_LOCALE_CHANGED,
        )
    }
}
