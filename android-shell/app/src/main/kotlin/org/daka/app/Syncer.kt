package org.daka.app

import kotlinx.coroutines.*
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.*
import org.daka.DakaApi
import org.daka.app.platform.*

/**
 * Calls the core's `sync` when something asks for it: a punch, a network that came, the person, the system's worker, or the time that the
 * core named for its next attempt. How long to wait is the core's; here it is only slept. What fails is in the queue's own words.
 */
class Syncer(
    private val session: Session,
    private val background: Background,
    private val network: Network,
    private val scope: CoroutineScope,
) {
    private val wishes = Channel<Boolean>(Channel.CONFLATED)
    private val working = MutableStateFlow(false)
    private var timer: Job? = null

    /** Whether the app is in front; the core is less patient then. */
    @Volatile private var inFront = false

    /** A round with the server is going on. */
    val busy: StateFlow<Boolean> = working.asStateFlow()

    fun start() {
        scope.launch {
            for (now in wishes) round(now)
        }
        scope.launch { network.comes().collect { cameBack() } }
    }

    /** The app came to the front, or went. */
    fun front(here: Boolean) {
        inFront = here
        if (here) cameBack()
    }

    /** A punch was made: send, and let the system send if this process ends before. */
    fun punched() {
        background.soon()
        wishes.trySend(false)
    }

    /** Somebody may be reached again. */
    fun cameBack() {
        scope.launch {
            quietly { session.current.value?.api?.wake() }
            wishes.trySend(false)
        }
    }

    /** The person wants it now. */
    fun now() {
        wishes.trySend(true)
    }

    /** The system's worker: every employer, with a deadline. */
    suspend fun background(deadlineMs: Long) = quietly {
        val due = mutableListOf<Long>()
        session.each { _, api -> send(api, now = false, deadlineMs)?.let(due::add) }
        due.minOrNull()?.let(background::at)
    }

    /** After a boot nothing is scheduled any more. */
    suspend fun arm() = quietly {
        session.each { _, api -> if (api.queue().run { waiting + photos } > 0u) background.soon() }
    }

    private suspend fun round(now: Boolean) {
        working.value = true
        try {
            quietly { send(session.api(), now, null)?.let(::later) }
        } finally {
            working.value = false
        }
    }

    private fun later(dueMs: Long) {
        background.at(dueMs)
        timer?.cancel()
        timer = scope.launch {
            delay((dueMs - System.currentTimeMillis()).coerceAtLeast(MIN_WAIT_MS))
            wishes.trySend(false)
        }
    }

    /** One round with the server; when the next one is due, if one is. */
    private suspend fun send(api: DakaApi, now: Boolean, deadlineMs: Long?): Long? =
        api.sync(now, inFront, network.metered(), deadlineMs, saveData = session.settings.value.dataSaver).next?.dueMs

    private companion object {
        const val MIN_WAIT_MS = 250L
    }
}
