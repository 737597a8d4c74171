package org.daka.app.platform

import android.annotation.SuppressLint
import android.app.*
import android.content.Intent
import androidx.core.app.*
import org.daka.app.*
import org.daka.app.texts.textId
import org.daka.app.ui.Formats

/** Reminders, and the answer to a punch that was made outside the app. */
class Notices(private val app: DakaApplication) {
    private val manager = NotificationManagerCompat.from(app)

    /** Whether the phone shows this app's notifications. */
    fun mayShow(): Boolean = manager.areNotificationsEnabled()

    /** "Clock in: 09:00", with "Punch now"; [employer] is named where there are several. */
    fun remind(ring: Ring, employer: String?) {
        val text = app.spoken
        // Told apart by the employer: each one's "Punch now" is its own.
        val intent = ring.intent(app, PunchReceiver::class.java).setAction(ring.profile)
        val punch = PendingIntent.getBroadcast(app, 0, intent, FLAGS)
        val time = Formats(text.resources.configuration.locales[0]).minuteOfDay(ring.minuteOfDay)
        val title = text.getString(R.string.reminders_due, text.getString(ring.asked.textId), time)
        val notice = notice(REMINDERS, R.string.reminders_channel, title, text.getString(R.string.reminders_due_body))
        show(ring.profile, REMINDER, notice.setSubText(employer).addAction(0, text.getString(R.string.reminders_punch_now), punch))
    }

    /** Says what became of a punch; a reminder of the same employer is answered by it. */
    fun answer(title: String, body: String, profile: String? = null) {
        profile?.let { manager.cancel(it, REMINDER) }
        show(null, ANSWER, notice(RESULTS, R.string.reminders_channel_results, title, body))
    }

    private fun notice(channel: String, name: Int, title: String, body: String): NotificationCompat.Builder {
        val made = NotificationChannel(channel, app.spoken.getString(name), NotificationManager.IMPORTANCE_DEFAULT)
        manager.createNotificationChannel(made)
        return NotificationCompat.Builder(app, channel)
            .setSmallIcon(R.drawable.ic_punch)
            .setContentTitle(title)
            .setContentText(body)
            .setStyle(NotificationCompat.BigTextStyle().bigText(body))
            .setContentIntent(PendingIntent.getActivity(app, 0, Intent(app, MainActivity::class.java), FLAGS))
            .setAutoCancel(true)
            // Others may see that there is something, not what.
            .setVisibility(NotificationCompat.VISIBILITY_PRIVATE)
    }

    @SuppressLint("MissingPermission")
    private fun show(tag: String?, id: Int, notice: NotificationCompat.Builder) {
        if (mayShow()) manager.notify(tag, id, notice.build())
    }

    private companion object {
        const val REMINDERS = "reminders"
        const val RESULTS = "results"
        const val REMINDER = 1
        const val ANSWER = 2
        const val FLAGS = PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE
    }
}
