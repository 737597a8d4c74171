package org.daka

import org.daka.ffi.FailureCode

/**
 * A call failed.
 *
 * @property code why; sentences for people go by it. As text it is `code.name.lowercase()`, the same in every language and version.
 * @property field the value that is wrong, where one is: `latitude`, `note`, `sealing_key`, …
 * @param detail English, for logs: field, limit and what to do; never a coordinate, a name or a key.
 */
class DakaException(val code: FailureCode, val field: String? = null, detail: String = code.name.lowercase(), cause: Throwable? = null) :
    Exception(detail, cause)
