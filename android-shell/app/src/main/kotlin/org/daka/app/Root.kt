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

/** What there is to show at all, and of which employer. */
sealed interface Gate {
    data object Opening : Gate

    data class Trouble(val code: FailureCode) : Gate

    data class Enrol(val profile: String) : Gate

    data class Consent(val profile: String) : Gate

    data class Inside(val profile: String) : Gate
}

class RootModel(app: DakaApplication) : EmployersModel(app) {
    private val gates = app.session.here.filterNotNull().map { (open, home) -> gate(open.profile.id, home) }

    val gate: StateFlow<Gate> = combine(gates.onStart { emit(Gate.Opening) }, app.session.trouble) { gate, trouble ->
        trouble?.let(Gate::Trouble) ?: gate
    }.stateIn(viewModelScope, SharingStarted.Eagerly, Gate.Opening)

    val settings: StateFlow<AppSettings> = app.session.settings

    private fun gate(profile: String, home: HomeState): Gate = when {
        home.employer == null -> Gate.Enrol(profile)
        home.consentAsked -> Gate.Inside(profile)
        else -> Gate.Consent(profile)
    }

    /** Opens the journal again. */
    fun again() = work { }
}

/** The whole app: language and theme as they are set, then what there is to show. */
@Composable
fun Root(model: RootModel, activity: MainActivity) {
    val settings by model.settings.collectAsStateWithLifecycle()
    val gate by model.gate.collectAsStateWithLifecycle()
    val employers = model.state.collectAsStateWithLifecycle().value.orEmpty()
    val spoken = remember(activity, LocalConfiguration.current, settings.language) { activity.speak(settings.language) }
    CompositionLocalProvider(LocalResources provides spoken, LocalConfiguration provides spoken.configuration) {
        val dark = isDark(settings.theme)
        LaunchedEffect(dark) { activity.drawBars(dark) }
        DakaTheme(dark) {
            when (val now = gate) {
                Gate.Opening -> Page(stringResource(R.string.common_app_name)) {
                    Empty(R.drawable.ic_punch, stringResource(R.string.common_loading))
                }

                is Gate.Trouble -> TroublePage(now.code, employers, model::again, model::switchTo)

                is Gate.Enrol -> EnrolRoute(now.profile, employers, model::switchTo)

                is Gate.Consent -> ConsentRoute(now.profile)

                is Gate.Inside -> key(now.profile) { Inside() }
            }
        }
    }
}

/** The record does not open: what can be done about it, and the way to another employer's. */
@Composable
fun TroublePage(code: FailureCode, employers: List<Profile>, onAgain: () -> Unit, onSwitch: (String) -> Unit) {
    Page(stringResource(R.string.common_app_name)) {
        if (code == FailureCode.KEY_REFUSED) Notice(stringResource(R.string.refusals_key_store)) else Failure(code)
        SecondButton(stringResource(R.string.common_try_again), onClick = onAgain)
        if (employers.size > 1) Employers(employers, onSwitch)
    }
}
