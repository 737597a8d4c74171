package org.daka.app.screens

import androidx.lifecycle.SavedStateHandle
import org.daka.*
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** From a code to a joined employer. What was typed survives the process. */
class EnrolModel(app: DakaApplication, private val saved: SavedStateHandle) :
    Model<EnrolState>(app, EnrolState(saved[CODE] ?: "", camera = app.device.camera.standing())) {

    fun code(text: String) {
        saved[CODE] = text
        change { it.copy(code = text, notACode = false) }
    }

    fun scanned(text: String) {
        code(text)
        check()
    }

    fun camera(standing: CameraStanding) = change { it.copy(camera = standing) }

    /** What the code says of itself; nothing is sent. */
    fun check() = work {
        try {
            val preview = app.session.phone().previewCode(text())
            change { it.copy(preview = preview, notACode = false) }
        } catch (e: DakaException) {
            if (e.code != FailureCode.BAD_VALUE) throw e
            change { it.copy(notACode = true) }
        }
    }

    /** From what the code says back to the code; false where there is nothing to go back from. */
    fun back(): Boolean {
        val shown = own.value?.preview
        change { it.copy(preview = null) }
        return shown != null
    }

    /** A failure leaves nothing behind, and the code can be tried again or changed. */
    fun join() {
        change { it.copy(working = true) }
        work {
            try {
                app.session.enrol(text())
                saved.remove<String>(CODE)
                app.syncer.cameBack()
            } finally {
                change { it.copy(working = false) }
            }
        }
    }

    private fun text() = own.value?.code.orEmpty().trim()

    private companion object {
        const val CODE = "code"
    }
}

/** What the person allows, of what the employer asks for: its rules may still be on their way. */
class ConsentModel(app: DakaApplication, private val saved: SavedStateHandle) : ReadModel<ConsentState>(app) {
    override suspend fun read(api: DakaApi) = ConsentState(api.consentPage(), api.employer(), chosen())

    private fun chosen() = saved.get<Array<String>>(CHOSEN).orEmpty().map { Purpose.valueOf(it) }.toSet()

    fun choose(purpose: Purpose, on: Boolean) = change {
        val chosen = if (on) it.chosen + purpose else it.chosen - purpose
        saved[CHOSEN] = chosen.map(Purpose::name).toTypedArray()
        it.copy(chosen = chosen)
    }

    fun agree(done: (Set<Purpose>) -> Unit) = work { api ->
        val shown = own.value ?: return@work
        api.setConsent(shown.page.purposes.map { ConsentChoice(it, it in shown.chosen, shown.page.textRev) })
        app.syncer.cameBack()
        done(shown.chosen)
    }

    private companion object {
        const val CHOSEN = "chosen"
    }
}
