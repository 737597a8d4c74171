package org.daka.app

import kotlinx.coroutines.*
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.*
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.app.platform.Background
import org.daka.app.platform.Network
import org.daka.ffi.FailureCode

/**
 * Calls the core's `sync` when something asks for it: a punch, a network that came, the person, the system's worker, or the time that the
 * core named for its next attempt. How long to wait is the core's; here it is only slept.
 */
class Syncer(private val session: Session, private val background: Background, private val network: Network, private val scope: CoroutineScope) {
    private val wishes = Channel<Boolean>(Channel.CONFLATED)
    private val working = MutableStateFlow(false)
    private var timer: Job? = null

    /** Whether the app is in front; the core is less patient then. */
    @Volatile var inFront = false

    /** A round with the server is going on. */
    val busy: StateFlow<Boolean> = working.asStateFlow()

    init {
        scope.launch {
            for (now in wishes) round(now)
        }
        scope.launch { network.comes().collect { cameBack() } }
    }

    /** A punch was made: send, and let the system send if this process ends before. */
    fun punched() {
        background.soon()
        wishes.trySend(false)
    }

    /** The network came back, or the app came to the front. */
    fun cameBack() {
        scope.launch {
            quietly { session.current.value?.wake() }
            wishes.trySend(false)
        }
    }

    /** The person wants it now. */
    fun now() {
        wishes.trySend(true)
    }

    /** The system's worker, with a deadline. */
    suspend fun background(deadlineMs: Long) = quietly { send(session.api(), now = false, deadlineMs) }

    /** After a boot nothing is scheduled any more. */
    suspend fun arm() = quietly {
        if (session.api().queue().run { waiting + photos } > 0u) background.soon()
    }

    private suspend fun round(now: Boolean) {
        working.value = true
        try {
            quietly { send(session.api(), now, null) }
        } finally {
            working.value = false
        }
    }

    private suspend fun send(api: DakaApi, now: Boolean, deadlineMs: Long?) {
        val due = api.sync(now = now, inFront = inFront, metered = network.metered(), deadlineMs = deadlineMs).next?.dueMs ?: return
        background.at(due)
        timer?.cancel()
        timer = scope.launch {
            delay((due - System.currentTimeMillis()).coerceAtLeast(MIN_WAIT_MS))
            wishes.trySend(false)
        }
    }

    /** What fails here is in the queue's own words, and the next wish tries again. */
    private suspend fun quietly(block: suspend () -> Unit) = try {
        block()
    } catch (e: CancellationException) {
        throw e
    } catch (e: DakaException) {
        if (e.code == FailureCode.INTERNAL) android.util.Log.w("daka", "sync: ${e.message}")
        Unit
    }

    private companion object {
        const val MIN_WAIT_MS = 250L
    }
}
