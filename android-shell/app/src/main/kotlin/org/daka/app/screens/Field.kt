package org.daka.app.screens

import android.graphics.Bitmap
import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.*
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** The draft as it is kept, the employer's policy, and the photos that could be read for showing. */
data class FieldState(
    val draft: FieldDraft = FieldDraft(null, null, null, emptyList()),
    val policy: FieldPolicy = FieldPolicy(camera = true, gallery = true, photoRequired = false, maxPhotos = 1, photoConsent = true),
    val pictures: Map<String, Bitmap> = emptyMap(),
    val camera: CameraStanding = CameraStanding.READY,
    val noType: Boolean = false,
    val noPhoto: Boolean = false,
    val failure: FailureCode? = null,
)

data class FieldActions(
    val change: (FieldDraft) -> Unit = {},
    val camera: () -> Unit = {},
    val gallery: () -> Unit = {},
    val removePhoto: (String) -> Unit = {},
    val submit: () -> Unit = {},
    val discard: () -> Unit = {},
    val back: () -> Unit = {},
    val appSettings: () -> Unit = {},
)

private val KINDS = listOf(FieldType.CLIENT_VISIT, FieldType.BUSINESS_TRIP, FieldType.HOME, FieldType.OTHER)

@Composable
fun FieldScreen(state: FieldState, actions: FieldActions) {
    val draft = state.draft
    Page(stringResource(R.string.field_title), actions.back) {
        Panel(title = stringResource(R.string.field_type)) {
            Column { for (kind in KINDS) ChoiceLine(stringResource(kind.textId), draft.field == kind) { actions.change(draft.copy(field = kind)) } }
            if (state.noType && draft.field == null) Notice(stringResource(R.string.field_choose_type))
        }
        Panel {
            OutlinedTextField(
                draft.visit.orEmpty(),
                { actions.change(draft.copy(visit = it.ifEmpty { null })) },
                Modifier.fillMaxWidth().testTag("visit"),
                label = { Text(stringResource(R.string.field_visit)) },
                supportingText = { Text(stringResource(R.string.field_visit_hint)) },
                shape = MaterialTheme.shapes.medium,
            )
            OutlinedTextField(
                draft.note.orEmpty(),
                { actions.change(draft.copy(note = it.ifEmpty { null })) },
                Modifier.fillMaxWidth().testTag("note"),
                label = { Text(stringResource(R.string.field_note)) },
                supportingText = { Text(stringResource(R.string.field_note_hint)) },
                minLines = 2,
                shape = MaterialTheme.shapes.medium,
            )
        }
        Photos(state, actions)
        if (state.failure == FailureCode.DISK_FULL) Notice(stringResource(R.string.refusals_photo_no_space)) else if (state.failure != null) Failure(state.failure)
        Small(stringResource(R.string.field_draft_kept))
        MainButton(stringResource(R.string.field_submit), Modifier.testTag("submit"), onClick = actions.submit)
        Discard(actions.discard)
    }
}

@Composable
private fun Photos(state: FieldState, actions: FieldActions) {
    val photos = state.draft.photos
    Panel(title = stringResource(R.string.field_photos)) {
        photos.forEachIndexed { index, digest ->
            val name = stringResource(R.string.field_photo_number, index + 1, photos.size)
            Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                state.pictures[digest]?.let { Picture(it, stringResource(R.string.a11y_photo, index + 1, photos.size)) }
                Row(verticalAlignment = Alignment.CenterVertically) {
                    Small(name, Modifier.weight(1f))
                    IconAction(R.drawable.ic_close, R.string.field_remove_photo, { actions.removePhoto(digest) })
                }
            }
        }
        if (state.policy.photoRequired && photos.isEmpty()) {
            if (state.noPhoto) Notice(stringResource(R.string.field_photo_required)) else Small(stringResource(R.string.field_photo_required))
        }
        val left = state.policy.maxPhotos - photos.size
        if (!state.policy.photoConsent) {
            Failure(FailureCode.NO_CONSENT)
        } else if (left > 0) {
            val (sentence, step, action) = cameraStep(state.camera, R.string.refusals_camera_denied_photo, actions.camera, actions.appSettings)
            if (state.policy.camera) {
                if (sentence != null) Notice(sentence, action = step, onAction = action)
                if (sentence == null) SecondButton(stringResource(R.string.field_camera), Modifier.testTag("camera"), R.drawable.ic_camera, actions.camera)
            }
            if (state.policy.gallery) SecondButton(stringResource(R.string.field_gallery), Modifier.testTag("gallery"), R.drawable.ic_photo, actions.gallery)
            if (photos.isNotEmpty()) Small(pluralStringResource(R.plurals.field_photos_left, left, left))
        }
    }
}

@Composable
fun Picture(picture: Bitmap, spoken: String) = Image(
    picture.asImageBitmap(),
    spoken,
    Modifier.fillMaxWidth().aspectRatio((picture.width.toFloat() / picture.height).coerceIn(0.6f, 2f)).clip(MaterialTheme.shapes.medium),
    contentScale = ContentScale.Crop,
)

@Composable
private fun Discard(onDiscard: () -> Unit) {
    var asking by rememberSaveable { mutableStateOf(false) }
    TextButton({ asking = true }, Modifier.fillMaxWidth().testTag("discard")) { Text(stringResource(R.string.field_discard)) }
    if (asking) {
        AlertDialog(
            onDismissRequest = { asking = false },
            text = { Text(stringResource(R.string.field_discard_ask)) },
            confirmButton = { TextButton(onDiscard) { Text(stringResource(R.string.field_discard)) } },
            dismissButton = { TextButton({ asking = false }) { Text(stringResource(R.string.common_cancel)) } },
        )
    }
}
