package org.daka.app.screens

import android.net.Uri
import java.io.File
import java.io.IOException
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.*
import org.daka.DakaApi
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** The draft is the core's: every change is handed over at once, so that a kill takes nothing of it. */
class FieldModel(app: DakaApplication) : Model(app) {
    private val own = MutableStateFlow(FieldState(camera = if (device.camera.present()) CameraStanding.READY else CameraStanding.MISSING))
    val state: StateFlow<FieldState> = own.asStateFlow()
    private var saving: Job? = null
    private var capture: String? = null

    init {
        work(::failed) { api ->
            own.update { it.copy(policy = api.fieldPolicy(), draft = api.draft() ?: it.draft) }
            show(api)
        }
    }

    private fun failed(code: FailureCode) = own.update { it.copy(failure = code) }

    fun change(draft: FieldDraft) {
        own.update { it.copy(draft = draft, failure = null) }
        val before = saving
        // One after the other, so that the last one stays.
        saving = work(::failed) { api ->
            before?.join()
            api.saveDraft(own.value.draft)
        }
    }

    fun camera(standing: CameraStanding) = own.update { it.copy(camera = standing) }

    /** The camera opens: from here the core counts the capture's time. */
    fun opens() = work(::failed) { capture = it.beginCapture() }

    fun photoFile() = File(app.cacheDir, "capture.jpg")

    fun taken(file: File) = adopt { file to capture }

    fun chosen(uri: Uri) = adopt {
        val file = photoFile()
        withContext(Dispatchers.IO) { app.contentResolver.openInputStream(uri)?.use { from -> file.outputStream().use(from::copyTo) } ?: throw IOException("not readable") }
        file to null
    }

    private fun adopt(source: suspend () -> Pair<File, String?>) = work(::failed) { api ->
        try {
            saving?.join()
            val (file, capture) = source()
            api.adoptDraftPhoto(file.path, capture)
        } catch (e: IOException) {
            failed(if (photoFile().usableSpace < LITTLE_SPACE) FailureCode.DISK_FULL else FailureCode.PHOTO_UNREADABLE)
        } finally {
            photoFile().delete()
        }
        own.update { it.copy(draft = api.draft() ?: it.draft) }
        show(api)
    }

    fun removePhoto(digest: String) {
        change(own.value.draft.run { copy(photos = photos - digest) })
        work { it.dropPhoto(digest) }
    }

    fun submit(done: () -> Unit) {
        val (draft, policy) = own.value
        // A photo is asked for once; a check-in without one is kept all the same.
        val lacking = policy.photoRequired && policy.photoConsent && draft.photos.isEmpty() && !own.value.noPhoto
        if (draft.field == null || lacking) {
            own.update { it.copy(noType = draft.field == null, noPhoto = it.noPhoto || lacking) }
            return
        }
        work(::failed) {
            saving?.join()
            app.puncher.punch(Asked.AUTO, Asked.AUTO, Trigger.TAP, draft)
            done()
        }
    }

    fun discard(done: () -> Unit) = work(::failed) {
        saving?.join()
        it.dropDraft()
        done()
    }

    private suspend fun show(api: DakaApi) {
        val lacking = own.value.draft.photos - own.value.pictures.keys
        val found = api.pictures(lacking)
        own.update { it.copy(pictures = it.pictures + found) }
    }

    private companion object {
        const val LITTLE_SPACE = 20L * 1024 * 1024
    }
}
