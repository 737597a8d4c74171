package org.daka.samples

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import org.daka.Daka
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.config
import org.daka.ffi.FailureCode
import org.daka.ffi.HomeState
import org.daka.ffi.Platform
import org.daka.ffi.PositionFix
import org.daka.tap

/** Once per process, in `Application.onCreate`. The key comes from the platform's key store. */
suspend fun openJournal(folder: String, sealingKey: ByteArray): DakaApi =
    Daka.open(config(folder, sealingKey, appVersion = "1.0.0", platform = Platform.ANDROID))

/** The screen draws states and decides nothing. */
fun watch(daka: DakaApi, scope: CoroutineScope, draw: (HomeState) -> Unit) {
    scope.launch { daka.homeState.collect(draw) }
}

/** What a scanned code leads to: a name to show, or the key of a sentence. */
suspend fun enrol(daka: DakaApi, scanned: String): String = try {
    daka.enrol(scanned).employer
} catch (e: DakaException) {
    "error_" + e.code.name.lowercase()
}

/** A tap on the button: kept before anything else happens, made more certain if it can be, sent when there is a network. */
suspend fun onTap(daka: DakaApi, lastFix: PositionFix?, laterFix: suspend () -> PositionFix?): String {
    val punch = daka.punch(tap(asked = daka.home().offer, fixes = listOfNotNull(lastFix)))
    laterFix()?.let { fix ->
        try {
            daka.offerFixes(punch.id, listOf(fix))
        } catch (e: DakaException) {
            // After 15 seconds the punch stands as it is.
            if (e.code != FailureCode.TOO_LATE) throw e
        }
    }
    daka.stopMeasuring()
    return if (daka.sync(now = true).waiting == 0uL) "received" else "kept_on_this_phone"
}
