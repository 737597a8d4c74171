package org.daka.testing

import org.daka.DakaException
import org.daka.DakaPhoneApi
import org.daka.ffi.AppSettings
import org.daka.ffi.CodePreview
import org.daka.ffi.FailureCode
import org.daka.ffi.Language
import org.daka.ffi.Profile
import org.daka.ffi.Theme

/**
 * A phone in memory for tests of screens: no library is loaded and nothing is on disk. It starts with one empty journal; a test says whom
 * one belongs to with [enrolled].
 */
class FakePhone : DakaPhoneApi {
    /** What a text says; any other is no code. */
    val codes: MutableMap<String, CodePreview> = mutableMapOf("code" to CodePreview("time.example", "0".repeat(64), false))

    private val lock = Any()
    private var failure: DakaException? = null
    private var count = 0
    private val names = mutableMapOf<String, Pair<String, String>>()
    private val order = ArrayDeque(listOf(fresh()))
    private var current = AppSettings(Language.SYSTEM, Theme.SYSTEM, false)

    /** The next call, whatever it is, fails with this. */
    fun failNext(code: FailureCode, field: String? = null) = synchronized(lock) { failure = DakaException(code, field) }

    /** A journal belongs to [employee] of [employer] now; without names to nobody. */
    fun enrolled(id: String, employer: String? = null, employee: String = "Sample Person") = synchronized(lock) {
        if (employer == null) names -= id else names[id] = employer to employee
    }

    override suspend fun profiles(): List<Profile> = call {
        order.mapIndexed { n, id -> Profile(id, "/fake/$id", names[id]?.first, names[id]?.second, id in names, n == 0) }
    }

    override suspend fun select(id: String) = call { first(known(id)) }

    override suspend fun add(): String = call { (order.firstOrNull { it !in names } ?: fresh()).also(::first) }

    override suspend fun remove(id: String) = call {
        if (known(id) in names) fail(FailureCode.BAD_VALUE, "profile")
        order -= id
        if (order.isEmpty()) order += fresh()
    }

    override suspend fun settings(): AppSettings = call { current }

    override suspend fun setSettings(settings: AppSettings) = call { current = settings }

    override suspend fun previewCode(text: String): CodePreview = call { codes[text.trim()] ?: fail(FailureCode.BAD_VALUE, "enrolment text") }

    private fun first(id: String) {
        order -= id
        order.addFirst(id)
    }

    private fun known(id: String) = id.takeIf { it in order } ?: fail(FailureCode.BAD_VALUE, "profile")

    private fun fresh(): String = "%032x".format(++count)

    private fun fail(code: FailureCode, field: String): Nothing = throw DakaException(code, field)

    private fun <T> call(work: () -> T): T = synchronized(lock) {
        failure?.let { failure = null; throw it }
        work()
    }
}
