package org.daka.app.support

import android.graphics.Bitmap
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.asAndroidBitmap
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.compose.ui.test.onRoot
import androidx.test.core.app.ActivityScenario
import org.daka.app.ui.DakaTheme
import org.robolectric.RuntimeEnvironment

/** How a screen is looked at. */
data class Look(val language: String, val dark: Boolean, val font: Float) {
    val name: String get() = "$language-${if (dark) "dark" else "light"}-${(font * 100).toInt()}"

    companion object {
        val LANGUAGES = listOf("en", "zh-rCN", "zh-rHK")
        val all = LANGUAGES.flatMap { language -> listOf(false, true).flatMap { dark -> listOf(1f, 2f).map { Look(language, dark, it) } } }
    }
}

/** A window so high that the whole page is in it; the empty rest is cut off afterwards. */
private const val HIGH = 4_600

/** Shows [content] in an activity of its own; qualifiers and font scale have to be there before it starts. */
fun ComposeTestRule.show(look: Look, content: @Composable () -> Unit, block: (Bitmap) -> Unit) {
    RuntimeEnvironment.setQualifiers("${look.language}-w360dp-h${HIGH}dp-${if (look.dark) "night" else "notnight"}-xhdpi")
    RuntimeEnvironment.setFontScale(look.font)
    ActivityScenario.launch(ComponentActivity::class.java).use { scenario ->
        scenario.onActivity { it.setContent { DakaTheme { content() } } }
        waitForIdle()
        block(onRoot().captureToImage().asAndroidBitmap())
    }
}

/** Without the empty rows below the last that differ. */
fun Bitmap.trimmed(): Bitmap {
    val row = IntArray(width)
    fun plain(y: Int): Boolean {
        getPixels(row, 0, width, 0, y, width, 1)
        return row.all { it == row[0] }
    }
    var last = height - 1
    while (last > 0 && plain(last)) last -= 1
    return Bitmap.createBitmap(this, 0, 0, width, maxOf(last + 48, 740 * 2).coerceAtMost(height))
}
