// The shadows of Android 8 have these alone.
@file:Suppress("DEPRECATION")

package org.daka.app.platform

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.app.Application
import android.location.Location
import android.location.LocationManager
import android.os.Build
import android.os.Looper
import android.os.SystemClock
import java.time.Duration
import kotlinx.coroutines.*
import org.daka.ffi.FixProvider
import org.daka.ffi.PositionFix
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowSystemClock
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** What the system's location service says, as the core is told it: nothing made up, nothing left out. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class, sdk = [26, 35])
class SystemLocationTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val manager = checkNotNull(app.getSystemService(LocationManager::class.java))
    private val location by lazy { SystemLocation(app) }

    private fun ready() {
        shadowOf(app).grantPermissions(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)
        switched(true)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(manager).setProviderEnabled(LocationManager.NETWORK_PROVIDER, true)
    }

    /** The system's switch for location: before Android 9 it was the providers' own. */
    private fun switched(on: Boolean) {
        if (Build.VERSION.SDK_INT >= 28) shadowOf(manager).setLocationEnabled(on)
        for (name in listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)) shadowOf(manager).setProviderEnabled(name, on)
    }

    private fun at(provider: String = LocationManager.GPS_PROVIDER) = Location(provider).apply {
        latitude = 22.2819
        longitude = 114.1583
        accuracy = 8f
        time = 1_700_000_000_000
        elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
    }

    private fun mocked(location: Location) {
        val name = if (Build.VERSION.SDK_INT >= 31) "setMock" else "setIsFromMockProvider"
        ReflectionHelpers.callInstanceMethod<Any?>(location, name, ClassParameter.from(Boolean::class.javaPrimitiveType, true))
    }

    private fun only(known: List<PositionFix>): PositionFix = known.single()

    @Test fun whatStandsInTheWayIsSaidInTheOrderOfWhatToDo() {
        switched(true)
        assertEquals(LocationStanding.ASK, location.standing())
        shadowOf(app).grantPermissions(ACCESS_COARSE_LOCATION)
        assertEquals(LocationStanding.APPROXIMATE, location.standing())
        shadowOf(app).grantPermissions(ACCESS_FINE_LOCATION)
        assertEquals(LocationStanding.READY, location.standing())
        switched(false)
        assertEquals(LocationStanding.OFF, location.standing())
        // Without a permission the switch alone would change nothing.
        shadowOf(app).denyPermissions(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)
        assertEquals(LocationStanding.ASK, location.standing())
    }

    @Test fun aPhoneWithoutAnyLocationHasNone() {
        for (provider in manager.allProviders.toList()) shadowOf(manager).removeProvider(provider)
        assertEquals(LocationStanding.ABSENT, location.standing())
        assertEquals(emptyList<PositionFix>(), location.known())
    }

    @Test fun aKnownFixIsHandedOverAsItIs() {
        ready()
        shadowOf(manager).setLastKnownLocation(
            LocationManager.GPS_PROVIDER,
            at().apply {
                altitude = 31.5
                speed = 1.25f
            },
        )
        val fix = only(location.known())
        assertEquals(
            listOf(22.2819, 114.1583, 8.0, 31.5, 1.25),
            listOf(fix.latitude, fix.longitude, fix.accuracyM, fix.altitudeM, fix.speedMps),
        )
        assertEquals(listOf(FixProvider.GPS, false, true, 0L), listOf(fix.provider, fix.mock, fix.precise, fix.ageMs))
    }

    @Test fun whatALocationDoesNotHaveIsNotMadeUp() {
        ready()
        val bare = Location(LocationManager.NETWORK_PROVIDER).apply { elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos() }
        shadowOf(manager).setLastKnownLocation(LocationManager.NETWORK_PROVIDER, bare)
        val fix = only(location.known())
        assertEquals(FixProvider.NETWORK, fix.provider)
        assertNull(fix.accuracyM)
        assertNull(fix.altitudeM)
        assertNull(fix.speedMps)
    }

    @Test fun aStaleFixSaysItsAgeByTheClockThatCannotBeSet() {
        ready()
        shadowOf(manager).setLastKnownLocation(LocationManager.GPS_PROVIDER, at())
        ShadowSystemClock.advanceBy(Duration.ofMinutes(7))
        assertEquals(7 * 60_000L, only(location.known()).ageMs)
    }

    @Test fun aMockedFixSaysSo() {
        ready()
        shadowOf(manager).setLastKnownLocation(LocationManager.GPS_PROVIDER, at().also(::mocked))
        assertEquals(true, only(location.known()).mock)
    }

    @Test fun approximateFixesSaySo() {
        ready()
        shadowOf(app).denyPermissions(ACCESS_FINE_LOCATION)
        shadowOf(manager).setLastKnownLocation(LocationManager.NETWORK_PROVIDER, at(LocationManager.NETWORK_PROVIDER))
        assertEquals(false, location.known().first { it.provider == FixProvider.NETWORK }.precise)
    }

    @Test fun fixesComeWhileTheyAreWantedAndNotAfter() {
        ready()
        val seen = mutableListOf<PositionFix>()
        val job = CoroutineScope(Dispatchers.Unconfined).launch { location.fixes().collect(seen::addAll) }
        ShadowSystemClock.advanceBy(Duration.ofSeconds(2))
        shadowOf(manager).simulateLocation(at())
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals(listOf(22.2819), seen.map { it.latitude })
        job.cancel()
        assertEquals(emptyList<Any>(), shadowOf(manager).locationUpdateListeners)
    }

    @Test fun withoutPermissionOrSwitchNothingIsAskedOfTheSystem() {
        switched(true)
        val off = {
            shadowOf(app).grantPermissions(ACCESS_FINE_LOCATION)
            switched(false)
        }
        for (step in listOf({ }, off)) {
            step()
            val job = CoroutineScope(Dispatchers.Unconfined).launch { location.fixes().collect { } }
            assertEquals(emptyList<Any>(), shadowOf(manager).locationUpdateListeners)
            assertEquals(emptyList<PositionFix>(), location.known())
            job.cancel()
        }
    }
}
