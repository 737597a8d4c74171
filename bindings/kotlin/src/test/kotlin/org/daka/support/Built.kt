package org.daka.support

import org.junit.jupiter.api.Assumptions.assumeTrue
import java.io.File

/**
 * What cargo built: the folder of the phone library and the server. `cargo xtask test` names both, and then they must be there. By hand
 * the debug build in `target/debug` is used; where there is none, the test is left out and says what to call.
 */
object Built {
    /** Makes JNA find the library. Call it before anything of `org.daka.ffi`. */
    fun library() {
        val name = System.mapLibraryName("daka_ffi")
        val folder = find("daka.library", "cargo build -p daka-ffi") { File(it, name) }.parentFile
        if (System.getProperty("jna.library.path") == null) System.setProperty("jna.library.path", folder.path)
    }

    /** The server's program. */
    fun server(): File = find("daka.server", "cargo build -p daka-server") { File(it).takeIf { f -> f.isFile } ?: File(it, "daka-server") }

    private fun find(property: String, command: String, file: (String) -> File): File {
        val given = System.getProperty(property)
        if (given != null) {
            return file(given).also { check(it.exists()) { "there is no ${it.name} where $property says; call `$command`" } }
        }
        val found = file(System.getProperty("daka.default.target") ?: "../../target/debug")
        assumeTrue(found.exists()) { "there is no ${found.name}; call `$command`, or give -D$property=…" }
        return found
    }
}
