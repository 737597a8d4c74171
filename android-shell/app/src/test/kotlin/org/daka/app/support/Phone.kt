package org.daka.app.support

import android.os.Bundle
import android.os.Looper
import android.os.Parcel
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.*
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.test.core.app.ApplicationProvider
import kotlinx.coroutines.runBlocking
import org.daka.DakaApi
import org.daka.DakaException
import org.daka.app.DakaApplication
import org.daka.app.MainActivity
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** A finger on the phone: what a person does, and what can be seen. */
class Phone(private val rule: ComposeTestRule) : AutoCloseable {
    private var controller: ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup()

    val app: DakaApplication get() = ApplicationProvider.getApplicationContext()

    fun <T> core(block: suspend (DakaApi) -> T): T = runBlocking { block(app.session.api()) }

    fun tap(tag: String) {
        see(tag)
        val node = rule.onAllNodesWithTag(tag).onFirst()
        runCatching { node.performScrollTo() }
        node.performClick()
    }

    /** Every one of them, from the top. */
    fun tapAll(tag: String) {
        see(tag)
        for (index in rule.onAllNodesWithTag(
            tag,
        ).fetchSemanticsNodes().indices) {
            rule.onAllNodesWithTag(tag)[index].performScrollTo().performClick()
        }
    }

    fun tapText(text: String) {
        seeText(text)
        rule.onAllNodes(hasText(text, substring = true)).onFirst().performScrollTo().performClick()
    }

    fun type(tag: String, text: String) {
        see(tag)
        rule.onNodeWithTag(tag).performTextReplacement(text)
    }

    /** From a code to its employer. */
    fun join(code: String) {
        type("code", code)
        tap("check")
        tap("join")
    }

    /** From a code to the first screen, with everything agreed to. */
    fun enrol(code: String) {
        join(code)
        see("agree")
        tapAll("purpose")
        tap("agree")
        see("punch")
    }

    fun see(tag: String, count: Int? = null) = wait("$tag is not there") {
        val found = rule.onAllNodesWithTag(tag).fetchSemanticsNodes(atLeastOneRootRequired = false).size
        if (count == null) found > 0 else found == count
    }

    fun seeText(text: String) = wait("\"$text\" is not there") { texts().any { text in it } }

    /** Everything that can be read, in all windows. */
    fun texts(): List<String> = rule.onAllNodes(androidx.compose.ui.test.isRoot()).fetchSemanticsNodes(atLeastOneRootRequired = false)
        .flatMap { root -> below(root) }

    /** Everything that a screen reader says in place of what is written. */
    fun heard(): List<String> =
        rule.onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.ContentDescription)).fetchSemanticsNodes(false)
            .flatMap { it.config[SemanticsProperties.ContentDescription] }

    private fun below(node: androidx.compose.ui.semantics.SemanticsNode): List<String> =
        node.config.getOrElseNullable(SemanticsProperties.Text) { null }.orEmpty().map { it.text } +
            listOfNotNull(node.config.getOrElseNullable(SemanticsProperties.EditableText) { null }?.text) +
            node.children.flatMap(::below)

    /** The library's threads and the main looper take turns until it is so. */
    fun wait(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + 60_000_000_000
        while (!condition()) {
            check(System.nanoTime() < end) { "$what; there is: ${texts()}" }
            shadowOf(Looper.getMainLooper()).idle()
            rule.waitForIdle()
            Thread.sleep(20)
        }
    }

    /** As after a turn of the phone. */
    fun recreate() {
        controller.recreate()
    }

    /** The system killed the process: only what was saved comes back, over a journal that is opened anew. */
    fun kill() {
        val kept = Bundle()
        controller.pause().saveInstanceState(kept)
        // As bytes: what the old process still does with its objects must not reach the new one.
        val saved = Parcel.obtain().run {
            writeBundle(kept)
            setDataPosition(0)
            checkNotNull(readBundle(app.classLoader)).also { recycle() }
        }
        controller.stop().destroy()
        app.puncher.dismiss()
        runBlocking { app.session.close() }
        controller =
            Robolectric.buildActivity(MainActivity::class.java).create(saved).start().restoreInstanceState(saved).resume().visible()
        try {
            runBlocking { app.session.api() }
        } catch (_: DakaException) {
            // Why it does not open is on the screen.
        }
    }

    fun back() {
        wait("nothing leads back") { activity.onBackPressedDispatcher.hasEnabledCallbacks() }
        controller.get().onBackPressedDispatcher.onBackPressed()
    }

    val activity: MainActivity get() = controller.get()

    override fun close() {
        controller.pause().stop().destroy()
        runBlocking { app.session.close() }
    }
}
