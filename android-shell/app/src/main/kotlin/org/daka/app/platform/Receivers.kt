package org.daka.app.platform

import android.content.*
import kotlinx.coroutines.launch
import org.daka.app.*
import org.daka.ffi.Asked

/** Does the work of a broadcast while the system keeps the process for it. */
private fun BroadcastReceiver.work(context: Context, block: suspend DakaApplication.() -> Unit) {
    val pending = goAsync()
    val app = context.dakaApplication
    app.scope.launch {
        try {
            app.block()
        } finally {
            // There is none when a test calls the receiver by hand.
            pending?.finish()
        }
    }
}

private const val PROFILE = "profile"
private const val ASKED = "asked"
private const val MINUTE = "minute"

/** What a reminder's alarm and its "Punch now" carry; none for an alarm that is taken away. */
fun Ring?.intent(context: Context, to: Class<out BroadcastReceiver>): Intent = Intent(context, to).also {
    if (this != null) it.putExtra(PROFILE, profile).putExtra(ASKED, asked.name).putExtra(MINUTE, minuteOfDay)
}

private fun Intent.ring() = Ring(
    profile = getStringExtra(PROFILE).orEmpty(),
    asked = Asked.entries.firstOrNull { it.name == getStringExtra(ASKED) } ?: Asked.AUTO,
    minuteOfDay = getIntExtra(MINUTE, 0),
    atMs = 0,
)

/** A reminder's time has come. The next ones are armed. */
class ReminderReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) = work(context) { reminding.ring(intent.ring()) }
}

/** "Punch now" of a reminder. */
class PunchReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) = work(context) { intent.ring().run { quick.punch(profile, asked) } }
}

/** Boot, update, another time, zone or language: what was armed is armed anew, and the core looks at its clock. */
class SystemReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in ACTIONS) return
        work(context) {
            if (intent.action in CLOCK && !intent.hasExtra(HOURS)) session.clockChanged() else session.refresh()
            reminding.arm()
            syncer.arm()
        }
    }

    private companion object {
        /** Says of a "time changed" that it is about writing it with 24 hours or with 12, and not about the time. */
        const val HOURS = "android.intent.extra.TIME_PREF_24_HOUR_FORMAT"
        val CLOCK = setOf(Intent.ACTION_TIME_CHANGED, Intent.ACTION_TIMEZONE_CHANGED)
        val ACTIONS = CLOCK + setOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED, Intent.ACTION_LOCALE_CHANGED)
    }
}
