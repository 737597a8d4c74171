package org.daka.support

import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.daka.Daka
import org.daka.DakaException
import org.daka.config
import org.daka.ffi.ConsentChoice
import org.daka.ffi.DeviceKey
import org.daka.ffi.FailureCode
import org.daka.ffi.FixProvider
import org.daka.ffi.PlatformClock
import org.daka.ffi.PositionFix
import org.daka.ffi.Purpose
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.fail
import java.nio.file.Path

/** The sealing key of all tests. */
val SEALING_KEY = ByteArray(32) { 7 }

/** Opens the journal in a folder. */
suspend fun open(folder: Path, key: DeviceKey? = null, clock: PlatformClock? = null): Daka =
    Daka.open(config(folder.toString(), SEALING_KEY, "1.0.0"), clock, key)

/** Opens, works, closes down. */
fun <T> withPhone(folder: Path, key: DeviceKey? = null, clock: PlatformClock? = null, work: suspend (Daka) -> T): T = runBlocking {
    // A test that hangs says nothing.
    withTimeout(120_000) {
        val daka = open(folder, key, clock)
        try {
            work(daka)
        } finally {
            daka.closeDown()
        }
    }
}

/** Location and photos may be used. */
val CONSENT = listOf(ConsentChoice(Purpose.LOCATION, true, 1uL), ConsentChoice(Purpose.PHOTO, true, 1uL))

/** A position at the site's door. */
fun fix(latitude: Double = RealServer.LATITUDE, longitude: Double = RealServer.LONGITUDE, accuracyM: Double? = 8.0) =
    PositionFix(latitude = latitude, longitude = longitude, accuracyM = accuracyM, ageMs = 500, provider = FixProvider.GPS, mock = false, precise = true)

/** The call must fail with this code, and this field. */
suspend fun expect(code: FailureCode, field: String? = null, call: suspend () -> Any?) {
    try {
        call()
    } catch (e: DakaException) {
        assertEquals(code to field, e.code to e.field, "${e.message}")
        return
    }
    fail<Unit>("$code was expected")
}

/** Waits until it is so; the test's own limit ends it. */
suspend fun until(condition: suspend () -> Boolean) {
    while (!condition()) delay(10)
}

/** A small photo, made by the JDK's own encoder. */
fun jpeg(folder: Path, name: String = "photo.jpg", colour: Int = 0): Path {
    val path = folder.resolve(name)
    val image = java.awt.image.BufferedImage(64, 48, java.awt.image.BufferedImage.TYPE_INT_RGB)
    image.setRGB(1, 1, colour)
    check(javax.imageio.ImageIO.write(image, "jpg", path.toFile()))
    return path
}
