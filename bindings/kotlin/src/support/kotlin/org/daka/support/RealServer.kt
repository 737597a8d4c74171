package org.daka.support

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/**
 * The real server on loopback, with one employer, one site and employees as they are asked for. It serves the tests of the façade and those of
 * the Android app, so it names no test framework.
 *
 * @param folder its files; gone after [close].
 * @param program `daka-server`, as the runner names it.
 */
class RealServer(
    private val folder: Path = Files.createTempDirectory("daka"),
    program: File = File(checkNotNull(System.getProperty("daka.server")) { "daka.server names the server's program" }),
) : AutoCloseable {
    private val program = program.path
    private val data = folder.resolve("server").toString()
    private var process: Process? = null
    private var port = 0
    private var people = 0

    /** The employer's root, PEM. */
    val root: String

    init {
        command("init")
        command("tenant", "add", "bakery", "--name", "Example Bakery", "--zone", "Asia/Hong_Kong")
        root = Files.readString(folder.resolve("server/keys/bakery/root.pem"))
        command("site", "add", "Door", "--lat", "$LATITUDE", "--lon", "$LONGITUDE", "--radius", "100")
        start()
    }

    /** Serves; after a stop, at the same address. */
    fun start() {
        val serve = ProcessBuilder(program, "--data", data, "serve", "--listen", "127.0.0.1:$port", "--log", "warn")
            .redirectError(folder.resolve("server.log").toFile())
            .start()
        process = serve
        val line = serve.inputReader().readLine() ?: error("the server did not start: ${Files.readString(folder.resolve("server.log"))}")
        port = line.substringAfterLast(':').toInt()
    }

    /** Is gone, as a server in a basement is. */
    fun stop() {
        process?.destroy()
        check(process?.waitFor(30, TimeUnit.SECONDS) != false) { "the server did not drain" }
        process = null
    }

    /** A new employee's enrolment code. */
    fun code(): String = employeesCode(hire())

    /** A code that is no longer valid: the administrator recorded that its employee left. */
    fun expiredCode(): String {
        val employee = hire()
        return employeesCode(employee).also { command("employee", "leave", employee) }
    }

    private fun hire() = "e${++people}".also { command("employee", "add", it, "--name", "Person $people") }

    /** What a new employee types where nothing can be scanned: the server's address and eight characters. */
    fun typedCode(): String = field("typed", newCode(hire(), "--short"))

    /** Approves a phone by its key's fingerprint, which the administrator compared. */
    fun approve(device: String) {
        command("device", "approve", device)
    }

    private fun employeesCode(employee: String) = field("text", newCode(employee))

    private fun newCode(employee: String, vararg more: String) =
        command("code", "new", "--employee", employee, "--url", "http://127.0.0.1:$port", *more)

    private fun field(name: String, json: String) =
        Regex("\"$name\":\"([^\"]+)\"").find(json)?.groupValues?.get(1) ?: error("no $name in $json")

    /** Runs one of the administrator's commands and returns what it says. */
    fun command(vararg arguments: String): String {
        val run = ProcessBuilder(listOf(program, "--data", data, "--json") + arguments).redirectErrorStream(true).start()
        val said = run.inputReader().readText()
        check(run.waitFor() == 0) { "daka-server ${arguments.joinToString(" ")}: $said" }
        return said
    }

    override fun close() {
        stop()
        File(data).deleteRecursively()
    }

    companion object {
        /** Where the site's door is. */
        const val LATITUDE = 22.2819

        /** Where the site's door is. */
        const val LONGITUDE = 114.1583
    }
}
