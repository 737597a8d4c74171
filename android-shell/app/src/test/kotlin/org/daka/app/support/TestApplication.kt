package org.daka.app.support

import android.content.Context
import android.view.View
import androidx.core.content.FileProvider
import java.io.File
import java.security.*
import java.security.spec.ECGenParameterSpec
import java.util.TimeZone
import kotlinx.coroutines.flow.*
import org.daka.app.DakaApplication
import org.daka.app.platform.Background
import org.daka.app.platform.CameraFailed
import org.daka.app.platform.CameraFeed
import org.daka.app.platform.CameraSource
import org.daka.app.platform.Device
import org.daka.app.platform.Keys
import org.daka.app.platform.LocationSource
import org.daka.app.platform.LocationStanding
import org.daka.app.platform.Luma
import org.daka.app.platform.Network
import org.daka.app.platform.RadioSource
import org.daka.app.platform.Ring
import org.daka.app.platform.SystemClocks
import org.daka.ffi.*

/** The app over the real library, with a device whose moods a test sets. */
open class TestApplication : DakaApplication() {
    /** A new phone for every test: the app opens its journal before a test's own beginning. */
    override fun makeDevice(): Device {
        forgetSharedFolders()
        return FakeDevice.also { it.reset() }
    }
}

/** The provider of shared files remembers the folders of the test before. */
fun forgetSharedFolders() {
    val remembered = FileProvider::class.java.getDeclaredField("sCache").apply { isAccessible = true }.get(null)
    (remembered as MutableMap<*, *>).clear()
}

/** One phone, which outlives the process that a test kills. */
object FakeDevice : Device {
    /** So much later it is than on this machine: time that a test lets pass. */
    @Volatile var aheadMs = 0L

    /** So far the person has set the wall clock off; the clock that counts does not follow. */
    @Volatile var setMs = 0L

    /** Runs as time does; the system's own stands still under Robolectric. */
    override val clock = object : PlatformClock {
        override fun read(): ClockReading {
            val wall = System.currentTimeMillis() + aheadMs + setMs
            val elapsed = System.nanoTime() / 1_000_000 + aheadMs
            return ClockReading(wall, (TimeZone.getDefault().getOffset(wall) / 60_000).toShort(), elapsed.toULong(), "boot")
        }
    }
    override val keys = FakeKeys
    override val location = FakeLocation
    override val radio = object : RadioSource {
        override fun seen(): List<RadioSignal>? = null

        override fun beacons(): Flow<List<RadioSignal>> = emptyFlow()
    }
    override val camera = FakeCamera
    override val background = FakeBackground
    override val network = object : Network {
        override fun metered() = false

        override fun comes(): Flow<Unit> = emptyFlow()
    }

    /** A new phone. */
    fun reset() {
        FakeKeys.reset()
        FakeLocation.reset()
        FakeCamera.present = true
        FakeCamera.failure = null
        FakeCamera.full = false
        FakeCamera.taken = {}
        aheadMs = 0
        setMs = 0
        FakeBackground.wishes.clear()
        FakeBackground.rings = emptyList()
    }
}

/** Real P-256 keys without hardware. */
object FakeKeys : Keys {
    /** By profile. */
    val pairs: MutableMap<String, KeyPair> = java.util.concurrent.ConcurrentHashMap()

    @Volatile var refuses = false

    fun reset() {
        pairs.clear()
        refuses = false
    }

    private fun answer() {
        if (refuses) throw PlatformFailure.Refused("a test")
    }

    override fun sealingKey(profile: String): ByteArray {
        answer()
        return ByteArray(32) { (it + profile.hashCode()).toByte() }
    }

    override fun deviceKey(profile: String) = object : DeviceKey {
        private fun pair() = synchronized(pairs) {
            pairs.getOrPut(profile) {
                KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
            }
        }

        override fun publicKey(): ByteArray {
            answer()
            return pair().public.encoded
        }

        override fun sign(message: ByteArray): ByteArray {
            answer()
            return Signature.getInstance("SHA256withECDSA").run {
                initSign(pair().private)
                update(message)
                sign()
            }
        }
    }

    override fun remove(profile: String) {
        pairs -= profile
    }
}

object FakeLocation : LocationSource {
    @Volatile var standing = LocationStanding.READY

    @Volatile var known: List<PositionFix> = emptyList()
    var coming = MutableSharedFlow<List<PositionFix>>(extraBufferCapacity = 16)

    fun reset() {
        standing = LocationStanding.READY
        known = emptyList()
        coming = MutableSharedFlow(extraBufferCapacity = 16)
    }

    override fun standing() = standing

    override fun known() = known

    override fun fixes(): Flow<List<PositionFix>> = coming
}

/** Takes the same picture each time, or fails as it is told. */
object FakeCamera : CameraSource {
    @Volatile var present = true

    @Volatile var failure: CameraFailed? = null

    /** The disk has no room for a photo. */
    @Volatile var full = false

    /** Comes between the camera and whoever asked for the photo. */
    @Volatile var taken: (File) -> Unit = {}

    override fun present() = present

    override fun open(context: Context, onFrame: ((Luma) -> Unit)?, onFailure: (CameraFailed) -> Unit) = object : CameraFeed {
        override val view = View(context).apply { post { failure?.let(onFailure) } }

        override suspend fun take(into: File) {
            failure?.let { throw it }
            if (full) File("/dev/full").writeBytes(ByteArray(1))
            into.writeBytes(checkNotNull(javaClass.getResourceAsStream("/photo.jpg")).readBytes())
            taken(into)
        }

        override fun close() = Unit
    }
}

/** Remembers what the app asked the system for. */
object FakeBackground : Background {
    val wishes = java.util.concurrent.CopyOnWriteArrayList<String>()

    override fun soon() {
        wishes += "soon"
    }

    override fun at(dueMs: Long) {
        wishes += "later"
    }

    @Volatile var rings: List<Ring> = emptyList()

    override fun remind(rings: List<Ring>) {
        this.rings = rings
    }
}
