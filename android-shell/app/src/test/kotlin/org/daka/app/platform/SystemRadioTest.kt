package org.daka.app.platform

import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.Manifest.permission.BLUETOOTH_SCAN
import android.app.Application
import android.bluetooth.BluetoothManager
import android.bluetooth.le.ScanRecord
import android.net.wifi.ScanResult
import android.net.wifi.WifiManager
import android.os.SystemClock
import kotlinx.coroutines.*
import org.daka.ffi.RadioKind
import org.daka.ffi.RadioSignal
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowWifiInfo
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** What the phone's radios say, and that "unreadable" is not "nothing there". */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SystemRadioTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val wifi = checkNotNull(app.getSystemService(WifiManager::class.java))
    private val bluetooth get() = checkNotNull(app.getSystemService(BluetoothManager::class.java)).adapter
    private val radio by lazy { SystemRadio(app) }

    private fun allowed() {
        shadowOf(app).grantPermissions(ACCESS_FINE_LOCATION, BLUETOOTH_SCAN)
        shadowOf(wifi).setWifiState(WifiManager.WIFI_STATE_ENABLED)
    }

    private fun connected(address: String) {
        val info = ShadowWifiInfo.newInstance()
        shadowOf(info).setBSSID(address)
        shadowOf(wifi).setConnectionInfo(info)
    }

    @Suppress("DEPRECATION")
    private fun scanned(vararg addresses: String) {
        val results = addresses.map { address ->
            ScanResult().apply {
                BSSID = address
                timestamp = (SystemClock.elapsedRealtime() - 60) * 1_000
            }
        }
        shadowOf(wifi).setScanResults(results)
    }

    private fun seen(): List<String>? = radio.seen()?.map { signal ->
        signal.id.joinToString(":") { "%02x".format(it) } + (if (signal.connected) " connected" else "") + " ${signal.ageMs}"
    }

    @Test fun theConnectedAccessPointIsMarkedInTheScanOrStandsBeforeIt() {
        allowed()
        connected("a0:b1:c2:d3:e4:f5")
        scanned("a0:b1:c2:d3:e4:f5", "00:11:22:33:44:55")
        assertEquals(listOf("a0:b1:c2:d3:e4:f5 connected 60", "00:11:22:33:44:55 60"), seen())
        scanned("00:11:22:33:44:55")
        assertEquals(listOf("a0:b1:c2:d3:e4:f5 connected 0", "00:11:22:33:44:55 60"), seen())
        assertEquals(setOf(RadioKind.WIFI), radio.seen()?.map { it.kind }?.toSet())
    }

    @Test fun nothingAroundIsAnEmptyList() {
        allowed()
        assertEquals(emptyList<String>(), seen())
    }

    @Test fun whatMayNotBeReadIsUnreadable() {
        connected("a0:b1:c2:d3:e4:f5")
        shadowOf(wifi).setWifiState(WifiManager.WIFI_STATE_ENABLED)
        assertNull(radio.seen())
        shadowOf(app).grantPermissions(ACCESS_FINE_LOCATION)
        shadowOf(wifi).setWifiState(WifiManager.WIFI_STATE_DISABLED)
        assertNull(radio.seen())
    }

    @Test fun theAddressThatStandsForNoneIsNone() {
        allowed()
        for (hidden in listOf("02:00:00:00:00:00", "any", "1:2:3", "")) {
            connected(hidden)
            assertEquals(hidden, emptyList<String>(), seen())
        }
    }

    /** An advertisement: one structure of manufacturer's data after its length. */
    private fun advertise(company: Int, data: ByteArray) {
        val bytes = byteArrayOf((data.size + 3).toByte(), 0xff.toByte(), company.toByte(), (company shr 8).toByte()) + data
        val record = ReflectionHelpers.callStaticMethod<ScanRecord>(
            ScanRecord::class.java,
            "parseFromBytes",
            ClassParameter.from(ByteArray::class.java, bytes),
        )
        val device = bluetooth.getRemoteDevice("00:11:22:AA:BB:CC")
        val result = android.bluetooth.le.ScanResult(device, 0, 1, 0, 0, 0, -60, 0, record, SystemClock.elapsedRealtimeNanos())
        for (callback in shadowOf(bluetooth.bluetoothLeScanner).scanCallbacks.toList()) callback.onScanResult(1, result)
    }

    private val id = ByteArray(20) { it.toByte() }

    @Test fun beaconsComeWhileTheyAreWantedAndNotAfter() {
        allowed()
        shadowOf(bluetooth).setEnabled(true)
        val seen = mutableListOf<RadioSignal>()
        val job = CoroutineScope(Dispatchers.Unconfined).launch { radio.beacons().collect(seen::addAll) }
        // As in Apple's proximity beacon: type 2, length 21, UUID, major, minor, measured power.
        advertise(0x004c, byteArrayOf(2, 21) + id + byteArrayOf(-59))
        // Another company's, another type, one that is cut off.
        advertise(0x0059, byteArrayOf(2, 21) + id + byteArrayOf(-59))
        advertise(0x004c, byteArrayOf(16, 5) + id)
        advertise(0x004c, byteArrayOf(2, 21, 1, 2, 3))
        assertArrayEquals(id, seen.single().id)
        assertEquals(RadioKind.BEACON to false, seen.single().kind to seen.single().connected)
        job.cancel()
        assertEquals(0, shadowOf(bluetooth.bluetoothLeScanner).scanCallbacks.size)
    }

    @Test fun withBluetoothOffOrForbiddenNothingIsScanned() {
        shadowOf(app).grantPermissions(BLUETOOTH_SCAN)
        shadowOf(bluetooth).setEnabled(false)
        val off = CoroutineScope(Dispatchers.Unconfined).launch { radio.beacons().collect { } }
        shadowOf(bluetooth).setEnabled(true)
        assertEquals(0, shadowOf(bluetooth.bluetoothLeScanner).scanCallbacks.size)
        off.cancel()
        shadowOf(app).denyPermissions(BLUETOOTH_SCAN)
        val forbidden = CoroutineScope(Dispatchers.Unconfined).launch { radio.beacons().collect { } }
        assertEquals(0, shadowOf(bluetooth.bluetoothLeScanner).scanCallbacks.size)
        forbidden.cancel()
    }
}
