package org.daka.app.screens

import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** [nearby] is whether the system lets the app look for beacons. */
data class SettingsState(
    val settings: AppSettings,
    val employer: EmployerInfo,
    val consent: Set<Purpose>,
    val page: ConsentPage,
    val reminders: Int,
    val nearby: Boolean,
    val version: String,
)

data class SettingsActions(
    val set: ((AppSettings) -> AppSettings) -> Unit = {},
    val consent: (Purpose, Boolean) -> Unit = { _, _ -> },
    val diagnostics: () -> Unit = {},
    val appSettings: () -> Unit = {},
    val go: (String) -> Unit = {},
    val back: () -> Unit = {},
)

@Composable
fun SettingsScreen(state: SettingsState, actions: SettingsActions) {
    val (settings, employer) = state
    val set = actions.set
    Page(stringResource(R.string.settings_title), actions.back) {
        Panel(title = stringResource(R.string.settings_employer)) {
            Line(employer.employer, text = employer.employee)
            Line(stringResource(R.string.settings_switch), "employers") { actions.go("employers") }
        }
        Panel {
            val on = if (state.reminders > 0) "${state.reminders}" else null
            Line(stringResource(R.string.settings_reminders), "reminders", end = on) { actions.go("reminders") }
            val saver = stringResource(R.string.settings_data_saver)
            val about = stringResource(R.string.settings_data_saver_about)
            SwitchLine(saver, settings.dataSaver, "saver", about) { set { old -> old.copy(dataSaver = it) } }
        }
        Choices(R.string.settings_language, Language.entries, settings.language, { it.textId }) { set { old -> old.copy(language = it) } }
        Choices(R.string.settings_theme, Theme.entries, settings.theme, { it.textId }) { set { old -> old.copy(theme = it) } }
        ConsentPanel(state, actions)
        Panel {
            Line(employer.server, text = stringResource(R.string.settings_server))
            Fingerprint(stringResource(R.string.settings_root), employer.root)
            Rule()
            Line(stringResource(R.string.settings_keys), "keys") { actions.go("keys") }
            Line(stringResource(R.string.settings_new_phone), text = stringResource(R.string.settings_new_phone_about))
            Line(stringResource(R.string.settings_leave, employer.employer), "leave") { actions.go("leave") }
        }
        Panel {
            val about = stringResource(R.string.settings_diagnostics_about)
            Line(stringResource(R.string.settings_diagnostics), text = about, onClick = actions.diagnostics)
            Line(stringResource(R.string.settings_licences), "licences") { actions.go("licences") }
            Small(stringResource(R.string.settings_version, state.version))
        }
    }
}

@Composable
private fun <T> Choices(@StringRes title: Int, all: List<T>, chosen: T, name: (T) -> Int, onChoose: (T) -> Unit) {
    Panel(title = stringResource(title)) {
        Column(Modifier.selectableGroup()) { all.forEach { ChoiceLine(stringResource(name(it)), it == chosen) { onChoose(it) } } }
    }
}

@Composable
private fun ConsentPanel(state: SettingsState, actions: SettingsActions) {
    var asking by rememberSaveable { mutableStateOf<Purpose?>(null) }
    Panel(title = stringResource(R.string.settings_consent)) {
        for (purpose in state.page.purposes) {
            SwitchLine(stringResource(purpose.textId), purpose in state.consent, "consent-${purpose.name}", about(purpose, state.page)) {
                if (it) actions.consent(purpose, true) else asking = purpose
            }
        }
        if (Purpose.RADIO in state.consent && !state.nearby) {
            Notice(Step(stringResource(R.string.refusals_radio_denied), stringResource(R.string.common_open_settings), actions.appSettings))
        }
        Small(stringResource(R.string.consent_withdraw_how))
    }
    val purpose = asking ?: return
    val withdraw = {
        asking = null
        actions.consent(purpose, false)
    }
    Question(stringResource(purpose.textId), stringResource(R.string.settings_withdraw), withdraw, { asking = null }) {
        Body(stringResource(R.string.settings_withdraw_ask))
    }
}

@Composable
fun EmployersScreen(employers: List<Profile>, onSwitch: (String?) -> Unit, onBack: () -> Unit) {
    Page(stringResource(R.string.settings_switch), onBack) {
        Employers(employers, onSwitch)
        SecondButton(stringResource(R.string.settings_add), "add", R.drawable.ic_add) { onSwitch(null) }
    }
}

/** A name that cannot be read without its key is no reason not to switch to it. */
@Composable
fun Employers(employers: List<Profile>, onSwitch: (String) -> Unit) = Panel {
    Column(Modifier.selectableGroup()) {
        for (one in employers) {
            val name = one.employer?.let { stringResource(R.string.common_pair, it, one.employee.orEmpty()) }
            ChoiceLine(name ?: stringResource(R.string.settings_employer), one.current) { onSwitch(one.id) }
        }
    }
}

@Composable
fun KeysScreen(keys: List<KeyInfo>, employer: EmployerInfo, onBack: () -> Unit) {
    val formats = formats()
    Page(stringResource(R.string.settings_keys), onBack) {
        Panel { Fingerprint(stringResource(R.string.settings_root), employer.root) }
        for (key in keys) {
            Panel {
                val standing = stringResource(key.standing.textId)
                Fingerprint(if (key.thisDevice) stringResource(R.string.settings_key_this_device) else standing, key.fingerprint)
                val since = stringResource(R.string.settings_key_since, formats.dayHere(key.sinceMs))
                Small(stringResource(R.string.common_pair, standing, since))
            }
        }
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
fun LeaveScreen(preview: LeavePreview, employer: EmployerInfo, onLeave: () -> Unit, onBack: () -> Unit) {
    Page(stringResource(R.string.settings_leave, employer.employer), onBack) {
        Body(stringResource(R.string.settings_leave_about))
        val waiting = preview.waiting + preview.putAside
        if (waiting > 0uL) Notice(counted(R.plurals.settings_leave_waiting, waiting))
        if (preview.photos > 0uL) Notice(counted(R.plurals.settings_leave_photos, preview.photos))
        if (preview.refused > 0uL) Notice(counted(R.plurals.settings_leave_refused, preview.refused))
        MainButton(stringResource(R.string.settings_leave_export), "leave-now", onLeave)
        SecondButton(stringResource(R.string.common_cancel), onClick = onBack)
    }
}
