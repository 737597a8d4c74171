package org.daka.app.screens

import android.graphics.Bitmap
import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.*
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.*
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.res.*
import androidx.compose.ui.unit.dp
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** The draft as it is kept, the employer's policy, and the photos that could be read for showing. */
data class FieldState(
    val draft: FieldDraft,
    val policy: FieldPolicy,
    val pictures: Map<String, Bitmap> = emptyMap(),
    val camera: CameraStanding = CameraStanding.READY,
    val noType: Boolean = false,
    val noPhoto: Boolean = false,
    val noSpace: Boolean = false,
)

data class FieldActions(
    val change: (FieldDraft) -> Unit = {},
    val submit: () -> Unit = {},
    val discard: () -> Unit = {},
    val back: () -> Unit = {},
)

data class PhotoActions(
    val camera: () -> Unit = {},
    val gallery: () -> Unit = {},
    val remove: ((String) -> Unit)? = {},
    val appSettings: () -> Unit = {},
)

private val KINDS = listOf(FieldType.CLIENT_VISIT, FieldType.BUSINESS_TRIP, FieldType.HOME, FieldType.OTHER)

@Composable
fun FieldScreen(state: FieldState, photos: PhotoActions, actions: FieldActions) {
    val draft = state.draft
    Page(stringResource(R.string.field_title), actions.back) {
        Panel(title = stringResource(R.string.field_type)) {
            Column(Modifier.selectableGroup()) {
                KINDS.forEach { ChoiceLine(stringResource(it.textId), draft.field == it) { actions.change(draft.copy(field = it)) } }
            }
            if (state.noType && draft.field == null) Notice(stringResource(R.string.field_choose_type))
        }
        Panel {
            val visit = { text: String -> actions.change(draft.copy(visit = text.ifEmpty { null })) }
            TextBox(draft.visit.orEmpty(), visit, "visit", R.string.field_visit, R.string.field_visit_hint)
            val note = { text: String -> actions.change(draft.copy(note = text.ifEmpty { null })) }
            TextBox(draft.note.orEmpty(), note, "note", R.string.field_note, R.string.field_note_hint, lines = 2)
        }
        Photos(state, photos, state.policy.photoRequired)
        Small(stringResource(R.string.field_draft_kept))
        MainButton(stringResource(R.string.field_submit), "submit", actions.submit)
        Discard(actions.discard)
    }
}

/** Photos for a punch that was made. */
@Composable
fun PunchPhotosScreen(state: FieldState, photos: PhotoActions, onBack: () -> Unit) {
    Page(stringResource(R.string.result_add_photo), onBack) {
        Photos(state, photos, required = false)
        MainButton(stringResource(R.string.common_done), "done", onBack)
    }
}

@Composable
private fun Photos(state: FieldState, actions: PhotoActions, required: Boolean) = Panel(title = stringResource(R.string.field_photos)) {
    val photos = state.draft.photos
    photos.forEachIndexed { index, digest -> Photo(state.pictures[digest], index + 1, photos.size, actions.remove?.let { { it(digest) } }) }
    if (required && photos.isEmpty()) {
        val sentence = stringResource(R.string.field_photo_required)
        if (state.noPhoto) Notice(sentence) else Small(sentence)
    }
    if (state.noSpace) Notice(stringResource(R.string.refusals_photo_no_space))
    val left = state.policy.maxPhotos - photos.size
    if (!state.policy.photoConsent) return@Panel Failure(FailureCode.NO_CONSENT)
    if (left <= 0) return@Panel
    if (state.policy.camera) {
        val step = cameraStep(state.camera, R.string.refusals_camera_denied_photo, actions.camera, actions.appSettings)
        val name = stringResource(R.string.field_camera)
        if (step == null) SecondButton(name, "camera", R.drawable.ic_camera, actions.camera) else Notice(step)
    }
    if (state.policy.gallery) SecondButton(stringResource(R.string.field_gallery), "gallery", R.drawable.ic_photo, actions.gallery)
    if (photos.isNotEmpty()) Small(pluralStringResource(R.plurals.field_photos_left, left, left))
}

@Composable
private fun Photo(picture: Bitmap?, number: Int, total: Int, onRemove: (() -> Unit)?) =
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        if (picture != null) Picture(picture, stringResource(R.string.a11y_photo, number, total))
        Row(verticalAlignment = Alignment.CenterVertically) {
            Small(stringResource(R.string.field_photo_number, number, total), Modifier.weight(1f))
            if (onRemove != null) IconAction(R.drawable.ic_close, R.string.field_remove_photo, onClick = onRemove)
        }
    }

@Composable
fun Picture(picture: Bitmap, spoken: String) {
    val shape = (picture.width.toFloat() / picture.height).coerceIn(0.6f, 2f)
    val modifier = Modifier.fillMaxWidth().aspectRatio(shape).clip(MaterialTheme.shapes.medium)
    Image(picture.asImageBitmap(), spoken, modifier, contentScale = ContentScale.Crop)
}

@Composable
private fun Discard(onDiscard: () -> Unit) {
    var asking by rememberSaveable { mutableStateOf(false) }
    val discard = stringResource(R.string.field_discard)
    QuietButton(discard, "discard") { asking = true }
    if (asking) Question(discard, discard, onDiscard, { asking = false }) { Body(stringResource(R.string.field_discard_ask)) }
}
