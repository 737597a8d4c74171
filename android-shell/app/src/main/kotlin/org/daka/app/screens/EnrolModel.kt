package org.daka.app.screens

import androidx.lifecycle.SavedStateHandle
import kotlinx.coroutines.flow.*
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** From a code to a joined employer. What was typed survives the process. */
class EnrolModel(app: DakaApplication, private val saved: SavedStateHandle) : Model(app) {
    private val own = MutableStateFlow(
        EnrolState(saved[CODE] ?: "", camera = if (device.camera.present()) CameraStanding.READY else CameraStanding.MISSING),
    )
    val state: StateFlow<EnrolState> = own.asStateFlow()

    fun code(text: String) {
        saved[CODE] = text
        own.update { it.copy(code = text, notACode = false, failure = null) }
    }

    fun camera(standing: CameraStanding) = own.update { it.copy(camera = standing) }

    /** A failure leaves nothing behind, and the code can be tried again or changed. */
    fun join() {
        own.update { it.copy(working = true, notACode = false, failure = null) }
        work({ code -> own.update { it.copy(working = false, notACode = code == FailureCode.BAD_VALUE, failure = code.takeIf { it != FailureCode.BAD_VALUE }) } }) { api ->
            api.enrol(own.value.code.trim())
            saved.remove<String>(CODE)
            own.update { it.copy(code = "", working = false) }
            app.syncer.cameBack()
        }
    }

    private companion object {
        const val CODE = "code"
    }
}

/** What the person allows. */
class ConsentModel(app: DakaApplication, private val saved: SavedStateHandle) : Model(app) {
    private val own = MutableStateFlow<ConsentState?>(null)
    val state: StateFlow<ConsentState?> = own.asStateFlow()

    init {
        work { api ->
            val chosen = saved.get<Array<String>>(CHOSEN).orEmpty().map { Purpose.valueOf(it) }.toSet()
            own.value = ConsentState(api.consentPage(), api.employer(), chosen)
        }
    }

    fun choose(purpose: Purpose, on: Boolean) = own.change {
        val chosen = if (on) it.chosen + purpose else it.chosen - purpose
        saved[CHOSEN] = chosen.map(Purpose::name).toTypedArray()
        it.copy(chosen = chosen)
    }

    fun agree(done: (Set<Purpose>) -> Unit) = work({ code -> own.change { it.copy(failure = code) } }) { api ->
        val shown = own.value ?: return@work
        api.setConsent(shown.page.purposes.map { ConsentChoice(it, it in shown.chosen, shown.page.textRev) })
        app.syncer.cameBack()
        done(shown.chosen)
    }

    private companion object {
        const val CHOSEN = "chosen"
    }
}
