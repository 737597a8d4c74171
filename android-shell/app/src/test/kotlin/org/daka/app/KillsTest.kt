package org.daka.app

import org.daka.app.support.*
import org.junit.*
import org.junit.Assert.assertEquals
import org.robolectric.Shadows.shadowOf

/** The system kills the process on each screen: the same screen comes back with what was on it, and no punch is lost or made twice. */
class KillsTest : OnAPhone() {
    private fun joined() {
        phone.enrol(server.code())
        phone.tap("punch")
        phone.tap("done")
        phone.see("done", 0)
    }

    /** What can be read, without what time alone changes. */
    private fun shown() = phone.texts().filter { text -> text.none(Char::isDigit) }.toSet()

    private fun staysOver(screen: String) {
        val before = shown()
        phone.kill()
        phone.wait("$screen is another: ${before - shown()}") { shown().containsAll(before) }
        assertEquals(screen, 1, phone.core { it.home() }.recent.size)
    }

    @Test fun everyScreenOfTheRecordComesBack() {
        joined()
        val date = phone.core { it.home() }.today.single().date
        phone.tap("record")
        phone.see("export")
        staysOver("month")
        phone.tap("day-${date.takeLast(2).trimStart('0')}")
        phone.see("line")
        staysOver("day")
        phone.tap("line")
        phone.see("export")
        staysOver("punch")
        repeat(3) {
            phone.back()
            rule.waitForIdle()
        }
        phone.see("punch")
    }

    @Test fun everyPageOfTheSettingsComesBack() {
        joined()
        phone.tap("settings")
        for (page in listOf("keys", "leave", "licences")) {
            phone.tap(page)
            phone.see(page, 0)
            staysOver(page)
            phone.back()
            phone.see("keys")
        }
        staysOver("settings")
    }

    @Test fun waitingComesBackAndWhatWaitsWaits() {
        phone.enrol(server.code())
        server.stop()
        phone.tap("punch")
        phone.tap("done")
        phone.see("done", 0)
        phone.tap("queue")
        phone.see("waiting-item")
        phone.kill()
        phone.see("waiting-item")
        server.start()
        phone.tap("send")
        phone.wait("it is not received") { phone.core { it.home() }.queue.waiting == 0uL }
        assertEquals(1, phone.core { it.home() }.recent.size)
    }

    @Test fun aResultComesBackWithTheNoteThatIsBeingWritten() {
        phone.enrol(server.code())
        phone.tap("punch")
        phone.see("state")
        phone.type("note", "The side door was locked.")
        phone.kill()
        phone.see("state")
        phone.seeText("The side door was locked.")
        phone.tap("keep-note")
        phone.seeText(phone.app.getString(R.string.result_note_kept))
        val punch = phone.core { it.home() }.recent.single().id
        assertEquals(listOf("The side door was locked."), phone.core { it.punchDetail(punch) }.notes)
        phone.tap("done")
        phone.see("done", 0)
        phone.kill()
        phone.see("line")
        phone.see("done", 0)
    }

    @Test fun remindersAndTheListOfEmployersComeBack() {
        joined()
        phone.tap("settings")
        phone.tap("reminders")
        phone.tap("add")
        phone.see("reminder")
        staysOver("reminders")
        phone.back()
        phone.tap("employers")
        phone.see("add")
        staysOver("employers")
    }

    @Test fun aCodeAndTheChoicesAreThereAgainBeforeAnybodyJoined() {
        phone.type("code", server.code())
        phone.kill()
        phone.tap("check")
        phone.tap("join")
        phone.tapAll("purpose")
        phone.kill()
        phone.tap("agree")
        phone.see("punch")
        assertEquals(3, phone.core { it.consent() }.count { it.granted })
    }

    @Test fun aFieldCheckInComesBackAsItWasTyped() {
        phone.enrol(server.code())
        phone.tap("field")
        phone.tapText("Client visit")
        phone.type("visit", "A-2041")
        phone.type("note", "At the back door.")
        phone.wait("it is not kept") { phone.core { it.draft() }?.note == "At the back door." }
        phone.kill()
        phone.seeText("A-2041")
        phone.seeText("At the back door.")
        phone.tap("submit")
        // The employer asks for a photo; without one it is kept all the same, at the second tap.
        phone.seeText(phone.app.getString(R.string.field_photo_required))
        phone.tap("submit")
        phone.see("punch")
        assertEquals(1, phone.core { it.home() }.recent.size)
    }

    @Test fun aCameraThatWasOpenIsOpenAgainAndItsPhotoIsKept() {
        shadowOf(phone.app).grantPermissions(android.Manifest.permission.CAMERA)
        phone.enrol(server.code())
        phone.tap("field")
        phone.type("visit", "A-2041")
        phone.tap("camera")
        phone.see("take")
        phone.kill()
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        phone.seeText("A-2041")
    }
}
