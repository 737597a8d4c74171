package org.daka.app.screens

import androidx.compose.foundation.layout.*
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.*
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.viewinterop.AndroidView
import java.io.File
import kotlinx.coroutines.launch
import org.daka.app.R
import org.daka.app.platform.CameraFailed
import org.daka.app.platform.CameraFeed
import org.daka.app.platform.CameraSource
import org.daka.app.platform.Luma
import org.daka.app.ui.*

/** Takes one photo into a file. */
@Composable
fun PhotoScreen(camera: CameraSource, file: () -> File, onTaken: (File) -> Unit, onFailure: (Exception) -> Unit, onBack: () -> Unit) {
    val scope = rememberCoroutineScope()
    Viewfinder(stringResource(R.string.field_camera), null, camera, null, onFailure, onBack) { feed ->
        MainButton(stringResource(R.string.field_take), Modifier.testTag("take")) {
            scope.launch {
                try {
                    onTaken(file().also { feed.take(it) })
                } catch (e: CameraFailed) {
                    onFailure(e)
                } catch (e: java.io.IOException) {
                    onFailure(e)
                }
            }
        }
    }
}

/** Looks for a QR code until there is one. */
@Composable
fun ScanScreen(camera: CameraSource, read: (Luma) -> String?, onCode: (String) -> Unit, onFailure: (Exception) -> Unit, onBack: () -> Unit) {
    val context = LocalContext.current
    Viewfinder(stringResource(R.string.enrol_scan), stringResource(R.string.enrol_point_camera), camera, { frame ->
        read(frame)?.let { code -> context.mainExecutor.execute { onCode(code) } }
    }, onFailure, onBack) {}
}

@Composable
private fun Viewfinder(
    title: String,
    text: String?,
    camera: CameraSource,
    onFrame: ((Luma) -> Unit)?,
    onFailure: (Exception) -> Unit,
    onBack: () -> Unit,
    below: @Composable (CameraFeed) -> Unit,
) {
    val context = LocalContext.current
    val feed = remember { camera.open(context, onFrame) { onFailure(it) } }
    DisposableEffect(feed) { onDispose(feed::close) }
    val spoken = stringResource(R.string.a11y_viewfinder)
    Page(title, onBack) {
        Box(Modifier.fillMaxWidth().height(420.dp).clip(MaterialTheme.shapes.large).semantics { contentDescription = spoken }) {
            AndroidView({ feed.view }, Modifier.matchParentSize())
        }
        if (text != null) Body(text)
        below(feed)
    }
}
