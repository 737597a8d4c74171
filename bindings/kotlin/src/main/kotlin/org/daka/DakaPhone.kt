package org.daka

import org.daka.ffi.AppSettings
import org.daka.ffi.CodePreview
import org.daka.ffi.Profile
import org.daka.ffi.SealingKeys

/**
 * The phone before a journal is open: several employers and employees, and the app's settings. [DakaPhone] is the real one;
 * [org.daka.testing.FakePhone] stands in for it in tests of screens. What fails throws [DakaException].
 */
interface DakaPhoneApi {
    /**
     * All journals, the one used last first: that is the current one. There is always at least one; a new phone has an empty one. Open the
     * current one's with [Profile.folder], and use [Profile.id] in the names of its keys.
     */
    suspend fun profiles(): List<Profile>

    /** Makes a journal the current one. */
    suspend fun select(id: String)

    /** Makes an empty journal the current one, and gives its id: one that is there, or a new one. */
    suspend fun add(): String

    /**
     * Removes an empty journal; if it was the last one, an empty one takes its place. Throws `BAD_VALUE` with the field `profile` for one
     * that is not empty (leave the employer first), and `IN_USE` while it is open.
     */
    suspend fun remove(id: String)

    /** The app's settings, the same for every employer. */
    suspend fun settings(): AppSettings

    /** Replaces the app's settings. */
    suspend fun setSettings(settings: AppSettings)

    /**
     * What the text of a QR code, or an address and a code as typed, says. Nothing is sent. A typed text names no root: once enrolled, have
     * the person compare the employer's fingerprint ([org.daka.ffi.EmployerInfo.rootNamed] is false).
     */
    suspend fun previewCode(text: String): CodePreview
}

/** The real phone, over the Rust library. */
class DakaPhone private constructor(private val phone: org.daka.ffi.DakaPhone) : DakaPhoneApi {
    override suspend fun profiles(): List<Profile> = call { phone.profiles() }

    override suspend fun select(id: String) = call { phone.select(id) }

    override suspend fun add(): String = call { phone.add() }

    override suspend fun remove(id: String) = call { phone.remove(id) }

    override suspend fun settings(): AppSettings = call { phone.settings() }

    override suspend fun setSettings(settings: AppSettings) = call { phone.setSettings(settings) }

    override suspend fun previewCode(text: String): CodePreview = call { phone.previewCode(text) }

    companion object {
        /**
         * Opens the folder [root] of all journals, and makes it if it is not there. [keys] gives the sealing keys, only to read the employers'
         * names; without it profiles have none.
         */
        suspend fun open(root: String, keys: SealingKeys? = null): DakaPhone = DakaPhone(call { org.daka.ffi.DakaPhone.open(root, keys) })
    }
}
