package org.daka.app.platform

import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.Manifest.permission.BLUETOOTH_SCAN
import android.annotation.SuppressLint
import android.bluetooth.BluetoothManager
import android.bluetooth.le.*
import android.content.Context
import android.net.wifi.WifiManager
import android.os.*
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.*
import org.daka.ffi.*

/** Access points of the connected network and of the system's last scan, and beacons while a punch screen is open. */
@SuppressLint("MissingPermission")
class SystemRadio(private val context: Context) : RadioSource {
    private val wifi = context.applicationContext.getSystemService(WifiManager::class.java)

    override fun seen(): List<RadioSignal>? {
        val manager = wifi?.takeIf { it.isWifiEnabled && context.granted(ACCESS_FINE_LOCATION) } ?: return null

        // Deprecated for apps that manage networks; the only one that names the access point without a running callback.
        @Suppress("DEPRECATION")
        val connected = address(manager.connectionInfo?.bssid)
        val now = SystemClock.elapsedRealtime()
        val scanned = runCatching { manager.scanResults }.getOrNull().orEmpty().mapNotNull { result ->
            val id = address(result.BSSID) ?: return@mapNotNull null
            signal(RadioKind.WIFI, id, now - result.timestamp / 1_000, connected?.contentEquals(id) == true)
        }
        if (connected == null || scanned.any { it.connected }) return scanned
        return listOf(signal(RadioKind.WIFI, connected, 0, true)) + scanned
    }

    override fun beacons(): Flow<List<RadioSignal>> = callbackFlow {
        val adapter = context.getSystemService(BluetoothManager::class.java)?.adapter
        val scanner = adapter?.takeIf { mayScan() && it.isEnabled }?.bluetoothLeScanner
        val callback = object : ScanCallback() {
            override fun onScanResult(type: Int, result: ScanResult) {
                val id = result.scanRecord?.getManufacturerSpecificData(APPLE)?.let(::beacon) ?: return
                val age = SystemClock.elapsedRealtime() - result.timestampNanos / 1_000_000
                trySend(listOf(signal(RadioKind.BEACON, id, age, false)))
            }
        }
        runCatching { scanner?.startScan(callback) }
        awaitClose { runCatching { scanner?.stopScan(callback) } }
    }

    private fun mayScan() = context.granted(if (Build.VERSION.SDK_INT >= 31) BLUETOOTH_SCAN else ACCESS_FINE_LOCATION)

    private companion object {
        const val APPLE = 0x004c

        fun signal(kind: RadioKind, id: ByteArray, ageMs: Long, connected: Boolean) =
            RadioSignal(kind, id, ageMs.coerceAtLeast(0).toULong(), connected)

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
