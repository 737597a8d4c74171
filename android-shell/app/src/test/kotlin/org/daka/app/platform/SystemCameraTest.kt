package org.daka.app.platform

import android.Manifest.permission.CAMERA
import android.app.Activity
import android.app.Application
import android.content.pm.PackageManager
import android.graphics.SurfaceTexture
import android.os.Looper
import android.view.TextureView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** What a camera that is not there, not allowed or not whole does. That one takes pictures, only a phone can show. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SystemCameraTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val camera by lazy { SystemCamera(app) }
    private val activity by lazy { Robolectric.buildActivity(Activity::class.java).setup().get() }
    private val failures = mutableListOf<CameraFailed>()

    private fun opened(): CameraFeed {
        val feed = camera.open(activity, null, failures::add)
        activity.setContentView(feed.view)
        val view = feed.view as TextureView
        // The system makes the surface once the view is drawn; under Robolectric nobody does.
        view.surfaceTextureListener?.onSurfaceTextureAvailable(SurfaceTexture(0), 640, 480)
        shadowOf(Looper.getMainLooper()).idle()
        return feed
    }

    private fun failure(): String {
        opened().close()
        return failures.single().message.orEmpty()
    }

    @Test fun aPhoneWithoutACameraHasNone() {
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, false)
        assertFalse(camera.present())
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true)
        assertTrue(camera.present())
    }

    @Test fun withoutPermissionItFailsAndAsksTheSystemForNothing() = assertEquals("not allowed", failure())

    @Test fun withoutAnyCameraItFails() {
        shadowOf(app).grantPermissions(CAMERA)
        assertEquals("no camera", failure())
    }

    @Test fun aCameraThatNamesNoSizesFails() {
        shadowOf(app).grantPermissions(CAMERA)
        val manager = checkNotNull(app.getSystemService(android.hardware.camera2.CameraManager::class.java))
        shadowOf(manager).addCamera("0", org.robolectric.shadows.ShadowCameraCharacteristics.newCameraCharacteristics())
        assertEquals("a camera without sizes", failure())
    }

    @Test fun aPictureBeforeTheCameraIsReadyIsAFailureAndNoFile() {
        val file = File(app.cacheDir, "photo.jpg")
        val feed = opened()
        assertThrows(CameraFailed::class.java) { runBlocking { feed.take(file) } }
        feed.close()
        // Closing twice is what a screen does that is left while the camera fails.
        feed.close()
        assertFalse(file.exists())
    }
}
