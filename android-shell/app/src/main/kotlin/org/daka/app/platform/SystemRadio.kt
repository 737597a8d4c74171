package org.daka.app.platform

import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.Manifest.permission.BLUETOOTH_SCAN
import android.annotation.SuppressLint
import android.bluetooth.BluetoothManager
import android.bluetooth.le.ScanCallback
import android.bluetooth.le.ScanResult
import android.content.Context
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.net.wifi.WifiManager
import android.os.Build
import android.os.SystemClock
import androidx.core.content.ContextCompat
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import org.daka.ffi.RadioKind
import org.daka.ffi.RadioSignal

/** Access points of the connected network and of the system's last scan, and beacons while a punch screen is open. */
@SuppressLint("MissingPermission")
class SystemRadio(private val context: Context) : RadioSource {
    private val wifi = context.applicationContext.getSystemService(WifiManager::class.java)

    override fun seen(): List<RadioSignal>? {
        val manager = wifi?.takeIf { it.isWifiEnabled && granted(ACCESS_FINE_LOCATION) } ?: return null

        // Deprecated for apps that manage networks; the only one that names the access point without a running callback.
        @Suppress("DEPRECATION")
        val connected = address(manager.connectionInfo?.bssid)
        val now = SystemClock.elapsedRealtime()
        val scanned = runCatching { manager.scanResults }.getOrNull().orEmpty().mapNotNull { result ->
            val id = address(result.BSSID) ?: return@mapNotNull null
            RadioSignal(
                RadioKind.WIFI,
                id,
                (now - result.timestamp / 1_000).coerceAtLeast(0).toULong(),
                connected?.contentEquals(id) == true,
            )
        }
        if (connected == null || scanned.any { it.connected }) return scanned
        return listOf(RadioSignal(RadioKind.WIFI, connected, 0u, true)) + scanned
    }

    override fun beacons(): Flow<List<RadioSignal>> = callbackFlow {
        val scanner = context.getSystemService(BluetoothManager::class.java)?.adapter?.takeIf {
            mayScan() && it.isEnabled
        }?.bluetoothLeScanner
        val callback = object : ScanCallback() {
            override fun onScanResult(type: Int, result: ScanResult) {
                val id = result.scanRecord?.getManufacturerSpecificData(APPLE)?.let(::beacon) ?: return
                val age = SystemClock.elapsedRealtime() - result.timestampNanos / 1_000_000
                trySend(listOf(RadioSignal(RadioKind.BEACON, id, age.coerceAtLeast(0).toULong(), false)))
            }
        }
        runCatching { scanner?.startScan(callback) }
        awaitClose { runCatching { scanner?.stopScan(callback) } }
    }

    private fun granted(permission: String) = ContextCompat.checkSelfPermission(context, permission) == PERMISSION_GRANTED

    private fun mayScan() = granted(if (Build.VERSION.SDK_INT >= 31) BLUETOOTH_SCAN else ACCESS_FINE_LOCATION)

    private companion object {
        const val APPLE = 0x004c

        /** An iBeacon's UUID, major and minor: 20 bytes after type and length. */
        fun beacon(data: ByteArray): ByteArray? =
            data.takeIf { it.size >= 22 && it[0] == 2.toByte() && it[1] == 21.toByte() }?.copyOfRange(2, 22)

        /** Six bytes; null for none and for the one that stands for "you may not know". */
        fun address(text: String?): ByteArray? {
            val parts = text?.split(':')?.mapNotNull { it.toIntOrNull(16)?.toByte() }.orEmpty()
            return parts.takeIf { it.size == 6 && text != "02:00:00:00:00:00" }?.toByteArray()
        }
    }
}
