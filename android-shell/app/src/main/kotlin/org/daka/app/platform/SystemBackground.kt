package org.daka.app.platform

import android.app.*
import android.content.Context
import androidx.work.*
import java.util.concurrent.TimeUnit
import org.daka.app.*

/** One unique work that sends, and one inexact alarm for each reminder that is due. */
class SystemBackground(private val context: Context) : Background {
    private val alarms = context.getSystemService(AlarmManager::class.java)

    override fun soon() = enqueue(SOON, 0, expedited = true)

    override fun at(dueMs: Long) = enqueue(LATER, (dueMs - System.currentTimeMillis()).coerceAtLeast(0), expedited = false)

    private fun enqueue(name: String, delayMs: Long, expedited: Boolean) {
        val request = OneTimeWorkRequestBuilder<SyncWorker>()
            .setConstraints(Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build())
            .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, 30, TimeUnit.SECONDS)
        // A request cannot be both.
        if (expedited) {
            request.setExpedited(OutOfQuotaPolicy.RUN_AS_NON_EXPEDITED_WORK_REQUEST)
        } else {
            request.setInitialDelay(delayMs, TimeUnit.MILLISECONDS)
        }
        WorkManager.getInstance(context).enqueueUniqueWork(name, ExistingWorkPolicy.REPLACE, request.build())
    }

    override fun remind(rings: List<Ring>) {
        // One alarm for each place in the list, so that those of an earlier list are replaced or taken away.
        for (place in 0 until Reminding.MOST) {
            val ring = rings.getOrNull(place)
            val flags = PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE
            val pending = PendingIntent.getBroadcast(context, place, ring.intent(context, ReminderReceiver::class.java), flags)
            if (ring == null) alarms?.cancel(pending) else alarms?.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, ring.atMs, pending)
        }
    }

    companion object {
        const val SOON = "send-soon"
        const val LATER = "send-later"
    }
}

/** Sends what waits, of every employer, a little shorter than the system lets it. When the next attempt is due, the core says. */
class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        applicationContext.dakaApplication.syncer.background(DEADLINE_MS)
        return Result.success()
    }

    private companion object {
        const val DEADLINE_MS = 8 * 60_000L
    }
}
