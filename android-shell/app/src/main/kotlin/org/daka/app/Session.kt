package org.daka.app

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.flow.*
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.ffi.FailureCode
import org.daka.ffi.HomeState

/**
 * The process's one client.
 *
 * States: nothing open (before the first [api]), the journal open, or [trouble]: it could not be opened, and the next [api] tries again.
 */
class Session(private val openJournal: suspend () -> DakaApi, private val forgetKeys: () -> Unit) {
    private val lock = Mutex()
    private val open = MutableStateFlow<DakaApi?>(null)
    private val failure = MutableStateFlow<FailureCode?>(null)

    val current: StateFlow<DakaApi?> = open.asStateFlow()
    val trouble: StateFlow<FailureCode?> = failure.asStateFlow()

    @OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)
    val home: Flow<HomeState> = open.flatMapLatest { it?.homeState ?: emptyFlow() }

    /** The journal, opened if it is not. */
    suspend fun api(): DakaApi = lock.withLock { open.value ?: openLocked() }

    private suspend fun openLocked(): DakaApi = try {
        openJournal().also {
            open.value = it
            failure.value = null
        }
    } catch (e: CancellationException) {
        throw e
    } catch (e: DakaException) {
        failure.value = e.code
        throw e
    }

    /** Leaves the employer: a proof file of everything first, then nothing of that employer is on this phone. */
    suspend fun leave(exportPath: String) = lock.withLock {
        (open.value ?: openLocked()).leave(exportPath)
        open.value = null
        forgetKeys()
        openLocked()
    }

    /** The clock, its zone or the day is another. */
    fun clockChanged() {
        open.value?.refresh()
    }

    /** Ends everything, as the end of the process does. */
    suspend fun close() = lock.withLock {
        open.value?.closeDown()
        open.value = null
    }
}
