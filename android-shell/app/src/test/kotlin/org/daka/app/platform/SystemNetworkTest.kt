// The shadows of Android 8 have these alone.
@file:Suppress("DEPRECATION")

package org.daka.app.platform

import android.app.Application
import android.net.ConnectivityManager
import kotlinx.coroutines.*
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkInfo

/** When a network comes, and whether it costs by the byte. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class, sdk = [26, 35])
class SystemNetworkTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val manager = checkNotNull(app.getSystemService(ConnectivityManager::class.java))
    private val network by lazy { SystemNetwork(app) }

    @Test fun theSystemSaysWhetherItIsMetered() {
        for (metered in listOf(true, false)) {
            shadowOf(manager).setActiveNetworkInfo(ShadowNetworkInfo.newInstance(null, type(metered), 0, true, true))
            assertEquals(metered, network.metered())
        }
    }

    private fun type(metered: Boolean) = if (metered) ConnectivityManager.TYPE_MOBILE else ConnectivityManager.TYPE_WIFI

    @Test fun aNetworkThatComesIsATickWhileSomebodyListens() {
        var ticks = 0
        val job = CoroutineScope(Dispatchers.Unconfined).launch { network.comes().collect { ticks += 1 } }
        val callback = shadowOf(manager).networkCallbacks.single()
        callback.onAvailable(ShadowNetwork.newInstance(1))
        callback.onLost(ShadowNetwork.newInstance(1))
        callback.onAvailable(ShadowNetwork.newInstance(2))
        assertEquals(2, ticks)
        job.cancel()
        assertEquals(0, shadowOf(manager).networkCallbacks.size)
    }
}
