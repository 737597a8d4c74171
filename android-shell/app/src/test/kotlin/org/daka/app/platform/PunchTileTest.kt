package org.daka.app.platform

import android.app.Notification
import android.app.NotificationManager
import android.service.quicksettings.Tile
import android.service.quicksettings.TileService
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import org.daka.app.DakaApplication
import org.daka.app.R
import org.daka.app.support.TestApplication
import org.daka.support.RealServer
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements

/** A punch from the quick settings: the same punch, and the answer as a notification. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class PunchTileTest {
    private val app get() = RuntimeEnvironment.getApplication() as DakaApplication
    private val shown get() = shadowOf(checkNotNull(app.getSystemService(NotificationManager::class.java))).allNotifications

    @Before fun allowed() = shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)

    private fun title(notification: Notification) = notification.extras.getCharSequence(Notification.EXTRA_TITLE).toString()

    private fun text(notification: Notification) = notification.extras.getCharSequence(Notification.EXTRA_TEXT).toString()

    private fun jobs() = app.scope.coroutineContext.job.children.toSet()

    /** Everything that comes of it is over afterwards: the punch, and its answer. */
    private fun allOf(act: () -> Unit) {
        val before = jobs()
        act()
        val begun = jobs() - before
        val end = System.nanoTime() + 60_000_000_000
        while (begun.any { it.isActive }) {
            check(System.nanoTime() < end) { "it does not end" }
            shadowOf(android.os.Looper.getMainLooper()).idle()
            Thread.sleep(20)
        }
    }

    private fun joined(server: RealServer) = runBlocking { app.session.api().enrol(server.code()) }

    private fun punches() = runBlocking { app.session.api().punches(10) }.size

    private fun tile() = Robolectric.setupService(PunchTile::class.java)

    /** What works beside the screens must not come into the next test. */
    @After fun over() = runBlocking {
        jobs().forEach { it.cancel() }
        app.session.close()
    }

    @Test fun aTapPunchesAndSaysSo() = RealServer().use { server ->
        joined(server)
        allOf { tile().onClick() }
        assertEquals(1, punches())
        val answer = shown.single()
        assertTrue(title(answer), title(answer).startsWith("Clock in, "))
        // On a locked screen nobody reads where it was.
        assertEquals(Notification.VISIBILITY_PRIVATE, answer.visibility)
    }

    @Test
    @Config(shadows = [LockedTile::class])
    fun aLockedPhoneIsUnlockedFirst() = RealServer().use { server ->
        joined(server)
        LockedTile.afterwards = null
        allOf { tile().onClick() }
        assertEquals("it was locked", 0, punches())
        allOf { checkNotNull(LockedTile.afterwards).run() }
        assertEquals(1 to 1, punches() to shown.size)
    }

    @Test fun somebodyWhoDidNotJoinIsToldSo() {
        allOf { tile().onClick() }
        assertEquals(app.getString(R.string.quick_not_enrolled), text(shown.single()))
    }

    @Test fun withoutNotificationsThePunchIsKeptAllTheSame() = RealServer().use { server ->
        joined(server)
        shadowOf(checkNotNull(app.getSystemService(NotificationManager::class.java))).setNotificationsEnabled(false)
        allOf { tile().onClick() }
        assertEquals(1 to 0, punches() to shown.size)
    }

    @Test fun theTileIsReadyAndNotOn() {
        val tile = tile()
        tile.onStartListening()
        assertEquals(Tile.STATE_INACTIVE, tile.qsTile?.state)
    }
}

/** A tile on a locked phone, which its owner unlocks when the test says so. */
@Implements(TileService::class)
class LockedTile {
    @Implementation
    fun isLocked() = true

    @Implementation
    fun unlockAndRun(then: Runnable) {
        afterwards = then
    }

    companion object {
        var afterwards: Runnable? = null
    }
}
