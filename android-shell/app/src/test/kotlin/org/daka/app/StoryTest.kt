package org.daka.app

import android.content.Intent
import java.io.File
import org.daka.app.support.*
import org.daka.ffi.*
import org.daka.support.RealServer
import org.junit.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.robolectric.Shadows.shadowOf

/** One day with the app, by taps alone, against the real library and a real server. */
class StoryTest : OnAPhone() {
    private fun enrol() = phone.enrol(server.code())

    private fun punch() {
        phone.tap("punch")
        phone.see("state")
        phone.tap("done")
        phone.see("state", 0)
    }

    private fun fixAtTheDoor() = PositionFix(RealServer.LATITUDE, RealServer.LONGITUDE, 8.0, 500, FixProvider.GPS, false, true)

    @Test fun aDayWithoutANetworkLosesNothing() {
        enrol()
        FakeLocation.known = listOf(fixAtTheDoor())
        punch()
        phone.wait("the first punch is not received") { phone.core { it.home() }.queue.waiting == 0uL }
        server.stop()
        punch()
        phone.seeText("You clocked out")
        // Within a second it would be the same punch.
        Thread.sleep(1_100)
        punch()
        phone.recreate()
        phone.wait("two do not wait") { phone.core { it.home() }.recent.count { line -> line.state == PunchState.WAITING } == 2 }
        phone.tap("queue")
        phone.see("waiting-item")
        assertEquals(2, phone.core { it.waiting() }.items.count { it.punch != null })
        assertTrue("${FakeBackground.wishes}", "soon" in FakeBackground.wishes)

        server.start()
        phone.tap("send")
        phone.wait("not everything is received") { phone.core { it.home() }.queue.waiting == 0uL }
        phone.seeText("Nothing is waiting")
        phone.back()

        phone.tap("record")
        val today = phone.core { it.home() }.today
        assertEquals(listOf(Verdict.INSIDE, Verdict.INSIDE, Verdict.INSIDE), today.map { it.place?.verdict })
        phone.tap("export")
        val file = shared()
        val report = phone.core { it.verifyBundle(file.path, server.root) }
        assertEquals("$report", 3, report.punches.size)
        assertTrue("$report", report.ok && report.trustGiven)

        phone.tap("day-${today[0].date.takeLast(2).trimStart('0')}")
        phone.see("line", 3)
        phone.tap("line")
        phone.seeText("Received on")
        phone.seeText("Door")
    }

    @Test fun aFieldCheckInSurvivesAKillWithItsPhoto() {
        shadowOf(phone.app).grantPermissions(android.Manifest.permission.CAMERA)
        enrol()
        phone.tap("field")
        phone.tapText("Client visit")
        phone.type("visit", "A-2041")
        phone.tap("camera")
        phone.tap("take")
        phone.wait("the photo is not in the draft") { phone.core { it.draft() }?.photos?.size == 1 }
        phone.kill()
        phone.seeText("A-2041")
        phone.seeText("Photo 1 of 1")
        phone.tap("submit")
        phone.see("state")
        phone.tap("done")
        val line = phone.core { it.home() }.recent.single()
        assertEquals(FieldType.CLIENT_VISIT to 1uL, line.field to line.photos)
        assertEquals(null, phone.core { it.draft() })
        phone.tap("line")
        phone.seeText("A-2041")
        phone.seeText("Taken in this app")
    }

    @Test fun leavingGivesEverythingFirstAndKeepsNothing() {
        enrol()
        punch()
        phone.wait("the punch is not received") { phone.core { it.home() }.queue.waiting == 0uL }
        phone.tap("settings")
        phone.tap("leave")
        phone.tap("leave-now")
        val file = shared()
        phone.see("check")
        assertTrue(phone.core { it.verifyBundle(file.path, server.root) }.ok)
        assertEquals(null, phone.core { it.home() }.employer)
        phone.join(server.code())
        phone.see("agree")
    }

    /** What the share sheet was given. */
    private fun shared(): File {
        phone.wait("nothing was shared") { shadowOf(phone.activity).nextStartedActivity?.action == Intent.ACTION_CHOOSER }
        return checkNotNull(File(phone.app.cacheDir, "shared").listFiles()).single()
    }

    @Test fun aProcessThatIsKilledComesBackWhereItWas() {
        phone.type("code", "daka:half a code")
        phone.kill()
        phone.seeText("daka:half a code")
        phone.join(server.code())
        phone.see("agree")
        phone.tap("purpose")
        phone.kill()
        phone.see("agree")
        phone.tap("agree")
        punch()
        for ((tag, seen) in listOf("record" to "export", "settings" to "licences")) {
            phone.tap(tag)
            phone.see(seen)
            phone.kill()
            phone.see(seen)
            phone.back()
        }
        phone.see("punch")
        assertEquals(1, phone.core { it.home() }.recent.size)
    }

    @Test fun aPhotoIsAddedToAPunchThatWasMade() {
        shadowOf(phone.app).grantPermissions(android.Manifest.permission.CAMERA)
        enrol()
        phone.tap("punch")
        phone.tap("photo")
        phone.tap("camera")
        phone.tap("take")
        phone.seeText("Photo 1 of 1")
        phone.tap("done")
        val line = phone.core { it.home() }.recent.single()
        assertEquals(1uL, line.photos)
        phone.tap("line")
        phone.seeText("Taken in this app")
    }
}
