package org.daka.app.screens

import android.net.Uri
import java.io.*
import kotlinx.coroutines.*
import org.daka.*
import org.daka.app.DakaApplication
import org.daka.ffi.*

/** Photos from the camera or the gallery; where they are kept, a model of its own says. */
abstract class PhotoModel(app: DakaApplication) : Model<FieldState>(app) {
    private var capture: String? = null
    private var beginning: Job? = null

    init {
        onceMade {
            val api = app.session.api()
            own.value = FieldState(begin(api), api.fieldPolicy(), camera = device.camera.standing())
            show(api)
        }
    }

    protected abstract suspend fun begin(api: DakaApi): FieldDraft

    /** Takes a file over, and gives what it belongs to as it is then. */
    protected abstract suspend fun keep(api: DakaApi, path: String, capture: String?): FieldDraft

    /** Takes a photo out again; none where it is bound. */
    open val remove: ((String) -> Unit)? = null

    fun camera(standing: CameraStanding) = change { it.copy(camera = standing) }

    /** The camera opens: from here the core counts the capture's time. */
    fun begin() {
        beginning = work { capture = it.beginCapture() }
    }

    fun photoFile() = File(app.cacheDir, "capture.jpg")

    fun taken(file: Result<File>) = adopt {
        // Whoever is quicker than the core took it in the app all the same.
        beginning?.join()
        file.getOrThrow() to capture
    }

    fun chosen(uri: Uri) = adopt {
        val file = photoFile()
        withContext(Dispatchers.IO) {
            app.contentResolver.openInputStream(uri)?.use { from -> file.outputStream().use(from::copyTo) }
                ?: throw IOException("not readable")
        }
        file to null
    }

    private fun adopt(source: suspend () -> Pair<File, String?>) = work { api ->
        val failure = try {
            val (file, capture) = source()
            val draft = keep(api, file.path, capture)
            change { it.copy(draft = draft) }
            null
        } catch (e: IOException) {
            // The system's message alone tells: its number is wrapped in another exception, in a way that differs by stream.
            val full = "No space" in e.message.orEmpty() || photoFile().usableSpace < LITTLE_SPACE
            if (full) FailureCode.DISK_FULL else FailureCode.PHOTO_UNREADABLE
        } catch (e: DakaException) {
            e.code
        } finally {
            photoFile().delete()
        }
        change { it.copy(noSpace = failure == FailureCode.DISK_FULL) }
        if (failure != null && failure != FailureCode.DISK_FULL) fault.value = failure
        show(api)
    }

    private suspend fun show(api: DakaApi) {
        val shown = own.value ?: return
        val found = api.pictures(shown.draft.photos - shown.pictures.keys)
        change { it.copy(pictures = it.pictures + found) }
    }

    private companion object {
        const val LITTLE_SPACE = 20L * 1024 * 1024
    }
}

/** The draft is the core's: every change is handed over at once, so that a kill takes nothing of it. */
class FieldModel(app: DakaApplication) : PhotoModel(app) {
    private var saving: Job? = null

    override suspend fun begin(api: DakaApi) = api.draft() ?: FieldDraft(null, null, null, emptyList())

    override suspend fun keep(api: DakaApi, path: String, capture: String?): FieldDraft {
        saving?.join()
        api.adoptDraftPhoto(path, capture)
        return begin(api)
    }

    fun change(draft: FieldDraft) {
        change { it.copy(draft = draft) }
        val before = saving
        // One after the other, so that the last one stays.
        saving = work { api ->
            before?.join()
            own.value?.let { api.saveDraft(it.draft) }
        }
    }

    override val remove = { digest: String -> own.value?.draft?.run { change(copy(photos = photos - digest)) } ?: Unit }

    fun submit(done: () -> Unit) {
        val shown = own.value ?: return
        val (draft, policy) = shown
        // A photo is asked for once; a check-in without one is kept all the same.
        val lacking = policy.photoRequired && policy.photoConsent && draft.photos.isEmpty() && !shown.noPhoto
        if (draft.field == null || lacking) {
            change { it.copy(noType = draft.field == null, noPhoto = it.noPhoto || lacking) }
            return
        }
        work {
            saving?.join()
            app.puncher.punch(Asked.AUTO, Asked.AUTO, Trigger.TAP, draft)
            done()
        }
    }

    fun discard(done: () -> Unit) = work {
        saving?.join()
        it.dropDraft()
        done()
    }
}

/** Photos for a punch that was made. They are its own at once, and none goes away again. */
class PunchPhotosModel(app: DakaApplication, private val punch: String) : PhotoModel(app) {
    override suspend fun begin(api: DakaApi) = FieldDraft(null, null, null, api.punchDetail(punch).photos.map { it.digest })

    override suspend fun keep(api: DakaApi, path: String, capture: String?): FieldDraft {
        val photo = api.adoptPhoto(path, capture)
        api.addPhotos(punch, listOf(photo.digest))
        return begin(api)
    }
}
