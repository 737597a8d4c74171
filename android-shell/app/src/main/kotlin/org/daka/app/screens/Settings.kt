package org.daka.app.screens

import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

data class SettingsState(val employer: EmployerInfo, val consent: List<ConsentChoice>, val page: ConsentPage, val version: String, val failure: FailureCode? = null)

data class SettingsActions(
    val consent: (Purpose, Boolean) -> Unit = { _, _ -> },
    val keys: () -> Unit = {},
    val leave: () -> Unit = {},
    val diagnostics: () -> Unit = {},
    val licences: () -> Unit = {},
    val back: () -> Unit = {},
)

@Composable
fun SettingsScreen(state: SettingsState, actions: SettingsActions) {
    Page(stringResource(R.string.settings_title), actions.back) {
        if (state.failure != null) Failure(state.failure)
        ConsentPanel(state, actions.consent)
        EmployerPanel(state.employer, actions)
        Panel {
            Line(stringResource(R.string.settings_diagnostics), text = stringResource(R.string.settings_diagnostics_about), onClick = actions.diagnostics)
            Line(stringResource(R.string.settings_licences), Modifier.testTag("licences"), onClick = actions.licences)
            Small(stringResource(R.string.settings_version, state.version))
        }
    }
}

@Composable
private fun ConsentPanel(state: SettingsState, onChange: (Purpose, Boolean) -> Unit) {
    var asking by rememberSaveable { mutableStateOf<Purpose?>(null) }
    Panel(title = stringResource(R.string.settings_consent)) {
        for (purpose in state.page.purposes) {
            val given = state.consent.any { it.purpose == purpose && it.granted }
            SwitchLine(stringResource(purpose.textId), given, Modifier.testTag("consent-${purpose.name}"), about(purpose, state.page)) { if (it) onChange(purpose, true) else asking = purpose }
        }
        Small(stringResource(R.string.consent_withdraw_how))
    }
    val purpose = asking ?: return
    AlertDialog(
        onDismissRequest = { asking = null },
        title = { Text(stringResource(purpose.textId)) },
        text = { Text(stringResource(R.string.settings_withdraw_ask)) },
        confirmButton = {
            TextButton({
                asking = null
                onChange(purpose, false)
            }, Modifier.testTag("withdraw")) { Text(stringResource(R.string.settings_withdraw)) }
        },
        dismissButton = { TextButton({ asking = null }) { Text(stringResource(R.string.common_cancel)) } },
    )
}

@Composable
private fun EmployerPanel(employer: EmployerInfo, actions: SettingsActions) {
    Panel(title = stringResource(R.string.settings_employer)) {
        Line(employer.employer, text = employer.employee)
        Line(employer.server, text = stringResource(R.string.settings_server))
        Fingerprint(stringResource(R.string.settings_root), employer.root)
        HorizontalDivider()
        Line(stringResource(R.string.settings_keys), Modifier.testTag("keys"), onClick = actions.keys)
        Line(stringResource(R.string.settings_new_phone), text = stringResource(R.string.settings_new_phone_about))
        Line(stringResource(R.string.settings_leave, employer.employer), Modifier.testTag("leave"), onClick = actions.leave)
    }
}

@Composable
fun LicencesScreen(parts: List<Pair<String, String>>, onBack: () -> Unit) {
    Page(stringResource(R.string.settings_licences), onBack) {
        Body(stringResource(R.string.settings_licences_about))
        Panel { for ((name, licence) in parts) Line(name, text = licence) }
    }
}

@Composable
fun KeysScreen(keys: List<KeyInfo>, employer: EmployerInfo, onBack: () -> Unit) {
    val formats = formats()
    Page(stringResource(R.string.settings_keys), onBack) {
        Panel { Fingerprint(stringResource(R.string.settings_root), employer.root) }
        for (key in keys) {
            Panel {
                val name = if (key.thisDevice) stringResource(R.string.settings_key_this_device) else stringResource(key.standing.textId)
                Fingerprint(name, key.fingerprint)
                Small(stringResource(R.string.common_pair, stringResource(key.standing.textId), stringResource(R.string.settings_key_since, formats.dayHere(key.sinceMs))))
            }
        }
    }
}

@Composable
fun LeaveScreen(preview: LeavePreview, employer: EmployerInfo, failure: FailureCode?, onLeave: () -> Unit, onBack: () -> Unit) {
    Page(stringResource(R.string.settings_leave, employer.employer), onBack) {
        Body(stringResource(R.string.settings_leave_about))
        val waiting = (preview.waiting + preview.putAside).toInt()
        if (waiting > 0) Notice(pluralStringResource(R.plurals.settings_leave_waiting, waiting, waiting))
        if (preview.photos > 0uL) Notice(pluralStringResource(R.plurals.settings_leave_photos, preview.photos.toInt(), preview.photos.toInt()))
        if (preview.refused > 0uL) Notice(pluralStringResource(R.plurals.settings_leave_refused, preview.refused.toInt(), preview.refused.toInt()))
        if (failure != null) Failure(failure)
        MainButton(stringResource(R.string.settings_leave_export), Modifier.testTag("leave"), onClick = onLeave)
        SecondButton(stringResource(R.string.common_cancel)) { onBack() }
    }
}
