package org.daka.bench

import org.daka.Daka
import org.daka.ffi.Asked
import org.daka.ffi.coreVersion
import org.daka.support.RealServer
import org.daka.support.SEALING_KEY
import org.daka.support.open
import org.daka.tap
import java.nio.file.Path
import java.time.LocalDate

private const val ROUNDS = 201
private const val WARM_UP = 50
private const val ENTRIES = 100_000
private const val LIMIT_MS = 5.0

/**
 * The figure `kotlin_home_100k`: the home state through Kotlin and JNA with 100,000 entries in the journal, beside one empty call in
 * the same run. Below it the same with a few entries, and a day and a month of the long journal.
 */
suspend fun measureHome(folder: Path, server: RealServer) {
    val phone = folder.resolve("long")
    val short = open(phone).use { daka ->
        daka.enrol(server.code())
        daka.punch(tap(Asked.IN))
        daka.settle()
        byTurns(daka).first
    }
    build(phone)
    open(phone).use { daka ->
        val (home, call) = byTurns(daka)
        val today = LocalDate.parse(daka.home().date)
        val asked = "\"asked\":\"at most 5 ms with 100,000 entries, beside one empty call\",\"holds\":${home <= LIMIT_MS}"
        println(
            "{\"figure\":\"kotlin_home_100k\",\"value\":${number(home)},\"unit\":\"ms\",\"peer\":\"limit\"," +
                "\"peer_value\":${number(LIMIT_MS)},\"ratio\":${number(home / LIMIT_MS)},$asked}",
        )
        part("kotlin_home_short", short)
        part("kotlin_home_empty_call", call)
        part("kotlin_home_month", median(List(ROUNDS) { milliseconds { daka.month(today.year, today.monthValue) } }))
        part("kotlin_home_day", median(List(ROUNDS) { milliseconds { daka.day(today.toString()) } }))
        check(daka.month(today.year - 5, 6).days.sumOf { it.punches } > 0) { "the journal is not as long as it should be" }
    }
}

/** The medians of a home state and of an empty call, milliseconds, by turns. */
private suspend fun byTurns(daka: Daka): Pair<Double, Double> {
    val (homes, calls) = listOf(mutableListOf<Double>(), mutableListOf())
    repeat(WARM_UP + ROUNDS) { round ->
        val call = milliseconds { coreVersion() }
        val home = milliseconds { daka.home() }
        if (round >= WARM_UP) {
            calls += call
            homes += home
        }
    }
    return median(homes) to median(calls)
}

/** Makes the journal long, by the program that the runner built. */
private fun build(phone: Path) {
    val program = System.getProperty("daka.builder").orEmpty()
    check(program.isNotEmpty()) { "daka.builder names no program; call `cargo xtask bench kotlin`" }
    val key = SEALING_KEY.joinToString("") { "%02x".format(it) }
    val process = ProcessBuilder(program, phone.toString(), key, ENTRIES.toString()).inheritIO().start()
    check(process.waitFor() == 0) { "the journal could not be built" }
}

private suspend fun <T> Daka.use(work: suspend (Daka) -> T): T = try {
    work(this)
} finally {
    closeDown()
}
