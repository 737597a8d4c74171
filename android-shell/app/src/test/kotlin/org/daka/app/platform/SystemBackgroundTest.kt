package org.daka.app.platform

import android.app.Application
import androidx.work.*
import androidx.work.testing.SynchronousExecutor
import androidx.work.testing.WorkManagerTestInitHelper
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What the system's scheduler is asked for, as the scheduler itself tells it. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SystemBackgroundTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val work get() = WorkManager.getInstance(app)
    private val background by lazy { SystemBackground(app) }

    /** A worker that is counted instead of one that sends. */
    private class Counted(context: android.content.Context, parameters: WorkerParameters) : Worker(context, parameters) {
        override fun doWork(): Result {
            runs += 1
            return Result.success()
        }
    }

    @Before fun start() {
        runs = 0
        val instead = object : WorkerFactory() {
            override fun createWorker(
                appContext: android.content.Context,
                workerClassName: String,
                workerParameters: WorkerParameters,
            ): ListenableWorker {
                assertEquals(SyncWorker::class.java.name, workerClassName)
                return Counted(appContext, workerParameters)
            }
        }
        val configuration = Configuration.Builder().setExecutor(SynchronousExecutor()).setWorkerFactory(instead).build()
        WorkManagerTestInitHelper.initializeTestWorkManager(app, configuration)
    }

    private fun infos(name: String) = work.getWorkInfosForUniqueWork(name).get()

    private fun only(name: String) = infos(name).single()

    /** What WorkManager keeps of a request and shows nobody. */
    private fun expedited(name: String): Boolean {
        val kept = androidx.work.impl.WorkManagerImpl.getInstance(app).workDatabase.workSpecDao()
        return checkNotNull(kept.getWorkSpec(only(name).id.toString())).expedited
    }

    private fun drive() = checkNotNull(WorkManagerTestInitHelper.getTestDriver(app))

    @Test fun afterAPunchItIsSentAsSoonAsThereIsANetworkAndOnce() {
        repeat(3) { background.soon() }
        val asked = only(SystemBackground.SOON)
        assertEquals(NetworkType.CONNECTED, asked.constraints.requiredNetworkType)
        assertEquals(0L, asked.initialDelayMillis)
        assertEquals(WorkInfo.State.ENQUEUED, asked.state)
        assertTrue(expedited(SystemBackground.SOON))
        assertEquals(0, runs)
        drive().setAllConstraintsMet(asked.id)
        assertEquals(1, runs)
        assertEquals(WorkInfo.State.SUCCEEDED, only(SystemBackground.SOON).state)
    }

    @Test fun theNextAttemptWaitsForItsTimeAndForANetwork() {
        background.at(System.currentTimeMillis() + 3_600_000)
        val first = only(SystemBackground.LATER)
        assertTrue("${first.initialDelayMillis}", first.initialDelayMillis in 3_590_000..3_600_000)
        assertFalse(expedited(SystemBackground.LATER))
        // A later wish replaces it: there is one at a time.
        background.at(System.currentTimeMillis() + 60_000)
        val second = only(SystemBackground.LATER)
        assertNotEquals(first.id, second.id)
        assertTrue("${second.initialDelayMillis}", second.initialDelayMillis in 50_000..60_000)
        drive().setAllConstraintsMet(second.id)
        assertEquals(0, runs)
        drive().setInitialDelayMet(second.id)
        assertEquals(1, runs)
    }

    @Test fun aTimeThatIsPastIsNow() {
        background.at(System.currentTimeMillis() - 5_000)
        assertEquals(0L, only(SystemBackground.LATER).initialDelayMillis)
    }

    @Test fun aPunchDoesNotTakeAwayTheNextAttempt() {
        background.at(System.currentTimeMillis() + 60_000)
        background.soon()
        assertEquals(listOf(1, 1), listOf(SystemBackground.SOON, SystemBackground.LATER).map { infos(it).size })
    }

    private companion object {
        @Volatile var runs = 0
    }
}
