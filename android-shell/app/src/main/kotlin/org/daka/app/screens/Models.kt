package org.daka.app.screens

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.update
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.app.DakaApplication
import org.daka.app.platform.Device
import org.daka.ffi.FailureCode

/** What every screen's model does: work over the open journal, and say what failed. */
abstract class Model(protected val app: DakaApplication) : ViewModel() {
    protected val device: Device get() = app.device

    /** Works beside the screen; what was begun is finished by the core even if the screen goes. */
    protected fun work(onFailure: (FailureCode) -> Unit = {}, block: suspend CoroutineScope.(DakaApi) -> Unit) = viewModelScope.launch {
        try {
            block(app.session.api())
        } catch (e: CancellationException) {
            throw e
        } catch (e: DakaException) {
            onFailure(e.code)
        }
    }
}

/** Photos of the sealed store, made small enough for a screen. */
internal suspend fun DakaApi.pictures(digests: Collection<String>): Map<String, Bitmap> = digests.mapNotNull { digest ->
    val bytes = try {
        photo(digest)
    } catch (_: DakaException) {
        return@mapNotNull null
    }
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

internal fun <T> MutableStateFlow<T?>.change(block: (T) -> T) = update { it?.let(block) }
