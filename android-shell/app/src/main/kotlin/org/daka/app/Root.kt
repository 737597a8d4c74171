package org.daka.app

import androidx.compose.runtime.*
import androidx.compose.ui.platform.*
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.*
import org.daka.app.screens.*
import org.daka.app.ui.*
import org.daka.ffi.*

class RootModel(app: DakaApplication) : EmployersModel(app) {
    /** What was there last, while another journal opens. */
    val here: StateFlow<Here?> = app.session.here.filterNotNull().stateIn(viewModelScope, SharingStarted.Eagerly, null)
    val trouble: StateFlow<FailureCode?> = app.session.trouble
    val settings: StateFlow<AppSettings> = app.session.settings

    /** Opens the journal again. */
    fun again() = work { }
}

/** The whole app: language and theme as they are set, then what there is to show. */
@Composable
fun Root(model: RootModel, activity: MainActivity) {
    val settings by model.settings.collectAsStateWithLifecycle()
    val here = model.here.collectAsStateWithLifecycle().value
    val trouble = model.trouble.collectAsStateWithLifecycle().value
    val employers = model.state.collectAsStateWithLifecycle().value.orEmpty()
    val spoken = remember(activity, LocalConfiguration.current, settings.language) { activity.speak(settings.language) }
    CompositionLocalProvider(LocalResources provides spoken, LocalConfiguration provides spoken.configuration) {
        val dark = isDark(settings.theme)
        LaunchedEffect(dark) { activity.drawBars(dark) }
        DakaTheme(dark) {
            val profile = here?.open?.profile?.id.orEmpty()
            when {
                trouble != null -> TroublePage(trouble, employers, model::again, model::switchTo)
                here == null -> Opening()
                here.home.employer == null -> EnrolRoute(profile, employers, model::switchTo)
                !here.home.consentAsked -> ConsentRoute(profile)
                else -> key(profile) { Inside() }
            }
        }
    }
}

@Composable
private fun Opening() =
    Page(stringResource(R.string.common_app_name)) { Empty(R.drawable.ic_punch, stringResource(R.string.common_loading)) }

/** The record does not open: what can be done about it, and the way to another employer's. */
@Composable
fun TroublePage(code: FailureCode, employers: List<Profile>, onAgain: () -> Unit, onSwitch: (String) -> Unit) {
    Page(stringResource(R.string.common_app_name)) {
        if (code == FailureCode.KEY_REFUSED) Notice(stringResource(R.string.refusals_key_store)) else Failure(code)
        SecondButton(stringResource(R.string.common_try_again), onClick = onAgain)
        if (employers.size > 1) Employers(employers, onSwitch)
    }
}
