package org.daka.app.platform

import android.app.Application
import android.content.Intent
import kotlinx.coroutines.runBlocking
import org.daka.app.DakaApplication
import org.daka.app.support.FakeBackground
import org.daka.app.support.FakeDevice
import org.daka.app.support.TestApplication
import org.daka.ffi.Asked
import org.daka.support.RealServer
import org.daka.tap
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What the system tells the app, and what of it arrives. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class SystemReceiverTest {
    private val app get() = RuntimeEnvironment.getApplication() as DakaApplication
    private val actions = listOf(
        Intent.ACTION_BOOT_COMPLETED,
        Intent.ACTION_MY_PACKAGE_REPLACED,
        Intent.ACTION_TIME_CHANGED,
        Intent.ACTION_TIMEZONE_CHANGED,
        Intent.ACTION_LOCALE_CHANGED,
    )

    @Test
    @Config(application = Application::class)
    fun theManifestAsksForEachOfThem() {
        val system: Application = RuntimeEnvironment.getApplication()
        for (action in actions) {
            val found = system.packageManager.queryBroadcastReceivers(Intent(action).setPackage(system.packageName), 0)
            val own = found.map { it.activityInfo.name }.filter { it.startsWith("org.daka") }
            assertEquals(action, listOf(SystemReceiver::class.java.name), own)
        }
    }

    /** What comes of a broadcast is done beside it. */
    private fun told(action: String, until: () -> Boolean) {
        SystemReceiver().onReceive(app, Intent(action))
        val end = System.nanoTime() + 60_000_000_000
        while (!until()) {
            check(System.nanoTime() < end) { "nothing came of $action; the system was asked for ${FakeBackground.wishes}" }
            Thread.sleep(20)
        }
    }

    @Test fun whatWaitsIsArmedAnewAfterEachAndNothingIsArmedForNothing() = RealServer().use { server ->
        val api = runBlocking { app.session.api() }
        runBlocking { api.enrol(server.code()) }
        server.stop()
        runBlocking { api.punch(tap(Asked.IN)) }
        for (action in actions) {
            FakeBackground.wishes.clear()
            told(action) { "soon" in FakeBackground.wishes }
        }
        FakeBackground.wishes.clear()
        SystemReceiver().onReceive(app, Intent(Intent.ACTION_BATTERY_LOW))
        assertEquals(emptyList<String>(), FakeBackground.wishes.filter { it == "soon" })
    }

    @Test fun anotherDayIsSeenWhenTheClockIsSet() = RealServer().use { server ->
        val api = runBlocking { app.session.api() }
        runBlocking { api.enrol(server.code()) }
        val before = runBlocking { api.home() }.date
        FakeDevice.setMs = 40 * 3_600_000L
        told(Intent.ACTION_TIME_CHANGED) { runBlocking { api.home() }.date != before }
        assertTrue(runBlocking { api.home() }.date > before)
        runBlocking { app.session.close() }
    }
}
