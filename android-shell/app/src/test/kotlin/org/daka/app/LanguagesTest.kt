package org.daka.app

import android.app.Application
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Which of the three languages a phone gets: by its script, whatever its region; English if it is none of them. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class LanguagesTest {
    private fun texts(locale: String) = RuntimeEnvironment.setQualifiers(locale).let { RuntimeEnvironment.getApplication().resources }

    private fun expect(settings: String, vararg locales: String) {
        for (locale in locales) assertEquals(locale, settings, texts(locale).getString(R.string.settings_title))
    }

    private fun everyPhone() {
        expect("设置", "zh-rCN", "zh-rSG", "b+zh+Hans", "b+zh+Hans+HK", "zh")
        expect("設定", "zh-rHK", "zh-rTW", "zh-rMO", "b+zh+Hant", "b+zh+Hant+TW")
        expect("Settings", "en", "en-rHK", "fr", "ja")
    }

    @Test fun everyChinesePhoneReadsItsOwnWayOfWriting() = everyPhone()

    @Test
    @Config(sdk = [26])
    fun onTheOldestAndroidToo() = everyPhone()

    @Test fun countedSentencesFollowTheLanguage() {
        fun two(locale: String) = listOf(1, 2).map { texts(locale).getQuantityString(R.plurals.record_punches, it, it) }
        assertEquals(listOf("1 punch", "2 punches"), two("en"))
        assertEquals(listOf("1 次打卡", "2 次打卡"), two("zh-rHK"))
    }
}
