package org.daka.app.platform

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.provider.Settings
import androidx.core.content.IntentCompat
import java.io.File
import org.daka.app.support.forgetSharedFolders
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** A file on its way to another app: that file alone, to read alone, and the earlier one is gone. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SharingTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val activity by lazy { Robolectric.buildActivity(Activity::class.java).setup().get() }

    @Before fun start() = forgetSharedFolders()

    @Test fun theChooserGetsTheFileToReadAndNothingElse() {
        val file = app.fileToShare("record.daka").apply { writeText("proof") }
        activity.share(file)
        val chooser = shadowOf(activity).nextStartedActivity
        assertEquals(Intent.ACTION_CHOOSER, chooser.action)
        val send = checkNotNull(IntentCompat.getParcelableExtra(chooser, Intent.EXTRA_INTENT, Intent::class.java))
        val uri = checkNotNull(IntentCompat.getParcelableExtra(send, Intent.EXTRA_STREAM, Uri::class.java))
        assertEquals(Intent.ACTION_SEND to "content", send.action to uri.scheme)
        assertEquals(
            Intent.FLAG_GRANT_READ_URI_PERMISSION,
            send.flags and (Intent.FLAG_GRANT_READ_URI_PERMISSION or Intent.FLAG_GRANT_WRITE_URI_PERMISSION),
        )
        assertEquals("proof", app.contentResolver.openInputStream(uri)?.use { it.reader().readText() })
    }

    @Test fun whatWasSharedEarlierGoes() {
        val first = app.fileToShare("a").apply { writeText("x") }
        app.fileToShare("b").writeText("y")
        assertFalse(first.exists())
        assertEquals(listOf("b"), first.parentFile?.list()?.toList())
    }

    @Test fun noOtherFileOfTheAppCanBeShared() {
        val journal = File(app.noBackupFilesDir, "journal").apply { writeText("secret") }
        assertThrows(IllegalArgumentException::class.java) { activity.share(journal) }
    }

    @Test fun theSystemsPagesAreTheAppsOwnAndLocations() {
        activity.openAppSettings()
        val page = shadowOf(activity).nextStartedActivity
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS to "package:${app.packageName}", page.action to page.dataString)
        activity.openLocationSettings()
        assertEquals(Settings.ACTION_LOCATION_SOURCE_SETTINGS, shadowOf(activity).nextStartedActivity.action)
    }
}
