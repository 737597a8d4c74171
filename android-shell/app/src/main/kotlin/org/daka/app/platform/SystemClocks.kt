package org.daka.app.platform

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import java.util.TimeZone
import org.daka.ffi.*

/** The wall clock, the clock that counts through sleep, and the number of the boot. */
class SystemClocks(private val context: Context) : PlatformClock {
    override fun read(): ClockReading {
        val wall = System.currentTimeMillis()
        return ClockReading(
            wallMs = wall,
            offsetMin = (TimeZone.getDefault().getOffset(wall) / 60_000).toShort(),
            elapsedMs = (SystemClock.elapsedRealtimeNanos() / 1_000_000).toULong(),
            boot = "boot ${Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, 0)}",
        )
    }
}
