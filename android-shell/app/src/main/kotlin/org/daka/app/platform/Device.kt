package org.daka.app.platform

import android.Manifest.permission.BLUETOOTH_SCAN
import android.content.Context
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.os.Build
import android.view.View
import java.io.File
import kotlinx.coroutines.flow.Flow
import org.daka.ffi.*

/**
 * The device behind small interfaces, so that tests can put another one in. Each says what the system says; none decides anything.
 */
interface Device {
    val clock: PlatformClock
    val keys: Keys
    val location: LocationSource
    val radio: RadioSource
    val camera: CameraSource
    val background: Background
    val network: Network
}

/** Whether the system lets the app, now. */
fun Context.granted(permission: String) = checkSelfPermission(permission) == PERMISSION_GRANTED

/** What the system has to grant before the app may look for beacons, besides the location. */
val NEARBY = if (Build.VERSION.SDK_INT >= 31) listOf(BLUETOOTH_SCAN) else emptyList()

/** Keys by employer: never shared, gone with the employer. */
interface Keys : SealingKeys {
    fun deviceKey(profile: String): DeviceKey
    fun remove(profile: String)
}

/** What stands between the app and a position. */
enum class LocationStanding { READY, APPROXIMATE, ASK, OFF, ABSENT }

interface LocationSource {
    fun standing(): LocationStanding

    /** Positions that are known without asking for one. */
    fun known(): List<PositionFix>

    /** Positions as they come, for as long as they are collected; nothing comes without permission. */
    fun fixes(): Flow<List<PositionFix>>
}

interface RadioSource {
    /** What was seen last; null where the phone may not or cannot look. */
    fun seen(): List<RadioSignal>?

    /** Looks for beacons for as long as it is collected. */
    fun beacons(): Flow<List<RadioSignal>>
}

/** A frame's brightness, row by row. */
class Luma(val bytes: ByteArray, val width: Int, val height: Int)

/** The camera could not be opened, or gave no picture. */
class CameraFailed(message: String, cause: Throwable? = null) : Exception(message, cause)

interface CameraSource {
    fun present(): Boolean

    /** Opens the camera at the back; [onFrame] gets frames if it is given. */
    fun open(context: Context, onFrame: ((Luma) -> Unit)?, onFailure: (CameraFailed) -> Unit): CameraFeed
}

interface CameraFeed : AutoCloseable {
    /** Shows what the camera sees. */
    val view: View

    /** A JPEG, straight from the camera into a file. */
    suspend fun take(into: File)
}

interface Background {
    /** Send as soon as there is a network. */
    fun soon()

    /** Send at this wall time; replaces an earlier wish. */
    fun at(dueMs: Long)

    /** Ring at these times; replaces all earlier ones. */
    fun remind(rings: List<Ring>)
}

/** A reminder of one employer at one time. */
data class Ring(val profile: String, val asked: Asked, val minuteOfDay: Int, val atMs: Long)

interface Network {
    fun metered(): Boolean

    /** A tick whenever a network comes. */
    fun comes(): Flow<Unit>
}
