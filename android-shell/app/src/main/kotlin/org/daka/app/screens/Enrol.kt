package org.daka.app.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.*
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import org.daka.app.R
import org.daka.app.texts.nextId
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** A code, and what went wrong with it. */
data class EnrolState(
    val code: String = "",
    val working: Boolean = false,
    val failure: FailureCode? = null,
    val notACode: Boolean = false,
    val camera: CameraStanding = CameraStanding.READY,
)

/** What stands between the app and the camera. */
enum class CameraStanding { READY, ASK, REFUSED, REFUSED_FOR_GOOD, MISSING, FAILED }

data class EnrolActions(
    val code: (String) -> Unit = {},
    val scan: () -> Unit = {},
    val join: () -> Unit = {},
    val appSettings: () -> Unit = {},
)

@Composable
fun EnrolScreen(state: EnrolState, actions: EnrolActions) {
    Page(stringResource(R.string.enrol_title)) { CodeParts(state, actions) }
}

@Composable
private fun CodeParts(state: EnrolState, actions: EnrolActions) {
    Body(stringResource(R.string.enrol_intro))
    val (sentence, step, action) = cameraStep(state.camera, R.string.refusals_camera_denied, actions.scan, actions.appSettings)
    if (sentence == null) MainButton(stringResource(R.string.enrol_scan), Modifier.testTag("scan"), onClick = actions.scan) else Notice(sentence, action = step, onAction = action)
    Panel(title = stringResource(R.string.enrol_type)) {
        OutlinedTextField(
            state.code,
            actions.code,
            Modifier.fillMaxWidth().testTag("code"),
            label = { Text(stringResource(R.string.enrol_code)) },
            supportingText = { Text(stringResource(R.string.enrol_code_hint)) },
            textStyle = MaterialTheme.typography.bodyLarge.copy(fontFamily = FontFamily.Monospace),
            keyboardOptions = KeyboardOptions(KeyboardCapitalization.None, autoCorrectEnabled = false, keyboardType = KeyboardType.Ascii),
            shape = MaterialTheme.shapes.medium,
        )
        if (state.notACode) Notice(stringResource(R.string.refusals_not_a_code))
        if (state.working) {
            LinearProgressIndicator(Modifier.fillMaxWidth())
            Body(stringResource(R.string.enrol_joining))
        } else {
            SecondButton(stringResource(R.string.enrol_join), Modifier.testTag("join"), onClick = actions.join)
        }
    }
    if (state.failure != null) Failure(state.failure)
}

/** A failure's sentence and its next step. No network while joining has its own. */
@Composable
fun Failure(code: FailureCode) {
    val text = when (code) {
        FailureCode.UNREACHABLE, FailureCode.TIMED_OUT -> stringResource(R.string.refusals_no_network_enrol)
        else -> stringResource(R.string.common_sentences, stringResource(code.textId), stringResource(code.nextId))
    }
    Notice(text)
}

/** What keeps the camera away, and the step that helps; nothing if it is there. */
@Composable
fun cameraStep(camera: CameraStanding, refused: Int, ask: () -> Unit, appSettings: () -> Unit): Triple<String?, String?, () -> Unit> = when (camera) {
    CameraStanding.READY, CameraStanding.ASK -> Triple(null, null) {}
    CameraStanding.REFUSED -> Triple(stringResource(refused), stringResource(R.string.refusals_camera_ask), ask)
    CameraStanding.REFUSED_FOR_GOOD -> Triple(stringResource(R.string.refusals_camera_denied_for_good), stringResource(R.string.common_open_settings), appSettings)
    CameraStanding.MISSING -> Triple(stringResource(R.string.refusals_camera_missing), null) {}
    CameraStanding.FAILED -> Triple(stringResource(R.string.refusals_camera_failed), stringResource(R.string.common_try_again), ask)
}

/** What is recorded, and what the person allows; nothing is chosen beforehand. */
data class ConsentState(val page: ConsentPage, val employer: EmployerInfo?, val chosen: Set<Purpose> = emptySet(), val failure: FailureCode? = null)

@Composable
fun ConsentScreen(state: ConsentState, onChoose: (Purpose, Boolean) -> Unit, onAgree: () -> Unit) {
    val page = state.page
    Page(stringResource(R.string.consent_title)) {
        state.employer?.let {
            Panel {
                Body(stringResource(R.string.enrol_joined, it.employer, it.employee))
                Small(stringResource(R.string.enrol_not_me))
            }
        }
        Body(stringResource(R.string.consent_recorded))
        if (!page.fromEmployer) Small(stringResource(R.string.consent_defaults))
        Panel(title = stringResource(R.string.consent_choose)) {
            for (purpose in page.purposes) {
                SwitchLine(stringResource(purpose.textId), purpose in state.chosen, Modifier.testTag("purpose"), about(purpose, page)) { onChoose(purpose, it) }
            }
        }
        Small(stringResource(R.string.consent_who))
        Small(stringResource(R.string.consent_how_long))
        Small(stringResource(R.string.consent_withdraw_how))
        if (state.failure != null) Failure(state.failure)
        MainButton(stringResource(R.string.consent_agree), Modifier.testTag("agree"), onClick = onAgree)
    }
}

@Composable
fun about(purpose: Purpose, page: ConsentPage): String? = when (purpose) {
    Purpose.LOCATION -> stringResource(R.string.consent_location_when) + "\n" +
        stringResource(if (page.recordsCoordinates) R.string.consent_location_coordinates else R.string.consent_location_result)
    Purpose.RADIO -> stringResource(R.string.consent_radio_when)
    Purpose.PHOTO -> stringResource(R.string.consent_photo_when) + if (page.photosOnWifiOnly) "\n" + stringResource(R.string.consent_photo_wifi) else ""
    Purpose.UNKNOWN -> null
}
