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

/** As many a day as in the long one, and the last two weeks of it: what a screen looks at. */
private const val FEW = 300
private const val LIMIT_MS = 5.0
/** 333 times as many entries make the database's trees two levels deeper; a state that read all of them would be hundreds of times slower. */
private const val LIMIT_GROWTH = 2.0

/**
 * The figure `kotlin_home_100k`: the home state through Kotlin and JNA with 100,000 entries in the journal, beside one empty call in
 * the same run. Then `kotlin_home_growth`: the same against a journal that has only the last two weeks, since what the state costs
 * should follow from the punches that a screen shows and not from years of use. Below them a journal of one punch, and a day and a
 * month of the long journal.
 */
suspend fun measureHome(folder: Path, server: RealServer) {
    val one = prepared(folder.resolve("one"), server)
    val few = open(built(folder.resolve("few"), server, FEW))
    open(built(folder.resolve("long"), server, ENTRIES)).use { daka ->
        val (home, call, short) = byTurns(daka, few)
        few.closeDown()
        val today = LocalDate.parse(daka.home().date)
        figure("kotlin_home_100k", home, "limit", LIMIT_MS, "at most 5 ms with 100,000 entries, beside one empty call", home <= LIMIT_MS)
        figure("kotlin_home_growth", home, "$FEW entries", short, "with the trees' depth only: at most 2 times", home <= short * LIMIT_GROWTH)
        part("kotlin_home_one_punch", one)
        part("kotlin_home_empty_call", call)
        part("kotlin_home_month", median(List(ROUNDS) { milliseconds { daka.month(today.year, today.monthValue) } }))
        part("kotlin_home_day", median(List(ROUNDS) { milliseconds { daka.day(today.toString()) } }))
        check(daka.month(today.year - 5, 6).days.sumOf { it.punches } > 0) { "the journal is not as long as it should be" }
    }
}

/** Prints a figure with what it is held against. */
private fun figure(name: String, value: Double, peer: String, peerValue: Double, asked: String, holds: Boolean) = println(
    "{\"figure\":\"$name\",\"value\":${number(value)},\"unit\":\"ms\",\"peer\":\"$peer\",\"peer_value\":${number(peerValue)}," +
        "\"ratio\":${number(value / peerValue)},\"asked\":\"$asked\",\"holds\":$holds}",
)

/** Enrols a phone and punches once; gives what its home state costs, milliseconds. */
private suspend fun prepared(phone: Path, server: RealServer): Double = open(phone).use { daka ->
    daka.enrol(server.code())
    daka.punch(tap(Asked.IN))
    daka.settle()
    byTurns(daka, daka).first()
}

/** A phone whose journal is `entries` longer than one punch. */
private suspend fun built(phone: Path, server: RealServer, entries: Int): Path {
    prepared(phone, server)
    build(phone, entries)
    return phone
}

/** The medians of a home state, of an empty call and of another journal's home state, milliseconds, by turns. */
private suspend fun byTurns(daka: Daka, other: Daka): List<Double> {
    val (homes, calls, others) = List(3) { mutableListOf<Double>() }
    repeat(WARM_UP + ROUNDS) { round ->
        val call = milliseconds { coreVersion() }
        val home = milliseconds { daka.home() }
        val short = milliseconds { other.home() }
        if (round >= WARM_UP) {
            calls += call
            homes += home
            others += short
        }
    }
    return listOf(homes, calls, others).map(::median)
}

/** Makes the journal long, by the program that the runner built. */
private fun build(phone: Path, entries: Int) {
    val program = System.getProperty("daka.builder").orEmpty()
    check(program.isNotEmpty()) { "daka.builder names no program; call `cargo xtask bench kotlin`" }
    val key = SEALING_KEY.joinToString("") { "%02x".format(it) }
    val process = ProcessBuilder(program, phone.toString(), key, entries.toString()).inheritIO().start()
    check(process.waitFor() == 0) { "the journal could not be built" }
}

private suspend fun <T> Daka.use(work: suspend (Daka) -> T): T = try {
    work(this)
} finally {
    closeDown()
}
