package org.daka.app.platform

import android.app.Application
import android.provider.Settings
import java.time.Duration
import java.util.TimeZone
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowSystemClock

/** Three clocks, each for itself: the one that can be set, the one that cannot, and the count of boots. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SystemClocksTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val clocks by lazy { SystemClocks(app) }
    private val zone = TimeZone.getDefault()

    @After fun putBack() = TimeZone.setDefault(zone)

    private fun boot(count: Int) = Settings.Global.putInt(app.contentResolver, Settings.Global.BOOT_COUNT, count)

    @Test fun theCountOfBootsNamesTheBoot() {
        boot(7)
        val before = clocks.read().boot
        assertEquals(before, clocks.read().boot)
        boot(8)
        assertNotEquals(before, clocks.read().boot)
        assertTrue("8" in clocks.read().boot)
    }

    @Test fun elapsedTimeRunsThroughSleepInMilliseconds() {
        val before = clocks.read()
        ShadowSystemClock.advanceBy(Duration.ofHours(9))
        assertEquals(9 * 3_600_000L, (clocks.read().elapsedMs - before.elapsedMs).toLong())
        assertEquals(before.boot, clocks.read().boot)
    }

    @Test fun theOffsetIsThatOfTheZoneInMinutes() {
        for ((name, minutes) in listOf("Asia/Hong_Kong" to 480, "Asia/Kathmandu" to 345, "Pacific/Marquesas" to -570)) {
            TimeZone.setDefault(TimeZone.getTimeZone(name))
            assertEquals(name, minutes.toShort(), clocks.read().offsetMin)
        }
    }
}
