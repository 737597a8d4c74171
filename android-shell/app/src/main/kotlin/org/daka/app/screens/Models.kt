package org.daka.app.screens

import android.graphics.*
import androidx.lifecycle.*
import java.io.File
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.*
import org.daka.app.*
import org.daka.app.platform.*
import org.daka.ffi.FailureCode

/** What every screen's model does: hold what is shown, work over the open journal, and say what failed. */
abstract class Model<T : Any>(protected val app: DakaApplication, first: T? = null) : ViewModel() {
    protected val device get() = app.device
    protected val own = MutableStateFlow(first)
    protected val fault = MutableStateFlow<FailureCode?>(null)

    val state: StateFlow<T?> = own.asStateFlow()
    val failure: StateFlow<FailureCode?> = fault.asStateFlow()

    /** Changes what is shown, if something is. */
    protected fun change(block: (T) -> T) = own.update { it?.let(block) }

    /** Works beside the screen; what was begun is finished by the core even if the screen goes. It begins at once. */
    protected fun attempt(block: suspend () -> Unit): Job = viewModelScope.launch {
        try {
            block()
        } catch (e: DakaException) {
            fault.value = e.code
        }
    }

    /** The first work of a model: it begins once a subclass's parts are made, too. */
    protected fun onceMade(block: suspend () -> Unit) = attempt {
        yield()
        block()
    }

    /** The same over the open journal, for somebody who asked for it: an earlier failure is no news any more. */
    protected fun work(block: suspend (DakaApi) -> Unit): Job {
        fault.value = null
        return attempt { block(app.session.api()) }
    }

    /** Writes a file and hands it to the app that the person chooses. */
    protected fun export(name: String, write: suspend (DakaApi, String) -> Unit) = work { api ->
        val file: File = app.fileToShare("daka-$name")
        write(api, file.path)
        app.share(file)
    }
}

/** A view of the core that is read again whenever something changed. */
abstract class ReadModel<T : Any>(app: DakaApplication) : Model<T>(app) {
    init {
        onceMade { app.session.home.collect { refresh() } }
    }

    protected abstract suspend fun read(api: DakaApi): T

    fun refresh() = attempt { own.value = read(app.session.api()) }
}

/** Photos of the sealed store, made small enough for a screen. */
internal suspend fun DakaApi.pictures(digests: Collection<String>): Map<String, Bitmap> = digests.mapNotNull { digest ->
    val bytes = quietly { photo(digest) } ?: return@mapNotNull null
    withContext(Dispatchers.Default) { small(bytes) }?.let { digest to it }
}.toMap()

/** At most [WIDE] pixels wide. */
private fun small(jpeg: ByteArray): Bitmap? {
    val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(jpeg, 0, jpeg.size, options)
    options.inSampleSize = generateSequence(1) { it * 2 }.first { options.outWidth / it <= WIDE }
    options.inJustDecodeBounds = false
    return BitmapFactory.decodeByteArray(jpeg, 0, jpeg.size, options)
}

private const val WIDE = 1_200
