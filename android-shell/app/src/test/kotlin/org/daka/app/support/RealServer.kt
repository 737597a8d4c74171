package org.daka.app.support

import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/** The real server on loopback, with one employer, one site and employees as they are asked for. */
class RealServer : AutoCloseable {
    private val program = checkNotNull(System.getProperty("daka.server")) { "daka.server names the server's program" }
    private val folder: File = Files.createTempDirectory("daka-server").toFile()
    private val data = File(folder, "data").path
    private var process: Process? = null
    private var port = 0
    private var people = 0

    /** The employer's root, PEM. */
    val root: String

    init {
        command("init")
        command("tenant", "add", "bakery", "--name", "Example Bakery", "--zone", "Asia/Hong_Kong")
        root = File(data, "keys/bakery/root.pem").readText()
        command("site", "add", "Door", "--lat", "$LATITUDE", "--lon", "$LONGITUDE", "--radius", "100")
        start()
    }

    /** Serves; after a stop, at the same address. */
    fun start() {
        val serve = ProcessBuilder(program, "--data", data, "serve", "--listen", "127.0.0.1:$port", "--log", "warn")
            .redirectError(File(folder, "server.log"))
            .start()
        process = serve
        val line = serve.inputReader().readLine() ?: error("the server did not start: ${File(folder, "server.log").readText()}")
        port = line.substringAfterLast(':').toInt()
    }

    /** Is gone, as a server in a basement is. */
    fun stop() {
        process?.destroy()
        check(process?.waitFor(30, TimeUnit.SECONDS) != false) { "the server did not drain" }
        process = null
    }

    /** A new employee's enrolment code. */
    fun code(): String = code("e${++people}".also { command("employee", "add", it, "--name", "Person $people") })

    private fun code(employee: String): String {
        val json = command("code", "new", "--employee", employee, "--url", "http://127.0.0.1:$port")
        return Regex("\"text\":\"([^\"]+)\"").find(json)?.groupValues?.get(1) ?: error("no code in $json")
    }

    /** Runs one of the administrator's commands and returns what it says. */
    fun command(vararg arguments: String): String {
        val run = ProcessBuilder(listOf(program, "--data", data, "--json") + arguments).redirectErrorStream(true).start()
        val said = run.inputReader().readText()
        check(run.waitFor() == 0) { "daka-server ${arguments.joinToString(" ")}: $said" }
        return said
    }

    override fun close() {
        stop()
        folder.deleteRecursively()
    }

    companion object {
        const val LATITUDE = 22.2819
        const val LONGITUDE = 114.1583
    }
}
