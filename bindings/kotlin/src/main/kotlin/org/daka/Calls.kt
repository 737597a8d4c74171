package org.daka

import org.daka.ffi.DakaFailure
import org.daka.ffi.FailureCode
import org.daka.ffi.InternalException

/** Runs a call of the core; what it throws becomes a [DakaException]. */
internal suspend inline fun <T> call(block: suspend () -> T): T = try {
    block()
} catch (e: DakaFailure.Failed) {
    throw DakaException(e.code, e.field, e.detail, e)
} catch (e: InternalException) {
    throw DakaException(FailureCode.INTERNAL, cause = e)
}

/** The same for one that does not wait. */
internal inline fun <T> callNow(block: () -> T): T = try {
    block()
} catch (e: DakaFailure.Failed) {
    throw DakaException(e.code, e.field, e.detail, e)
} catch (e: InternalException) {
    throw DakaException(FailureCode.INTERNAL, cause = e)
}
