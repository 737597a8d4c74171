package org.daka.app

import android.app.Activity
import android.app.Application
import android.content.Context
import android.os.Bundle
import java.io.File
import kotlinx.coroutines.*
import org.daka.*
import org.daka.app.platform.Background
import org.daka.app.platform.CameraSource
import org.daka.app.platform.Device
import org.daka.app.platform.Keys
import org.daka.app.platform.KeystoreKeys
import org.daka.app.platform.LocationSource
import org.daka.app.platform.Network
import org.daka.app.platform.Notices
import org.daka.app.platform.RadioSource
import org.daka.app.platform.SystemBackground
import org.daka.app.platform.SystemCamera
import org.daka.app.platform.SystemClocks
import org.daka.app.platform.SystemLocation
import org.daka.app.platform.SystemNetwork
import org.daka.app.platform.SystemRadio
import org.daka.app.platform.startTls
import org.daka.ffi.*

/** Puts the process together once: the device, the session, and what works beside the screens. */
open class DakaApplication : Application() {
    /** Outlives every screen. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    lateinit var device: Device
        private set
    lateinit var session: Session
        private set
    lateinit var syncer: Syncer
        private set
    lateinit var puncher: Puncher
        private set
    lateinit var quick: QuickPunch
        private set
    lateinit var notices: Notices
        private set

    override fun onCreate() {
        super.onCreate()
        startTls()
        device = makeDevice()
        session = Session(::openJournal) { device.keys.remove(EMPLOYER) }
        syncer = Syncer(session, device.background, device.network, scope)
        puncher = Puncher(session, syncer, device, scope)
        notices = Notices(this)
        quick = QuickPunch(session, puncher, notices, this)
        registerActivityLifecycleCallbacks(Front(syncer))
        scope.launch {
            try {
                session.api()
            } catch (_: DakaException) {
                // The session keeps the reason, and the screen says it.
            }
        }
    }

    /** The real device; a test has its own. */
    protected open fun makeDevice(): Device = SystemDevice(this)

    protected open suspend fun openJournal(): DakaApi {
        // Outside every backup.
        val folder = File(noBackupFilesDir, "journals/$EMPLOYER")
        val version = packageManager.getPackageInfo(packageName, 0).versionName ?: "0"
        val sealingKey = try {
            device.keys.sealingKey(EMPLOYER)
        } catch (e: PlatformFailure) {
            throw DakaException(FailureCode.KEY_REFUSED, cause = e)
        }
        val configuration = config(folder.path, sealingKey, version, Platform.ANDROID)
        return Daka.open(configuration, device.clock, device.keys.deviceKey(EMPLOYER))
    }

    private companion object {
        /** Names the journal's folder and keys. */
        const val EMPLOYER = "1"
    }
}

val Context.dakaApplication: DakaApplication get() = applicationContext as DakaApplication

private class SystemDevice(context: Context) : Device {
    override val clock = SystemClocks(context)
    override val keys: Keys = KeystoreKeys(context)
    override val location: LocationSource = SystemLocation(context)
    override val radio: RadioSource = SystemRadio(context)
    override val camera: CameraSource = SystemCamera(context)
    override val background: Background = SystemBackground(context)
    override val network: Network = SystemNetwork(context)
}

/** Tells the syncer whether the app is in front. */
private class Front(private val syncer: Syncer) : Application.ActivityLifecycleCallbacks {
    private var started = 0

    override fun onActivityStarted(activity: Activity) {
        started += 1
        syncer.inFront = true
        if (started == 1) syncer.cameBack()
    }

    override fun onActivityStopped(activity: Activity) {
        started -= 1
        syncer.inFront = started > 0
    }

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
