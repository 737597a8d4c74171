package org.daka.app

import android.graphics.Bitmap
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.*
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.unit.dp
import java.io.File
import org.daka.app.support.*
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/**
 * Every screen is drawn and walked as a screen reader and a thumb would: names, headings, targets, contrast, cut text. With `daka.pictures`
 * every screen is drawn in every look and kept, with one page to look through; otherwise four looks have each value of each kind.
 */
@RunWith(RobolectricTestRunner::class)
@Config(application = android.app.Application::class)
class ScreensTest {
    @get:Rule val rule = createEmptyComposeRule()

    private val folder: File? = System.getProperty("daka.pictures")?.let(::File)
    private val screens = System.getProperty("daka.screens")?.split(',')?.also { wanted ->
        for (name in wanted) check(name in Samples.all) { "no screen $name; there are ${Samples.all.keys}" }
    } ?: Samples.all.keys

    private fun problems(picture: Bitmap): List<String> {
        val unmerged = rule.onRoot(useUnmergedTree = true).fetchSemanticsNode()
        return Accessibility(2f, picture).problems(rule.onRoot().fetchSemanticsNode(), unmerged)
    }

    private fun walk(looks: List<Look>, screens: Collection<String>) {
        val found = sortedMapOf<String, List<String>>()
        for (look in looks) {
            for (screen in screens) {
                rule.show(look, Samples.all.getValue(screen)) { picture ->
                    problems(picture).takeIf { it.isNotEmpty() }?.let { found["$screen ${look.name}"] = it }
                    folder?.let { keep(it, screen, look, picture.trimmed()) }
                }
            }
        }
        folder?.let(::page)
        assertEquals("", found.entries.joinToString("\n") { (where, what) -> "$where: $what" })
    }

    @Test fun everyScreenCanBeReadHeardAndTouched() = walk(if (folder == null) FOUR else Look.all, screens)

    @Test
    @Config(sdk = [26])
    fun andOnTheOldestAndroid() {
        if (folder == null) walk(listOf(Look("en", false, 1f)), Samples.all.keys)
    }

    @Test fun theWalkFindsWhatIsWrong() {
        val bad = Look("en", false, 2f)
        val content: @androidx.compose.runtime.Composable () -> Unit = {
            Surface {
                Column {
                    Text("pale", color = Color(0xFFDDDDDD))
                    Text("much too high for its box", Modifier.height(18.dp), maxLines = 1)
                    Box(Modifier.size(30.dp).clickable { })
                    Box(Modifier.size(30.dp).clickable { })
                }
            }
        }
        rule.show(bad, content) { picture ->
            val kinds = problems(picture).map { it.takeWhile { c -> c != ':' && !c.isDigit() }.trim() }.distinct().sorted()
            assertEquals(listOf("contrast", "cut", "nameless", "no heading", "overlap"), kinds)
        }
    }

    private fun keep(folder: File, screen: String, look: Look, picture: Bitmap) {
        val file = File(folder, "$screen-${look.name}.png").apply { parentFile!!.mkdirs() }
        file.outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
        val name = "$screen-${look.name}"
        if (name in SMALL) {
            // Halved before it is fitted: each pixel of the small picture then has a share of every large one.
            val half = Bitmap.createScaledBitmap(picture, picture.width / 2, picture.height / 2, true)
            val small = Bitmap.createScaledBitmap(half, SMALL_WIDTH, SMALL_WIDTH * half.height / half.width, true)
            val place = File(folder, "small/${SMALL.indexOf(name) + 1}-$name.png".padded()).apply { parentFile!!.mkdirs() }
            place.outputStream().use { small.compress(Bitmap.CompressFormat.PNG, 100, it) }
        }
    }

    /** `small/1-…` as `small/01-…`, so that a folder lists them in their order. */
    private fun String.padded() = replace(Regex("/(\\d)-"), "/0$1-")

    private fun page(folder: File) {
        val rows = screens.joinToString("\n") { screen ->
            val pictures = Look.all.joinToString("") {
                "<figure><img loading=lazy src=\"$screen-${it.name}.png\"><figcaption>${it.name}</figcaption></figure>"
            }
            "<h2>$screen</h2><div>$pictures</div>"
        }
        File(folder, "index.html").writeText(
            "<!doctype html><meta charset=utf-8><title>Screens</title><style>body{font:16px sans-serif;margin:24px;background:#ddd}" +
                "div{display:flex;gap:16px;overflow-x:auto}" +
                "figure{margin:0}img{width:270px;border-radius:16px}figcaption{text-align:center}</style><h1>Every screen</h1>$rows",
        )
    }

    private companion object {
        /** What the README shows, in its order. */
        val SMALL = listOf(
            "enrol-preview-en-light-100", "consent-en-light-100", "today-en-light-100", "today-unsure-zh-rHK-dark-100",
            "result-measuring-en-light-100", "field-filled-zh-rCN-light-100", "record-en-dark-100", "punch-zh-rHK-light-100",
            "waiting-en-light-100", "reminders-zh-rCN-dark-100", "settings-zh-rHK-light-100", "today-refused-en-light-200",
        )
        const val SMALL_WIDTH = 240

        val FOUR = listOf(Look("en", false, 1f), Look("en", true, 2f), Look("zh-rCN", true, 1f), Look("zh-rHK", false, 2f))
    }
}
