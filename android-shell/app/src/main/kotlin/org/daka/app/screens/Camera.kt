package org.daka.app.screens

import androidx.compose.foundation.layout.*
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.*
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.compose.ui.viewinterop.AndroidView
import java.io.*
import kotlinx.coroutines.launch
import org.daka.app.R
import org.daka.app.platform.*
import org.daka.app.ui.*

/** What stands between the app and the camera. */
enum class CameraStanding { READY, REFUSED, REFUSED_FOR_GOOD, MISSING, FAILED }

/** Before anybody was asked. */
fun CameraSource.standing() = if (present()) CameraStanding.READY else CameraStanding.MISSING

/** What keeps the camera away, and the step that helps; none if it is there. [refused] says what works without it. */
@Composable
fun cameraStep(camera: CameraStanding, refused: Int, ask: () -> Unit, appSettings: () -> Unit): Step? = when (camera) {
    CameraStanding.READY -> null

    CameraStanding.REFUSED -> Step(stringResource(refused), stringResource(R.string.refusals_camera_ask), ask)

    CameraStanding.REFUSED_FOR_GOOD ->
        Step(stringResource(R.string.refusals_camera_denied_for_good), stringResource(R.string.common_open_settings), appSettings)

    CameraStanding.MISSING -> Step(stringResource(R.string.refusals_camera_missing))

    CameraStanding.FAILED -> Step(stringResource(R.string.refusals_camera_failed), stringResource(R.string.common_try_again), ask)
}

/** Takes one photo into a file. What could not be written is no fault of the camera: [onTaken] is told why. */
@Composable
fun PhotoScreen(camera: CameraSource, file: () -> File, onTaken: (Result<File>) -> Unit, onFailure: (Exception) -> Unit, end: () -> Unit) {
    val scope = rememberCoroutineScope()
    Viewfinder(stringResource(R.string.field_camera), camera, null, onFailure, end) { feed ->
        MainButton(stringResource(R.string.field_take), "take") {
            scope.launch {
                try {
                    onTaken(Result.success(file().also { feed.take(it) }))
                } catch (e: CameraFailed) {
                    onFailure(e)
                } catch (e: IOException) {
                    onTaken(Result.failure(e))
                }
            }
        }
    }
}

/** Looks for a QR code until there is one. */
@Composable
fun ScanScreen(camera: CameraSource, onCode: (String) -> Unit, onFailure: (Exception) -> Unit, onBack: () -> Unit) {
    val context = LocalContext.current
    val look = { frame: Luma -> qrText(frame)?.let { code -> context.mainExecutor.execute { onCode(code) } } ?: Unit }
    Viewfinder(stringResource(R.string.enrol_scan), camera, look, onFailure, onBack) { Body(stringResource(R.string.enrol_point_camera)) }
}

@Composable
private fun Viewfinder(
    title: String,
    camera: CameraSource,
    onFrame: ((Luma) -> Unit)?,
    onFailure: (Exception) -> Unit,
    onBack: () -> Unit,
    below: @Composable (CameraFeed) -> Unit,
) {
    val context = LocalContext.current
    val feed = remember { camera.open(context, onFrame) { onFailure(it) } }
    DisposableEffect(feed) { onDispose(feed::close) }
    Page(title, onBack) {
        val box = Modifier.fillMaxWidth().height(420.dp).clip(MaterialTheme.shapes.large)
        Box(box.spoken(stringResource(R.string.a11y_viewfinder))) { AndroidView({ feed.view }, Modifier.matchParentSize()) }
        below(feed)
    }
}
