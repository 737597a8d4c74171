package org.daka.app.platform

import android.app.Notification
import android.app.NotificationManager
import android.service.quicksettings.Tile
import kotlinx.coroutines.runBlocking
import org.daka.app.DakaApplication
import org.daka.app.R
import org.daka.app.support.TestApplication
import org.daka.support.RealServer
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** A punch from the quick settings: the same punch, and the answer as a notification. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class PunchTileTest {
    private val app get() = RuntimeEnvironment.getApplication() as DakaApplication
    private val shown get() = shadowOf(checkNotNull(app.getSystemService(NotificationManager::class.java))).allNotifications

    @Before fun allowed() = shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)

    private fun title(notification: Notification) = notification.extras.getCharSequence(Notification.EXTRA_TITLE).toString()

    private fun until(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + 60_000_000_000
        while (!condition()) {
            check(System.nanoTime() < end) { what }
            shadowOf(android.os.Looper.getMainLooper()).idle()
            Thread.sleep(20)
        }
    }

    private fun tile() = Robolectric.setupService(PunchTile::class.java)

    private fun punches() = runBlocking { app.session.api().punches(10) }.size

    @Test fun aTapPunchesAndSaysSo() = RealServer().use { server ->
        runBlocking { app.session.api().enrol(server.code()) }
        tile().onClick()
        until("no answer came") { shown.isNotEmpty() }
        assertEquals(shown.joinToString { "${title(it)}: ${it.extras.getCharSequence(Notification.EXTRA_TEXT)}" }, 1, punches())
        val answer = shown.single()
        assertEquals(true, title(answer).startsWith(app.getString(R.string.quick_done).substringBefore("%")))
        // On a locked screen nobody reads where it was.
        assertEquals(Notification.VISIBILITY_PRIVATE, answer.visibility)
    }

    @Test fun aLockedPhoneIsUnlockedFirst() = RealServer().use { server ->
        runBlocking { app.session.api().enrol(server.code()) }
        val tile = tile()
        shadowOf(tile).setLocked(true)
        tile.onClick()
        until("no punch was made") { punches() == 1 }
        // Its answer must not come into the next test.
        until("no answer came") { shown.isNotEmpty() }
    }

    @Test fun somebodyWhoDidNotJoinIsToldSo() {
        tile().onClick()
        until("no answer came") { shown.isNotEmpty() }
        val text = shown.single().extras.getCharSequence(Notification.EXTRA_TEXT).toString()
        assertEquals(app.getString(R.string.quick_not_enrolled), text)
    }

    @Test fun withoutNotificationsThePunchIsKeptAllTheSame() = RealServer().use { server ->
        runBlocking { app.session.api().enrol(server.code()) }
        shadowOf(checkNotNull(app.getSystemService(NotificationManager::class.java))).setNotificationsEnabled(false)
        shadowOf(app).denyPermissions(android.Manifest.permission.POST_NOTIFICATIONS)
        tile().onClick()
        until("no punch was made") { punches() == 1 }
        assertEquals(0, shown.size)
    }

    @Test fun theTileIsReadyAndNotOn() {
        val tile = tile()
        tile.onStartListening()
        assertEquals(Tile.STATE_INACTIVE, tile.qsTile?.state)
    }
}
