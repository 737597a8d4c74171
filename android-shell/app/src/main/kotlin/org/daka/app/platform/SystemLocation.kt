package org.daka.app.platform

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.annotation.SuppressLint
import android.content.Context
import android.location.*
import android.os.*
import androidx.core.location.*
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.*
import org.daka.ffi.*

/** Positions from the system's own `LocationManager`, with or without Google's services. */
@SuppressLint("MissingPermission")
class SystemLocation(private val context: Context) : LocationSource {
    private val manager = context.getSystemService(LocationManager::class.java)

    override fun standing(): LocationStanding = when {
        manager == null || manager.allProviders.none { it in NAMES } -> LocationStanding.ABSENT
        !context.granted(ACCESS_FINE_LOCATION) && !context.granted(ACCESS_COARSE_LOCATION) -> LocationStanding.ASK
        !LocationManagerCompat.isLocationEnabled(manager) -> LocationStanding.OFF
        context.granted(ACCESS_FINE_LOCATION) -> LocationStanding.READY
        else -> LocationStanding.APPROXIMATE
    }

    override fun known(): List<PositionFix> = providers().mapNotNull {
        runCatching { manager?.getLastKnownLocation(it) }.getOrNull()
    }.map(::fix)

    override fun fixes(): Flow<List<PositionFix>> = callbackFlow {
        // The compatible one has every method of the interface, which Android calls before version 11.
        val listener = LocationListenerCompat { trySend(listOf(fix(it))) }
        for (provider in providers()) {
            runCatching { manager?.requestLocationUpdates(provider, EVERY_MS, 0f, listener, Looper.getMainLooper()) }
        }
        awaitClose { manager?.removeUpdates(listener) }
    }

    private fun providers(): List<String> {
        if (standing() != LocationStanding.READY && standing() != LocationStanding.APPROXIMATE) return emptyList()
        return NAMES.filter { name -> manager?.allProviders?.contains(name) == true && manager.isProviderEnabled(name) }
    }

    private fun fix(location: Location) = PositionFix(
        latitude = location.latitude,
        longitude = location.longitude,
        accuracyM = if (location.hasAccuracy()) location.accuracy.toDouble() else null,
        ageMs = (SystemClock.elapsedRealtimeNanos() - location.elapsedRealtimeNanos) / 1_000_000,
        provider = when (location.provider) {
            LocationManager.GPS_PROVIDER -> FixProvider.GPS
            LocationManager.NETWORK_PROVIDER -> FixProvider.NETWORK
            FUSED -> FixProvider.FUSED
            LocationManager.PASSIVE_PROVIDER -> FixProvider.PASSIVE
            else -> FixProvider.UNKNOWN
        },
        mock = mock(location),
        precise = context.granted(ACCESS_FINE_LOCATION),
        altitudeM = if (location.hasAltitude()) location.altitude else null,
        speedMps = if (location.hasSpeed()) location.speed.toDouble() else null,
    )

    @Suppress("DEPRECATION")
    private fun mock(location: Location) = if (Build.VERSION.SDK_INT >= 31) location.isMock else location.isFromMockProvider

    private companion object {
        /** `LocationManager.FUSED_PROVIDER` has a name from Android 12 on; the provider is older. */
        const val FUSED = "fused"
        const val EVERY_MS = 1_000L
        val NAMES = listOf(FUSED, LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)
    }
}
