package org.daka.bench

import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.daka.Daka
import org.daka.ffi.Asked
import org.daka.ffi.StorageSpeed
import org.daka.ffi.Trigger
import org.daka.ffi.coreVersion
import org.daka.ffi.measureStorage
import org.daka.support.Built
import org.daka.support.RealServer
import org.daka.support.open
import org.daka.tap
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.util.Locale

private const val WARM_UP = 100
private const val ROUNDS = 301
private const val LIMIT_MS = 1.0

/**
 * The figure `kotlin_punch_beyond_fsync`: how much longer a durable `punch()` takes through Kotlin than one append and fdatasync of the
 * same bytes to a plain file on the same disk, by turns in the same run. Below it the parts of that time.
 */
fun main() {
    Built.library()
    // On the disk that is built on: a temporary folder may be in memory.
    val base = Path.of(System.getProperty("daka.build") ?: "target").also { Files.createDirectories(it) }
    val folder = Files.createTempDirectory(base, "bench")
    try {
        RealServer(folder, Built.server()).use { server ->
            runBlocking {
                measure(folder, server)
                measureHome(folder, server)
            }
        }
    } finally {
        folder.toFile().deleteRecursively()
    }
}

private suspend fun measure(folder: Path, server: RealServer) {
    val daka = open(folder.resolve("phone"))
    daka.enrol(server.code())
    val parts = measureStorage(folder.toString())
    val (punch, append) = byTurns(daka, folder.resolve("plain"), parts.entryBytes.toInt())
    val call = median(List(ROUNDS) { milliseconds { repeat(100) { coreVersion() } } / 100 })
    // There and back on the core's threads, with next to nothing to do there.
    val hop = median(List(ROUNDS) { milliseconds { daka.employer() } })
    val made = daka.punches(WARM_UP + ROUNDS + 1).map { it.id }.toSet().size
    check(made == WARM_UP + ROUNDS) { "$made punches are there, not ${WARM_UP + ROUNDS}" }
    check(daka.check().damaged.isEmpty()) { "the journal does not hold" }
    daka.closeDown()
    say(punch, append, call, hop, parts)
}

/** The medians of a punch and of an append of so many bytes, milliseconds. */
private suspend fun byTurns(daka: Daka, file: Path, size: Int): Pair<Double, Double> {
    val request = tap(Asked.AUTO, trigger = Trigger.AUTOMATIC)
    val bytes = ByteBuffer.allocateDirect(size)
    val punches = mutableListOf<Double>()
    val appends = mutableListOf<Double>()
    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).use { plain ->
        repeat(WARM_UP + ROUNDS) { round ->
            val append = milliseconds {
                plain.write(bytes.rewind())
                plain.force(false)
            }
            val punch = milliseconds { daka.punch(request) }
            if (round >= WARM_UP) {
                appends += append
                punches += punch
            }
            // What follows a punch in the background has its own syncs; they must not meet the next append.
            daka.settle()
            while (daka.queue().unsigned > 0uL) delay(1)
        }
    }
    return median(punches) to median(appends)
}

private fun say(punch: Double, append: Double, call: Double, hop: Double, parts: StorageSpeed) {
    val beyond = punch - append
    val asked = "\"asked\":\"at most 1 ms beyond one append + fdatasync of the same bytes\",\"holds\":${beyond <= LIMIT_MS}"
    println(
        "{\"figure\":\"kotlin_punch_beyond_fsync\",\"value\":${number(beyond)},\"unit\":\"ms\",\"peer\":\"limit\"," +
            "\"peer_value\":${number(LIMIT_MS)},\"ratio\":${number(beyond / LIMIT_MS)},$asked}",
    )
    part("kotlin_punch", punch)
    part("kotlin_append_fdatasync", append)
    part("kotlin_part_jna_call", call)
    part("kotlin_part_hop", hop)
    part("kotlin_part_encode", parts.encodeUs / 1000)
    part("kotlin_part_seal", parts.sealUs / 1000)
    // The transaction of one entry, without its seal and without what the plain append beside it took.
    val sqlite = (parts.transactionUs - parts.sealUs - parts.appendUs) / 1000
    part("kotlin_part_sqlite", sqlite)
    // What the parts do not say: reading the clock, the session and the rules, the rows beside the entry, and waiting for a processor.
    part("kotlin_part_rest", beyond - call - hop - (parts.encodeUs + parts.sealUs) / 1000 - sqlite)
}

internal fun part(figure: String, value: Double) = println("{\"figure\":\"$figure\",\"value\":${number(value)},\"unit\":\"ms\"}")

internal fun number(value: Double): String = String.format(Locale.ROOT, "%.4f", value)

internal inline fun milliseconds(work: () -> Unit): Double {
    val start = System.nanoTime()
    work()
    return (System.nanoTime() - start) / 1e6
}

internal fun median(values: List<Double>): Double = values.sorted()[values.size / 2]
