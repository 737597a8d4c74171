package org.daka.app

import android.content.res.Configuration
import org.daka.app.support.*
import org.daka.ffi.*
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.robolectric.Shadows.shadowOf

/** What a person sets holds at once, in every window, and over a restart. */
class SettingsTest : OnAPhone() {
    @Before fun start() {
        phone.enrol(server.code())
        phone.tap("settings")
    }

    @Test fun anotherLanguageIsSpokenWithoutARestart() {
        val activity = phone.activity
        phone.tapText("繁體中文")
        phone.seeText("設定")
        // A dialog is a window of its own.
        phone.tap("consent-LOCATION")
        phone.seeText("取消")
        phone.tap("yes")
        phone.seeText("上載")
        assertSame(activity, phone.activity)
        assertEquals("zh", phone.app.spoken.resources.configuration.locales[0].language)
        phone.kill()
        phone.seeText("設定")
        phone.tapText("简体中文")
        phone.seeText("设置")
        phone.tapText("跟随系统")
        phone.seeText("Settings")
    }

    @Test fun themeAndDataSaverAreKept() {
        phone.tapText("Dark")
        phone.tap("saver")
        phone.wait("it is not kept") { phone.app.session.settings.value == AppSettings(Language.SYSTEM, Theme.DARK, true) }
        val light = androidx.core.view.WindowCompat.getInsetsController(phone.activity.window, phone.activity.window.decorView)
        phone.wait("the bars are still dark on light") { !light.isAppearanceLightStatusBars }
        assertEquals(Configuration.UI_MODE_NIGHT_NO, phone.app.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK)
        phone.kill()
        assertEquals(Theme.DARK to true, phone.app.session.settings.value.run { theme to dataSaver })
    }

    @Test fun nearbyDevicesThatTheSystemDoesNotAllowAreSaid() {
        phone.seeText(phone.app.getString(R.string.refusals_radio_denied))
        shadowOf(phone.app).grantPermissions(android.Manifest.permission.BLUETOOTH_SCAN)
        phone.recreate()
        phone.wait("it is still said") { phone.app.getString(R.string.refusals_radio_denied) !in phone.texts() }
    }
}
