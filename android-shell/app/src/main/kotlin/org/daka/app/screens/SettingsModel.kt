package org.daka.app.screens

import java.io.File
import org.daka.DakaApi
import org.daka.app.DakaApplication
import org.daka.ffi.*

class SettingsModel(app: DakaApplication) : ViewModelOf<SettingsState>(app) {
    override suspend fun read(api: DakaApi): SettingsState {
        val version = app.packageManager.getPackageInfo(app.packageName, 0).versionName.orEmpty()
        return SettingsState(api.employer(), api.consent(), api.consentPage(), version)
    }

    fun consent(purpose: Purpose, on: Boolean) = work({ code -> own.change { it.copy(failure = code) } }) { api ->
        val others = api.consent().filter { it.purpose != purpose }
        api.setConsent(others + ConsentChoice(purpose, on, api.consentPage().textRev))
        own.value = read(api)
        app.syncer.cameBack()
    }

    fun diagnostics(share: (File) -> Unit) = export("diagnostics", "json", share) { api, path -> File(path).writeText(api.diagnostics()) }
}

data class Keyring(val keys: List<KeyInfo>, val employer: EmployerInfo)

class KeysModel(app: DakaApplication) : ViewModelOf<Keyring>(app) {
    override suspend fun read(api: DakaApi) = Keyring(api.keys(), api.employer())
}

data class Leaving(val preview: LeavePreview, val employer: EmployerInfo)

class LeaveModel(app: DakaApplication) : ViewModelOf<Leaving>(app) {
    override suspend fun read(api: DakaApi) = Leaving(api.leavePreview(), api.employer())

    /** Everything is written into a proof file before anything goes. */
    fun leave(share: (File) -> Unit) = export("everything", "daka", share) { _, path ->
        app.puncher.dismiss()
        app.session.leave(path)
    }
}
