package org.daka.app

import android.util.Log
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import kotlinx.coroutines.sync.*
import org.daka.*
import org.daka.app.platform.Keys
import org.daka.ffi.*

/** The journal that is open, and whose it is. */
class Open(val profile: Profile, val api: DakaApi)

/** The home state of the journal that is open. */
data class Here(val open: Open, val home: HomeState)

/** What nobody waits for: a failure is told by the screen of whoever looks, and is null here. One of the app's own is written down. */
inline fun <T> quietly(block: () -> T): T? = try {
    block()
} catch (e: DakaException) {
    if (e.code == FailureCode.INTERNAL) Log.w("daka", e)
    null
}

/**
 * The process's one client, and the employers between which it switches.
 *
 * States: nothing open (before the first [api]), one journal open, or [trouble]: it could not be opened, and the next [api] tries again. Beside
 * the open journal, [each] visits the others one by one, so that the screens never wait for another employer's server.
 */
class Session(
    private val openPhone: suspend () -> DakaPhoneApi,
    private val openJournal: suspend (Profile) -> DakaApi,
    private val keys: Keys,
    scope: CoroutineScope,
) {
    private val lock = Mutex()
    private val visits = Mutex()

    @Volatile private var visited: DakaApi? = null
    private var phone: DakaPhoneApi? = null
    private val open = MutableStateFlow<Open?>(null)
    private val failure = MutableStateFlow<FailureCode?>(null)
    private val chosen = MutableStateFlow(AppSettings(Language.SYSTEM, Theme.SYSTEM, false))
    private val known = MutableStateFlow<List<Profile>>(emptyList())
    private val wasSet = MutableStateFlow(false)

    val current: StateFlow<Open?> = open.asStateFlow()
    val trouble: StateFlow<FailureCode?> = failure.asStateFlow()
    val settings: StateFlow<AppSettings> = chosen.asStateFlow()

    /** Whether the clock was set since the journal was opened. */
    val clockWasSet: StateFlow<Boolean> = wasSet.asStateFlow()

    /** Every employer on this phone, the one used last first. */
    val employers: Flow<List<Profile>> = known.map { profiles -> profiles.filter { it.enrolled } }

    /** Computed once for all who look, and not while nobody does; null while nothing is open. */
    @OptIn(ExperimentalCoroutinesApi::class)
    val here: StateFlow<Here?> = open.flatMapLatest { open ->
        open?.api?.homeState?.map { Here(open, it) }?.catch { if (it !is DakaException) throw it } ?: flowOf(null)
    }.stateIn(scope, SharingStarted.WhileSubscribed(replayExpirationMillis = 0), null)

    val home: Flow<HomeState> = here.mapNotNull { it?.home }

    /** One after the other, beside the main thread, and to its end once it was begun. */
    private suspend fun <T> alone(block: suspend () -> T): T =
        withContext(Dispatchers.Default + NonCancellable) { lock.withLock { block() } }

    suspend fun phone(): DakaPhoneApi = alone { phoneLocked() }

    private suspend fun phoneLocked(): DakaPhoneApi = phone ?: openPhone().also {
        phone = it
        chosen.value = it.settings()
    }

    /** The current employer's journal, opened if it is not. */
    suspend fun api(): DakaApi = open.value?.api?.takeUnless { lock.isLocked } ?: alone { (open.value ?: openLocked()).api }

    private suspend fun openLocked(): Open = try {
        named()
        val profile = known.value.first()
        Open(profile, openJournal(profile)).also {
            open.value = it
            failure.value = null
        }
    } catch (e: DakaException) {
        failure.value = e.code
        throw e
    }

    /** Joins an employer. The screen that asked for it goes when the core has joined, and the employer's name is read all the same. */
    suspend fun enrol(code: String) = withContext(Dispatchers.Default + NonCancellable) {
        api().enrol(code)
        named()
    }

    /** Reads the employers' names again: somebody joined one, or left. */
    private suspend fun named() {
        known.value = (phone ?: phoneLocked()).profiles()
    }

    /** Opens another employer's journal, or that of a new one with null. */
    suspend fun switchTo(profile: String?) = alone {
        if (profile != null && profile == open.value?.profile?.id) return@alone
        visited?.stopSync()
        visits.withLock {
            phoneLocked().run { if (profile == null) add() else select(profile) }
            closeLocked()
            openLocked()
        }
    }

    /** Leaves the current employer: a proof file of everything first, then nothing of that employer is on this phone. */
    suspend fun leave(exportPath: String) = alone {
        val gone = open.value ?: openLocked()
        gone.api.leave(exportPath)
        open.value = null
        keys.remove(gone.profile.id)
        phoneLocked().remove(gone.profile.id)
        openLocked()
    }

    /** Every employer's journal in turn. One that does not open is passed over: its reason is on the screen when it is the current one. */
    suspend fun each(block: suspend (Profile, DakaApi) -> Unit) {
        for (profile in phone().profiles().filter { it.enrolled }) {
            quietly {
                if (profile.current) api()
                visits.withLock { visit(profile, block) }
            }
        }
    }

    private suspend fun visit(profile: Profile, block: suspend (Profile, DakaApi) -> Unit) {
        val here = open.value?.takeIf { it.profile.id == profile.id }?.api
        val api = here ?: openJournal(profile)
        visited = api
        try {
            block(profile, api)
        } finally {
            visited = null
            if (here == null) withContext(NonCancellable) { api.closeDown() }
        }
    }

    suspend fun set(change: (AppSettings) -> AppSettings) = alone {
        val phone = phoneLocked()
        chosen.value = change(chosen.value).also { phone.setSettings(it) }
    }

    /** The core is to look anew: the day is another, or something was allowed. */
    fun refresh() {
        open.value?.api?.refresh()
    }

    /** The clock or its zone was set. */
    fun clockChanged() {
        wasSet.value = open.value != null
        refresh()
    }

    /** Ends everything, as the end of the process does. */
    suspend fun close() = alone { closeLocked() }

    private suspend fun closeLocked() {
        open.value?.api?.closeDown()
        open.value = null
        wasSet.value = false
    }
}
