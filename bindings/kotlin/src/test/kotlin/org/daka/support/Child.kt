package org.daka.support

import kotlinx.coroutines.runBlocking
import org.daka.ffi.Asked
import org.daka.ffi.Trigger
import org.daka.tap
import java.io.File
import java.nio.file.Path
import kotlin.system.exitProcess

/** A phone in a process of its own, to be killed: punches so many times, saying each punch's id once it is durable, and waits. */
fun main(arguments: Array<String>) {
    runBlocking {
        val daka = open(Path.of(arguments[0]))
        println("open")
        repeat(arguments[1].toInt()) {
            println(daka.punch(tap(Asked.AUTO, trigger = Trigger.AUTOMATIC)).id)
        }
        // Killed here, or left by its parent.
        System.`in`.read()
    }
    exitProcess(0)
}

/** A Java program of these tests in a process of its own, started by the command [before] it. */
fun child(main: String, vararg arguments: String, before: List<String> = emptyList()): Process {
    val java = File(System.getProperty("java.home"), "bin/java").path
    val library = System.getProperty("jna.library.path")
    val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
    return ProcessBuilder(before + listOf(java, "-Djna.library.path=$library", "-cp", classes, main) + arguments)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
}
