package org.daka.app

import android.app.Application
import java.util.Date
import java.util.Locale
import org.daka.app.ui.Formats
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Zones and measures as the platform's own data (CLDR) writes them. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class FormatsTest {
    private val before = android.icu.util.TimeZone.getDefault()

    @After fun end() = android.icu.util.TimeZone.setDefault(before)

    private fun phoneIn(zone: String) = android.icu.util.TimeZone.setDefault(android.icu.util.TimeZone.getTimeZone(zone))

    private val languages = listOf("en", "zh-Hans-CN", "zh-Hant-HK").map { Formats(Locale.forLanguageTag(it)) }

    /** 23 November 2026, 01:00 UTC. */
    private val winter = 1_795_395_600_000

    @Test fun aZoneIsNamedWhereItsClocksShowAnotherTime() {
        phoneIn("Europe/London")
        assertEquals(listOf("Hong Kong Standard Time", "香港标准时间", "香港標準時間"), languages.map { it.otherZone("Asia/Hong_Kong", Date(winter)) })
        phoneIn("Asia/Shanghai")
        assertEquals(listOf(null, null, null), languages.map { it.otherZone("Asia/Hong_Kong", Date(winter)) })
    }

    @Test fun aMomentsZoneIsThePhonesOrAnOffset() {
        phoneIn("Asia/Hong_Kong")
        assertEquals("Hong Kong Standard Time", languages[0].zone(winter, 480))
        assertEquals("GMT+05:30", languages[0].zone(winter, 330))
        assertEquals("GMT-03:00", languages[1].zone(winter, -180))
    }

    @Test fun plusMinusStaysWithItsNumber() {
        for (language in listOf("en", "zh-rCN", "zh-rHK")) {
            RuntimeEnvironment.setQualifiers(language)
            val resources = RuntimeEnvironment.getApplication().resources
            val ids = R.string::class.java.fields.map { it.getInt(null) }
            assertEquals(language, emptyList<String>(), ids.map { resources.getString(it) }.filter { "± " in it })
        }
    }
}
