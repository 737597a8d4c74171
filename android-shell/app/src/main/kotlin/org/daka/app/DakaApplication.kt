package org.daka.app

import android.app.Application
import android.content.Context
import java.io.File
import kotlinx.coroutines.*
import org.daka.*
import org.daka.DakaPhone
import org.daka.app.platform.*
import org.daka.ffi.*

/** Puts the process together once: the device, the session, and what works beside the screens. */
open class DakaApplication : Application() {
    /** Outlives every screen. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    val device: Device by lazy { makeDevice() }
    val session by lazy { Session(::openPhone, ::openJournal, device.keys, scope) }
    val syncer by lazy { Syncer(session, device.background, device.network, scope) }
    val puncher by lazy { Puncher(session, syncer, device, scope) }
    val notices by lazy { Notices(this) }
    val reminding by lazy { Reminding(session, device.background, notices) }
    val quick by lazy { QuickPunch(this) }

    /** The app's own. */
    val version: String by lazy { packageManager.getPackageInfo(packageName, 0).versionName.orEmpty() }

    /** This process's texts in the language that was chosen. */
    val spoken: Context get() = speaking(session.settings.value.language)

    override fun onCreate() {
        super.onCreate()
        startTls()
        syncer.start()
        scope.launch { quietly { session.api() } }
    }

    /** The real device; a test has its own. */
    protected open fun makeDevice(): Device = SystemDevice(this)

    /** Outside every backup; one folder per employer below it. */
    protected open suspend fun openPhone(): DakaPhoneApi = DakaPhone.open(File(noBackupFilesDir, "journals").path, device.keys)

    protected open suspend fun openJournal(profile: Profile): DakaApi {
        val sealingKey = try {
            device.keys.sealingKey(profile.id)
        } catch (e: PlatformFailure) {
            throw DakaException(FailureCode.KEY_REFUSED, cause = e)
        }
        val configuration = config(profile.folder, sealingKey, version, Platform.ANDROID)
        return Daka.open(configuration, device.clock, device.keys.deviceKey(profile.id))
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
