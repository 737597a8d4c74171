package org.daka.app

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.Surface
import androidx.compose.ui.test.*
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import org.daka.app.screens.PlaceParts
import org.daka.app.support.*
import org.daka.app.ui.*
import org.daka.ffi.*
import org.junit.*
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** A site without a name is still a site: it has words in a sentence, in what is heard, and on the card of the place. */
@RunWith(RobolectricTestRunner::class)
@Config(application = android.app.Application::class)
class WordsTest {
    @get:Rule val rule = createEmptyComposeRule()

    private val outside = PlaceState(Verdict.OUTSIDE, emptyList(), null, null, null, 310_000, 15_000u)
    private val drawing = PlaceDrawing(520.0, listOf(DrawnShape("", 0.0, 0.0, 100.0, true)), emptyList())
    private val why = Why(WhyCode.PLACE_OUTSIDE, listOf(WhyArg.Text(""), WhyArg.Metres(310.0), WhyArg.Metres(15.0)))

    @Test fun anUnnamedSiteHasWordsInEveryLanguage() {
        for ((language, words) in mapOf("en" to "the site", "zh-rCN" to "打卡地点", "zh-rHK" to "打卡地點")) {
            rule.show(Look(language, false, 1f), { Surface { Body(sentence(why)) } }) {
                rule.onNode(hasText(words, substring = true)).assertExists(language)
            }
            for (name in listOf(null, "")) {
                rule.show(Look(language, false, 1f), { Surface { Column { PlaceParts(outside, name, drawing) } } }) {
                    rule.onNode(hasContentDescription(words, substring = true)).assertExists(language)
                    rule.onAllNodes(hasText(": ", substring = true)).assertCountEquals(0)
                    rule.onAllNodes(hasText("：", substring = true)).assertCountEquals(0)
                }
            }
        }
    }
}
