package org.daka.app.bench

import android.os.Looper
import androidx.lifecycle.SavedStateHandle
import java.util.Locale
import kotlinx.coroutines.runBlocking
import org.daka.DakaApi
import org.daka.app.dakaApplication
import org.daka.app.screens.TodayModel
import org.daka.app.support.FakeDevice
import org.daka.app.support.TestApplication
import org.daka.ffi.Asked
import org.daka.support.RealServer
import org.daka.tap
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowPausedLooper

private const val WARM_UP = 30
private const val ROUNDS = 101
private const val REST_NS = 50_000_000L
private const val LIMIT = 2.0

/**
 * The figure `android_tap_to_state`: from a tap on the button to the state that the result's sheet shows, through the app's own model, session and
 * main thread, against the same call of the core alone, by turns in the same run. The library is the one that ships, the disk is real, the server
 * is gone. `cargo xtask bench android` calls it; it is no test, since it holds no clock to a limit.
 */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class TapBench {
    private val app get() = RuntimeEnvironment.getApplication().dakaApplication

    @Test fun figures() = RealServer().use { server ->
        val api = runBlocking { app.session.api().also { it.enrol(server.code()) } }
        server.stop()
        val model = TodayModel(app as TestApplication, SavedStateHandle())
        until { model.state.value != null }
        val (calls, taps) = listOf(mutableListOf<Double>(), mutableListOf())
        repeat(WARM_UP + ROUNDS) { round ->
            later()
            val call = milliseconds { runBlocking { api.punch(tap(Asked.IN)) } }
            quiet(api)
            later()
            val tap = milliseconds {
                model.punch(Asked.IN)
                until { model.result.value != null }
            }
            model.dismiss()
            until { model.result.value == null }
            quiet(api)
            if (round >= WARM_UP) {
                calls += call
                taps += tap
            }
        }
        val made = runBlocking { api.punches(Int.MAX_VALUE) }.size
        check(made == 2 * (WARM_UP + ROUNDS)) { "$made punches are there" }
        say(median(taps), median(calls))
    }

    /** A second tap within a second would be the same punch. */
    private fun later() {
        FakeDevice.aheadMs += 1_500
    }

    /** What follows a punch in the background has its own syncs; they must not meet the next one. */
    private fun quiet(api: DakaApi) {
        runBlocking { api.settle() }
        until { !app.syncer.busy.value && runBlocking { api.queue() }.unsigned == 0uL }
        // The home state that is computed after the last event holds the store, too.
        val rested = System.nanoTime() + REST_NS
        until { System.nanoTime() > rested }
    }

    /** The main thread sleeps until there is something to do, as on a phone. */
    private fun until(condition: () -> Boolean) {
        val main = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper
        while (!condition()) {
            main.poll(1)
            main.idle()
        }
    }

    private fun say(tap: Double, call: Double) = println(
        "{\"figure\":\"android_tap_to_state\",\"value\":${number(tap)},\"unit\":\"ms\"," +
            "\"peer\":\"punch()\",\"peer_value\":${number(call)}," +
            "\"ratio\":${number(tap / call)},\"asked\":\"at most 2 times the time of punch() itself\",\"holds\":${tap <= LIMIT * call}}",
    )

    private fun number(value: Double): String = String.format(Locale.ROOT, "%.4f", value)

    private inline fun milliseconds(work: () -> Unit): Double {
        val start = System.nanoTime()
        work()
        return (System.nanoTime() - start) / 1e6
    }

    private fun median(values: List<Double>): Double = values.sorted()[values.size / 2]
}
