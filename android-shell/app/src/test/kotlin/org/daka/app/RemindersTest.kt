package org.daka.app

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationManager
import android.content.Intent
import org.daka.app.platform.*
import org.daka.app.support.*
import org.daka.ffi.Asked
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.robolectric.Shadows.shadowOf

/** Reminders at the times that the employee sets: armed by what the core says, shown with "Punch now", armed again after what unarms them. */
class RemindersTest : OnAPhone() {
    private val notifications get() = shadowOf(phone.app.getSystemService(NotificationManager::class.java))

    @Before fun start() {
        phone.enrol(server.code())
    }

    /** One at nine on working days, as it is offered. */
    private fun addOne() {
        phone.tap("settings")
        phone.tap("reminders")
        phone.tap("add")
        phone.wait("nothing is armed") { FakeBackground.rings.isNotEmpty() }
    }

    @Test fun whatIsSetIsArmedAndTakenAway() {
        addOne()
        val core = phone.core { it.nextReminders(Reminding.MOST) }
        assertEquals(core.map { it.atMs }, FakeBackground.rings.map { it.atMs })
        assertEquals(setOf(Asked.IN to 540), FakeBackground.rings.map { it.asked to it.minuteOfDay }.toSet())
        val days = FakeBackground.rings.size
        phone.tapText("Sat")
        phone.wait("Saturday is not armed") { FakeBackground.rings.size > days }
        phone.tapText("Clock out")
        phone.wait("it is not for clocking out") { FakeBackground.rings.all { it.asked == Asked.OUT } }
        phone.tap("remove")
        phone.wait("it is still armed") { FakeBackground.rings.isEmpty() }
        assertEquals(0, phone.core { it.reminders() }.size)
    }

    @Test fun armedAgainAfterABootAnUpdateAndAChangeOfTheClock() {
        addOne()
        val armed = FakeBackground.rings
        for (action in listOf(
            Intent.ACTION_BOOT_COMPLETED,
            Intent.ACTION_MY_PACKAGE_REPLACED,
            Intent.ACTION_TIME_CHANGED,
            Intent.ACTION_TIMEZONE_CHANGED,
        )) {
            FakeBackground.rings = emptyList()
            SystemReceiver().onReceive(phone.app, Intent(action))
            phone.wait("not armed after $action") { FakeBackground.rings == armed }
        }
    }

    @Suppress("DEPRECATION")
    @Test
    fun itRingsWithPunchNowWhichPunchesWhatItIsFor() {
        addOne()
        phone.tapText("Clock out")
        phone.wait("it is not for clocking out") { FakeBackground.rings.any { it.asked == Asked.OUT } }
        SystemBackground(phone.app).remind(FakeBackground.rings)
        val alarms = shadowOf(phone.app.getSystemService(AlarmManager::class.java))
        assertEquals(FakeBackground.rings.map { it.atMs }, alarms.scheduledAlarms.map { it.triggerAtMs }.sorted())
        val due = shadowOf(alarms.scheduledAlarms.minBy { it.triggerAtMs }.operation).savedIntent
        ReminderReceiver().onReceive(phone.app, due)
        phone.wait("nothing is shown") { notifications.size() == 1 }
        val shown = notifications.allNotifications.single()
        assertEquals("Clock out: 09:00", shown.extras.getString(Notification.EXTRA_TITLE))
        assertEquals("Punch now", shown.actions.single().title)
        PunchReceiver().onReceive(phone.app, shadowOf(shown.actions.single().actionIntent).savedIntent)
        phone.wait("no punch") { phone.core { it.home() }.recent.singleOrNull()?.asked == Asked.OUT }
        // The answer takes the reminder's place.
        phone.wait("no answer") {
            notifications.allNotifications.singleOrNull()?.extras?.getString(Notification.EXTRA_TITLE).orEmpty().startsWith("Clock out,")
        }
        SystemBackground(phone.app).remind(emptyList())
        assertTrue(alarms.scheduledAlarms.isEmpty())
    }

    @Test fun theReminderOfAnotherEmployerPunchesThere() {
        addOne()
        val ring = FakeBackground.rings.first()
        phone.back()
        phone.tap("employers")
        phone.tap("add")
        phone.enrol(server.code())
        ReminderReceiver().onReceive(phone.app, ring.intent(phone.app, ReminderReceiver::class.java))
        phone.wait("nothing is shown") { notifications.size() == 1 }
        val shown = notifications.allNotifications.single()
        assertEquals("Example Bakery", shown.extras.getString(Notification.EXTRA_SUB_TEXT))
        PunchReceiver().onReceive(phone.app, shadowOf(shown.actions.single().actionIntent).savedIntent)
        phone.wait("no punch of the first one") { phone.core { it.home() }.run { employer?.employee == "Person 1" && recent.size == 1 } }
        phone.see("punch")
    }

    @Test fun withoutNotificationsThePageSaysSo() {
        notifications.setNotificationsEnabled(false)
        addOne()
        phone.seeText(phone.app.getString(R.string.refusals_notifications_why))
        notifications.setNotificationsEnabled(true)
        phone.recreate()
        phone.wait("it is still said") { phone.app.getString(R.string.refusals_notifications_why) !in phone.texts() }
    }
}
