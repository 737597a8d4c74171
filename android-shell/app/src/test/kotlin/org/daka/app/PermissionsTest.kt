@file:Suppress("DEPRECATION")

package org.daka.app

import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.Manifest.permission.CAMERA
import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.Activity
import android.app.NotificationManager
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_DENIED
import android.content.pm.PackageManager.PERMISSION_GRANTED
import org.daka.app.platform.*
import org.daka.app.support.*
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowActivity
import org.robolectric.util.ReflectionHelpers

/** Refused once, refused for ever, failing, full: one sentence and one step each, and what was typed stays. */
class PermissionsTest : OnAPhone() {
    private fun says(text: Int) = phone.seeText(phone.app.getString(text))

    private fun silent(text: Int) = phone.wait("it still says so") { phone.texts().none { phone.app.getString(text) in it } }

    private var answered: ShadowActivity.PermissionsRequest? = null

    /** The person answers what the system asks. */
    private fun answer(granted: Boolean, forGood: Boolean = false, of: String = CAMERA) {
        val last = { shadowOf(phone.activity).lastRequestedPermission }
        phone.wait("nothing was asked") { last() !== answered && of in last()?.requestedPermissions.orEmpty() }
        val asked = last()
        answered = asked
        // As the system leaves it with an answer; until then it asks nothing else.
        ReflectionHelpers.setField(Activity::class.java, phone.activity, "mHasCurrentPermissionsRequest", false)
        for (permission in asked.requestedPermissions) {
            shadowOf(phone.app.packageManager).setShouldShowRequestPermissionRationale(permission, !granted && !forGood)
            if (granted) shadowOf(phone.app).grantPermissions(permission)
        }
        val answers = IntArray(asked.requestedPermissions.size) { if (granted) PERMISSION_GRANTED else PERMISSION_DENIED }
        phone.activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, answers)
    }

    @Test fun theCameraRefusedForACodeLeavesTypingIt() {
        phone.type("code", "daka:half")
        phone.tap("scan")
        answer(granted = false)
        says(R.string.refusals_camera_denied)
        phone.tapText(phone.app.getString(R.string.refusals_camera_ask))
        answer(granted = false, forGood = true)
        says(R.string.refusals_camera_denied_for_good)
        settingsOpen()
        phone.seeText("daka:half")
        phone.enrol(server.code())
    }

    /** The way out that is left when the system asks no more. */
    private fun settingsOpen() {
        phone.tapText(phone.app.getString(R.string.common_open_settings))
        assertEquals(android.provider.Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(phone.activity).nextStartedActivity.action)
    }

    @Test fun locationRefusedKeepsThePunch() {
        FakeLocation.standing = LocationStanding.ASK
        phone.enrol(server.code())
        answer(granted = false, of = ACCESS_FINE_LOCATION)
        says(R.string.refusals_location_denied)
        phone.tapText(phone.app.getString(R.string.refusals_location_ask))
        answer(granted = false, forGood = true, of = ACCESS_FINE_LOCATION)
        says(R.string.refusals_location_denied_for_good)
        settingsOpen()
        phone.tap("punch")
        phone.see("state")
        assertEquals(1, phone.core { it.home() }.recent.size)
    }

    @Test fun notificationsRefusedKeepTheReminder() {
        phone.enrol(server.code())
        answer(granted = true, of = ACCESS_FINE_LOCATION)
        shadowOf(phone.app.getSystemService(NotificationManager::class.java)).setNotificationsEnabled(false)
        phone.tap("settings")
        phone.tap("reminders")
        phone.tap("add")
        says(R.string.refusals_notifications_why)
        phone.tapText(phone.app.getString(R.string.refusals_notifications_ask))
        answer(granted = false, of = POST_NOTIFICATIONS)
        says(R.string.refusals_notifications_why)
        phone.tapText(phone.app.getString(R.string.refusals_notifications_ask))
        answer(granted = false, forGood = true, of = POST_NOTIFICATIONS)
        says(R.string.refusals_notifications_denied)
        settingsOpen()
        phone.wait("the reminder is gone") { phone.core { it.reminders() }.size == 1 }
    }

    private fun begun() {
        phone.enrol(server.code())
        answer(granted = true, of = ACCESS_FINE_LOCATION)
        phone.tap("field")
        phone.type("visit", "A-2041")
    }

    @Test fun theCameraRefusedForAPhotoKeepsTheCheckIn() {
        begun()
        phone.tap("camera")
        answer(granted = false)
        says(R.string.refusals_camera_denied_photo)
        phone.tapText(phone.app.getString(R.string.refusals_camera_ask))
        answer(granted = true)
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        assertEquals("A-2041", phone.core { it.draft() }?.visit)
        silent(R.string.refusals_camera_denied_photo)
    }

    @Test fun aCameraThatFailsSaysSoAndTheNextTryWorks() {
        begun()
        shadowOf(phone.app).grantPermissions(CAMERA)
        FakeCamera.failure = CameraFailed("another app took it")
        phone.tap("camera")
        says(R.string.refusals_camera_failed)
        FakeCamera.failure = null
        phone.tapText(phone.app.getString(R.string.common_try_again))
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        assertEquals("A-2041", phone.core { it.draft() }?.visit)
    }

    @Test fun aPhotoThatDoesNotFitSaysSoAndTheNextOneIsKept() {
        begun()
        shadowOf(phone.app).grantPermissions(CAMERA)
        FakeCamera.full = true
        phone.tap("camera")
        phone.tap("take")
        says(R.string.refusals_photo_no_space)
        FakeCamera.full = false
        phone.tap("camera")
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        assertEquals("A-2041", phone.core { it.draft() }?.visit)
        silent(R.string.refusals_photo_no_space)
    }

    @Test fun aPhotoThatTheSealedStoreHasNoRoomForSaysSoAndTheNextOneIsKept() {
        begun()
        shadowOf(phone.app).grantPermissions(CAMERA)
        FakeCamera.taken = { photo ->
            photo.writeBytes(large(photo.readBytes()))
            Disk.room(3L shl 20)
        }
        phone.tap("camera")
        phone.tap("take")
        try {
            says(R.string.refusals_photo_no_space)
        } finally {
            Disk.room(null)
        }
        assertEquals(emptyList<String>(), phone.core { it.draft() }?.photos)
        FakeCamera.taken = { photo -> photo.writeBytes(large(photo.readBytes())) }
        phone.tap("camera")
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        assertEquals("A-2041", phone.core { it.draft() }?.visit)
        silent(R.string.refusals_photo_no_space)
    }

    /** The same picture with 4 MB of comments: segments of 65,535 bytes behind the start marker. */
    private fun large(jpeg: ByteArray): ByteArray {
        val comment = byteArrayOf(-1, -2, -1, -1) + ByteArray(65_533)
        val comments = ByteArray(64 * comment.size) { comment[it % comment.size] }
        return jpeg.copyOfRange(0, 2) + comments + jpeg.copyOfRange(2, jpeg.size)
    }

    @Test fun aClockThatIsSetWhileTheAppIsOpenLosesNothing() {
        phone.enrol(server.code())
        phone.tap("punch")
        phone.tap("done")
        phone.see("done", 0)
        // How it is written was changed, and not the time: what is armed is armed anew, and nothing is said.
        val armed = mutableListOf<Ring>()
        FakeBackground.rings = armed
        val told = Intent(Intent.ACTION_TIME_CHANGED)
        SystemReceiver().onReceive(phone.app, Intent(told).putExtra("android.intent.extra.TIME_PREF_24_HOUR_FORMAT", 1))
        phone.wait("nothing was armed") { FakeBackground.rings !== armed }
        assertFalse(phone.app.session.clockWasSet.value)
        FakeDevice.aheadMs += 2_000
        FakeDevice.setMs = 40 * 3_600_000L
        SystemReceiver().onReceive(phone.app, told)
        phone.wait("it is still the day before") { phone.core { it.home() }.today.isEmpty() }
        says(R.string.refusals_clock_changed)
        phone.tap("punch")
        phone.tap("done")
        val recent = phone.core { it.home() }.recent
        assertEquals(2, recent.map { it.id }.toSet().size)
        assertTrue(recent[0].date > recent[1].date)
    }
}
