package org.daka.app.screens

import androidx.lifecycle.viewModelScope
import java.io.File
import kotlinx.coroutines.launch
import org.daka.DakaApi
import org.daka.app.DakaApplication
import org.daka.app.platform.*
import org.daka.ffi.*

class SettingsModel(app: DakaApplication) : ReadModel<SettingsState>(app) {
    override suspend fun read(api: DakaApi) = SettingsState(
        settings = app.session.settings.value,
        employer = api.employer(),
        consent = api.consent().filter { it.granted }.map { it.purpose }.toSet(),
        page = api.consentPage(),
        reminders = api.reminders().count { it.on },
        nearby = NEARBY.all(app::granted),
        version = app.version,
    )

    fun set(settings: (AppSettings) -> AppSettings) = work {
        app.session.set(settings)
        change { it.copy(settings = app.session.settings.value) }
    }

    fun consent(purpose: Purpose, on: Boolean) = work { api ->
        val others = api.consent().filter { it.purpose != purpose }
        api.setConsent(others + ConsentChoice(purpose, on, api.consentPage().textRev))
        own.value = read(api)
        app.syncer.cameBack()
    }

    fun diagnostics() = export("diagnostics.json") { api, path -> File(path).writeText(api.diagnostics()) }
}

/** The employers on this phone, the current one first. */
open class EmployersModel(app: DakaApplication) : Model<List<Profile>>(app) {
    init {
        viewModelScope.launch { app.session.employers.collect { own.value = it } }
    }

    /** To one of them, or to one that is not there yet with null. */
    fun switchTo(profile: String?) {
        app.puncher.dismiss()
        attempt {
            app.session.switchTo(profile)
            app.syncer.cameBack()
        }
    }
}

data class Keyring(val keys: List<KeyInfo>, val employer: EmployerInfo)

class KeysModel(app: DakaApplication) : ReadModel<Keyring>(app) {
    override suspend fun read(api: DakaApi) = Keyring(api.keys(), api.employer())
}

data class Leaving(val preview: LeavePreview, val employer: EmployerInfo)

class LeaveModel(app: DakaApplication) : ReadModel<Leaving>(app) {
    override suspend fun read(api: DakaApi) = Leaving(api.leavePreview(), api.employer())

    /** Everything is written into a proof file before anything goes. */
    fun leave() = export("everything.daka") { _, path ->
        app.puncher.dismiss()
        app.session.leave(path)
        app.reminding.arm()
    }
}

class RemindersModel(app: DakaApplication) : ReadModel<RemindersState>(app) {
    override suspend fun read(api: DakaApi) = RemindersState(api.reminders(), app.notices.mayShow(), own.value?.refusedForGood == true)

    /** A reminder without a day cannot be kept: the screen says so until it has one. */
    fun change(reminders: List<Reminder>) {
        change { it.copy(reminders = reminders) }
        if (reminders.none { it.weekdays == 0 }) {
            work { api ->
                val kept = api.setReminders(reminders)
                change { it.copy(reminders = kept) }
                app.reminding.arm()
            }
        }
    }

    fun refused(forGood: Boolean) {
        change { it.copy(refusedForGood = forGood) }
        refresh()
    }
}
