package org.daka.app.screens

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** A code, what it says of itself before anything is sent, and whether it is one. */
data class EnrolState(
    val code: String = "",
    val preview: CodePreview? = null,
    val working: Boolean = false,
    val notACode: Boolean = false,
    val camera: CameraStanding = CameraStanding.READY,
)

/** [back] leads to the code, or to another employer; there is none for the first one. */
data class EnrolActions(
    val code: (String) -> Unit = {},
    val scan: () -> Unit = {},
    val check: () -> Unit = {},
    val join: () -> Unit = {},
    val back: (() -> Unit)? = null,
    val appSettings: () -> Unit = {},
)

@Composable
fun EnrolScreen(state: EnrolState, actions: EnrolActions) {
    val preview = state.preview
    Page(stringResource(if (preview == null) R.string.enrol_title else R.string.enrol_check), actions.back) {
        if (preview == null) CodeParts(state, actions) else PreviewParts(preview, state.working, actions.join)
    }
}

@Composable
private fun CodeParts(state: EnrolState, actions: EnrolActions) {
    Body(stringResource(R.string.enrol_intro))
    val step = cameraStep(state.camera, R.string.refusals_camera_denied, actions.scan, actions.appSettings)
    if (step == null) MainButton(stringResource(R.string.enrol_scan), "scan", onClick = actions.scan) else Notice(step)
    Panel(title = stringResource(R.string.enrol_type)) {
        TextBox(state.code, actions.code, "code", R.string.enrol_code, R.string.enrol_code_hint, code = true)
        if (state.notACode) Notice(stringResource(R.string.refusals_not_a_code))
        SecondButton(stringResource(R.string.common_continue), "check", onClick = actions.check)
    }
}

@Composable
private fun PreviewParts(preview: CodePreview, working: Boolean, onJoin: () -> Unit) {
    Panel {
        Line(preview.server, text = stringResource(R.string.enrol_server))
        preview.root?.let { Root(it) }
        if (preview.ownCertificate) Small(stringResource(R.string.enrol_own_certificate))
    }
    if (working) {
        Working(stringResource(R.string.enrol_joining), "joining")
    } else {
        MainButton(stringResource(R.string.enrol_join), "join", onClick = onJoin)
    }
}

/** The employer's key, for a person to compare. */
@Composable
private fun Root(fingerprint: String) {
    Fingerprint(stringResource(R.string.enrol_root), fingerprint)
    Small(stringResource(R.string.enrol_root_compare))
}

/** What is recorded, and what the person allows; nothing is chosen beforehand. */
data class ConsentState(val page: ConsentPage, val employer: EmployerInfo, val chosen: Set<Purpose> = emptySet())

@Composable
fun ConsentScreen(state: ConsentState, onChoose: (Purpose, Boolean) -> Unit, onAgree: () -> Unit) {
    val (page, employer, chosen) = state
    Page(stringResource(R.string.consent_title)) {
        Panel {
            Body(stringResource(R.string.enrol_joined, employer.employer, employer.employee))
            // A typed code names no key: what the server gave is compared now.
            if (!employer.rootNamed) Root(employer.root)
            Small(stringResource(R.string.enrol_not_me))
        }
        Body(stringResource(R.string.consent_recorded))
        if (!page.fromEmployer) Small(stringResource(R.string.consent_defaults))
        Panel(title = stringResource(R.string.consent_choose)) {
            for (purpose in page.purposes) {
                SwitchLine(stringResource(purpose.textId), purpose in chosen, "purpose", about(purpose, page)) { onChoose(purpose, it) }
            }
        }
        Small(stringResource(R.string.consent_who))
        Small(stringResource(R.string.consent_how_long))
        Small(stringResource(R.string.consent_withdraw_how))
        MainButton(stringResource(R.string.consent_agree), "agree", onClick = onAgree)
    }
}

@Composable
fun about(purpose: Purpose, page: ConsentPage): String? = when (purpose) {
    Purpose.LOCATION -> stringResource(R.string.consent_location_when) + "\n" +
        stringResource(if (page.recordsCoordinates) R.string.consent_location_coordinates else R.string.consent_location_result)

    Purpose.RADIO -> stringResource(R.string.consent_radio_when)

    Purpose.PHOTO -> stringResource(R.string.consent_photo_when) +
        if (page.photosOnWifiOnly) "\n" + stringResource(R.string.consent_photo_wifi) else ""

    Purpose.UNKNOWN -> null
}
