package org.daka.app.support

import com.sun.jna.Library
import com.sun.jna.Native

/** A disk without room, for this process alone: no file may become larger (setrlimit(2), RLIMIT_FSIZE). */
object Disk {
    private interface C : Library {
        fun getrlimit(what: Int, limits: LongArray): Int

        fun setrlimit(what: Int, limits: LongArray): Int
    }

    private val c = Native.load("c", C::class.java)
    private const val FILE_SIZE = 1

    /** A file may have as many [bytes]; null takes the limit away. */
    fun room(bytes: Long?) {
        val limits = LongArray(2)
        check(c.getrlimit(FILE_SIZE, limits) == 0)
        // The lower one holds; up to the upper one it can be raised again.
        limits[0] = bytes ?: limits[1]
        check(c.setrlimit(FILE_SIZE, limits) == 0)
    }
}
