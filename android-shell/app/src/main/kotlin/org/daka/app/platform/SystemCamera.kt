package org.daka.app.platform

import android.Manifest.permission.CAMERA
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.*
import android.hardware.camera2.*
import android.media.*
import android.os.*
import android.util.Size
import android.view.*
import java.io.File
import kotlinx.coroutines.CompletableDeferred

/** The camera at the back through camera2: a preview, and either frames for the code reader or JPEGs straight to a file. */
class SystemCamera(private val context: Context) : CameraSource {
    override fun present(): Boolean = context.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)

    override fun open(context: Context, onFrame: ((Luma) -> Unit)?, onFailure: (CameraFailed) -> Unit): CameraFeed =
        Camera2Feed(context, onFrame, onFailure)
}

private class Camera2Feed(context: Context, private val onFrame: ((Luma) -> Unit)?, private val onFailure: (CameraFailed) -> Unit) :
    CameraFeed {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val thread = HandlerThread("daka-camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val texture = TextureView(context)
    private var device: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var reader: ImageReader? = null
    private var facts: CameraCharacteristics? = null
    private var taking: CompletableDeferred<ByteArray>? = null

    override val view: View get() = texture

    init {
        texture.surfaceTextureListener = object : TextureView.SurfaceTextureListener {
            override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = failing { openDevice(surface) }

            override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit

            override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit

            override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean = true
        }
    }

    @SuppressLint("MissingPermission")
    private fun openDevice(surface: SurfaceTexture) {
        if (!texture.context.granted(CAMERA)) throw CameraFailed("not allowed")
        val cameras = manager ?: throw CameraFailed("no camera service")
        val ids = cameras.cameraIdList.associateWith(cameras::getCameraCharacteristics)
        val back = ids.entries.firstOrNull { it.value.get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK }
        val (id, found) = back ?: ids.entries.firstOrNull() ?: throw CameraFailed("no camera")
        facts = found
        val sizes = found.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP) ?: throw CameraFailed("a camera without sizes")
        val preview = fitting(sizes.getOutputSizes(SurfaceTexture::class.java), VIDEO_PIXELS)
        surface.setDefaultBufferSize(preview.width, preview.height)
        val format = if (onFrame == null) ImageFormat.JPEG else ImageFormat.YUV_420_888
        val size = fitting(sizes.getOutputSizes(format), if (onFrame == null) PHOTO_PIXELS else VIDEO_PIXELS)
        val images = ImageReader.newInstance(size.width, size.height, format, 2).also { reader = it }
        images.setOnImageAvailableListener({ it.acquireLatestImage()?.use(::received) }, handler)
        cameras.openCamera(id, Opened(Surface(surface), images.surface), handler)
    }

    private inner class Opened(private val preview: Surface, private val images: Surface) : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) = failing {
            device = camera
            // The newer call needs Android 9.
            @Suppress("DEPRECATION")
            camera.createCaptureSession(listOf(preview, images), Configured(preview, images), handler)
        }

        override fun onDisconnected(camera: CameraDevice) = failed(CameraFailed("another app took the camera"))

        override fun onError(camera: CameraDevice, error: Int) = failed(CameraFailed("camera error $error"))
    }

    private inner class Configured(private val preview: Surface, private val images: Surface) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(configured: CameraCaptureSession) = failing {
            session = configured
            val request = configured.request(CameraDevice.TEMPLATE_PREVIEW, preview)
            if (onFrame != null) request.addTarget(images)
            configured.setRepeatingRequest(request.build(), null, handler)
        }

        override fun onConfigureFailed(configured: CameraCaptureSession) = failed(CameraFailed("the camera takes no such sizes"))
    }

    private fun CameraCaptureSession.request(kind: Int, target: Surface) = device.createCaptureRequest(kind).apply {
        addTarget(target)
        set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
    }

    private fun received(image: Image) {
        val plane = image.planes[0]
        if (onFrame == null) {
            taking?.complete(ByteArray(plane.buffer.remaining()).also(plane.buffer::get))
            return
        }
        val rows = ByteArray(image.width * image.height)
        for (row in 0 until image.height) {
            plane.buffer.position(row * plane.rowStride)
            plane.buffer.get(rows, row * image.width, image.width)
        }
        onFrame.invoke(Luma(rows, image.width, image.height))
    }

    override suspend fun take(into: File) {
        val open = session ?: throw CameraFailed("the camera is not ready")
        val target = reader?.surface ?: throw CameraFailed("the camera is not ready")
        val wait = CompletableDeferred<ByteArray>().also { taking = it }
        try {
            val request = open.request(CameraDevice.TEMPLATE_STILL_CAPTURE, target)
            request.set(CaptureRequest.JPEG_ORIENTATION, orientation())
            open.capture(request.build(), Taken(), handler)
            into.writeBytes(wait.await())
        } catch (e: CameraAccessException) {
            throw CameraFailed("the camera gave no picture", e)
        } finally {
            taking = null
        }
    }

    /** A picture that does not come ends the waiting. */
    private inner class Taken : CameraCaptureSession.CaptureCallback() {
        override fun onCaptureFailed(session: CameraCaptureSession, request: CaptureRequest, failure: CaptureFailure) {
            taking?.completeExceptionally(CameraFailed("the camera gave no picture (${failure.reason})"))
        }
    }

    /** How far the picture has to be turned for the way in which the phone is held. */
    private fun orientation(): Int {
        val turned = (texture.display?.rotation ?: Surface.ROTATION_0) * 90
        return ((facts?.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0) - turned + 360) % 360
    }

    private fun failing(block: () -> Unit) = try {
        block()
    } catch (e: CameraFailed) {
        failed(e)
    } catch (e: Exception) {
        failed(CameraFailed("the camera cannot be opened", e))
    }

    private fun failed(failure: CameraFailed) {
        taking?.completeExceptionally(failure)
        texture.post { onFailure(failure) }
    }

    override fun close() {
        taking?.completeExceptionally(CameraFailed("closed"))
        runCatching { session?.close() }
        runCatching { device?.close() }
        reader?.close()
        thread.quitSafely()
    }

    private companion object {
        const val VIDEO_PIXELS = 1280 * 960
        const val PHOTO_PIXELS = 4000 * 3000

        /** The largest size that is not above the limit, else the smallest. */
        fun fitting(sizes: Array<Size>?, pixels: Int): Size {
            val ordered = sizes.orEmpty().sortedBy { it.width.toLong() * it.height }
            return ordered.lastOrNull { it.width.toLong() * it.height <= pixels } ?: ordered.firstOrNull() ?: throw CameraFailed("no sizes")
        }
    }
}
