package org.daka.support

import kotlinx.coroutines.runBlocking
import org.daka.Daka
import org.daka.DakaException
import org.daka.DakaPhone
import org.daka.ffi.Asked
import org.daka.ffi.Theme
import org.daka.ffi.Trigger
import org.daka.tap
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

/**
 * A phone in a process of its own, whose folder is a disk of its own in a mount namespace that ends with the process. Linux alone has
 * those, and gives them to root.
 */
object Disk {
    /** A small one, empty at first. */
    const val SMALL = "mount -t tmpfs -o size=3m,mode=700 daka \"$0\""

    /** The folder as it is, and nothing can be written to it. */
    const val READ_ONLY = "mount --bind \"$0\" \"$0\"; mount -o remount,ro,bind \"$0\" \"$0\""

    private val enter = listOf("unshare", "--mount", "--propagation", "private")

    /** What the phone says with these arguments, line by line. */
    fun phone(disk: String, folder: Path, vararg arguments: String): List<String> {
        val possible = runCatching { ProcessBuilder(enter + "true").start().waitFor() == 0 }.getOrDefault(false)
        assumeTrue(possible) { "a disk of its own needs mount namespaces: Linux, as root" }
        Files.createDirectories(folder)
        val before = enter + listOf("sh", "-euc", "$disk; exec \"$@\"", folder.toString())
        val phone = child("org.daka.support.DiskKt", folder.toString(), *arguments, before = before)
        val said = phone.inputReader().readLines()
        assertEquals(0, phone.waitFor(), "$said")
        return said
    }
}

/**
 * `open`: opens, and says the code of the failure. `settings`: opens the folder of all journals, changes the settings, fills the disk,
 * changes them again, makes room, and says each failure, then the number of journals and the theme. `fill CODE`: enrols, punches until that fails, makes room, goes on, and says on a
 * line each: the failure of the punch; the failure of an export; the ids that were answered; the ids that are there after opening
 * again; what waits.
 */
fun main(arguments: Array<String>) {
    val folder = Path.of(arguments[0])
    runBlocking {
        when (arguments[1]) {
            "open" -> println(code { open(folder).closeDown() })
            "settings" -> settings(folder)
            else -> fill(folder, arguments[2])
        }
    }
    exitProcess(0)
}

private suspend fun fill(folder: Path, text: String) {
    // Room that is made later.
    val ballast = folder.resolve("ballast").also { Files.write(it, ByteArray(1_000_000)) }
    val daka = open(folder)
    daka.enrol(text)
    val answered = mutableListOf<String>()
    // More than any disk of a test holds.
    println(code { repeat(100_000) { answered += punch(daka) } })
    println(code { daka.export(folder.resolve("bundle.daka").toString()) })
    Files.delete(ballast)
    answered += punch(daka)
    daka.closeDown()
    val again = open(folder)
    println(answered)
    println(again.punches(Int.MAX_VALUE).map { it.id }.reversed())
    println(again.sync(now = true).waiting)
    again.closeDown()
}

private suspend fun settings(folder: Path) {
    val phone = DakaPhone.open(folder.toString())
    suspend fun set(theme: Theme) = println(code { phone.setSettings(phone.settings().copy(theme = theme)) })
    set(Theme.LIGHT)
    val ballast = folder.resolve("ballast").toFile()
    runCatching { ballast.outputStream().use { out -> repeat(4_000) { out.write(ByteArray(1_000)) } } }
    set(Theme.DARK)
    ballast.delete()
    println("${phone.profiles().size} ${phone.settings().theme}")
}

private suspend fun punch(daka: Daka) = daka.punch(tap(Asked.AUTO, trigger = Trigger.AUTOMATIC)).id

private suspend fun code(call: suspend () -> Unit): String = try {
    call()
    "none"
} catch (e: DakaException) {
    e.code.name
}
