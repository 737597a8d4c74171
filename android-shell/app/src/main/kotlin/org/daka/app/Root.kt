package org.daka.app

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.*
import org.daka.app.screens.Failure
import org.daka.app.screens.Model
import org.daka.app.ui.*
import org.daka.ffi.FailureCode

/** What there is to show at all. */
sealed interface Gate {
    data object Opening : Gate

    data class Trouble(val code: FailureCode) : Gate

    data object Enrol : Gate

    data object Consent : Gate

    data object Inside : Gate
}

class RootModel(app: DakaApplication) : Model(app) {
    private val homes = app.session.home.map { home ->
        when {
            home.employer == null -> Gate.Enrol
            app.session.api().consent().isEmpty() -> Gate.Consent
            else -> Gate.Inside
        }
    }

    val gate: StateFlow<Gate> = combine(homes.stateIn(viewModelScope, SharingStarted.Eagerly, Gate.Opening), app.session.trouble) { gate, trouble ->
        trouble?.let(Gate::Trouble) ?: gate
    }.stateIn(viewModelScope, SharingStarted.Eagerly, Gate.Opening)

    /** Opens the journal again. */
    fun again() = work { }
}

/** The whole app: what there is to show. */
@Composable
fun Root(model: RootModel) {
    val gate by model.gate.collectAsStateWithLifecycle()
    DakaTheme {
        when (val now = gate) {
            Gate.Opening -> Page(stringResource(R.string.common_app_name)) { Empty(R.drawable.ic_punch, stringResource(R.string.common_loading)) }
            is Gate.Trouble -> TroublePage(now.code, model::again)
            Gate.Enrol -> EnrolRoute()
            Gate.Consent -> ConsentRoute()
            Gate.Inside -> Inside()
        }
    }
}

@Composable
fun TroublePage(code: FailureCode, onAgain: () -> Unit) {
    Page(stringResource(R.string.common_app_name)) {
        if (code == FailureCode.KEY_REFUSED) org.daka.app.ui.Notice(stringResource(R.string.refusals_key_store)) else Failure(code)
        SecondButton(stringResource(R.string.common_try_again), onClick = { onAgain() })
    }
}
