package org.daka.app.platform

import android.Manifest.permission.POST_NOTIFICATIONS
import android.annotation.SuppressLint
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.os.Build
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.content.ContextCompat
import org.daka.app.MainActivity
import org.daka.app.R

/** The answer to a punch that was made outside the app. */
class Notices(private val base: Context) {
    fun mayShow(): Boolean = Build.VERSION.SDK_INT < 33 || ContextCompat.checkSelfPermission(base, POST_NOTIFICATIONS) == PERMISSION_GRANTED

    /** Says what became of a punch. */
    fun answer(title: String, text: String) = show(ANSWER, notice(base, RESULTS, title, text))

    private fun notice(context: Context, channel: String, title: String, text: String): NotificationCompat.Builder {
        val open = PendingIntent.getActivity(base, 0, Intent(base, MainActivity::class.java), FLAGS)
        return NotificationCompat.Builder(base, made(context, channel))
            .setSmallIcon(R.drawable.ic_punch)
            .setContentTitle(title)
            .setContentText(text)
            .setStyle(NotificationCompat.BigTextStyle().bigText(text))
            .setContentIntent(open)
            .setAutoCancel(true)
            // Others may see that there was a punch, not where.
            .setVisibility(NotificationCompat.VISIBILITY_PRIVATE)
    }

    private fun made(context: Context, channel: String): String {
        val made = NotificationChannel(channel, context.getString(R.string.reminders_channel_results), NotificationManager.IMPORTANCE_DEFAULT)
        base.getSystemService(NotificationManager::class.java)?.createNotificationChannel(made)
        return channel
    }

    @SuppressLint("MissingPermission")
    private fun show(id: Int, notice: NotificationCompat.Builder) {
        if (mayShow()) NotificationManagerCompat.from(base).notify(id, notice.build())
    }

    private companion object {
        const val RESULTS = "results"
        const val ANSWER = 2
        const val FLAGS = PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE
    }
}
