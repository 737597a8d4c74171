package org.daka.app

import kotlinx.coroutines.runBlocking
import org.daka.app.support.*
import org.junit.*
import org.junit.Assert.assertEquals

/** Several employers, or several employees of one, on one phone: each has a record, keys and a queue of its own. */
class EmployersTest : OnAPhone() {
    @Before fun start() {
        phone.enrol(server.code())
    }

    private fun add() {
        phone.tap("settings")
        phone.tap("employers")
        phone.tap("add")
        phone.see("check")
    }

    private fun punch() {
        phone.tap("punch")
        phone.tap("done")
        phone.see("done", 0)
    }

    @Test fun eachHasARecordAndKeysOfItsOwn() {
        punch()
        add()
        phone.enrol(server.code())
        phone.seeText("Person 2")
        assertEquals(0, phone.core { it.home() }.today.size)
        assertEquals("one key for each", 2, FakeKeys.pairs.values.map { it.public }.distinct().size)
        phone.tap("switch")
        phone.tapText("Person 1")
        phone.wait("the first one is not back") { phone.core { it.home() }.employer?.employee == "Person 1" }
        assertEquals(1, phone.core { it.home() }.today.size)
        phone.seeText("Person 1")
        phone.kill()
        assertEquals("the one that was used last is opened", "Person 1", phone.core { it.home() }.employer?.employee)
    }

    private suspend fun waiting() = mutableListOf<ULong>().also { all -> phone.app.session.each { _, api -> all += api.queue().waiting } }

    @Test fun whatWaitsIsSentForEveryEmployer() {
        server.stop()
        punch()
        add()
        server.start()
        phone.enrol(server.code())
        // When the next attempt is due, the core says.
        phone.wait("it is not sent") { runBlocking { phone.app.syncer.background(60_000).let { waiting() == listOf(0uL, 0uL) } } }
        assertEquals("Person 2", phone.core { it.home() }.employer?.employee)
    }

    @Test fun addingLeadsBackAndLeavingOneLeadsToTheOther() {
        add()
        phone.back()
        phone.see("punch")
        add()
        phone.enrol(server.code())
        phone.tap("settings")
        phone.tap("leave")
        phone.tap("leave-now")
        phone.seeText("Person 1")
        phone.see("punch")
        val profiles = runBlocking { phone.app.session.phone().profiles() }
        assertEquals("its keys are gone: $profiles", profiles.map { it.id }.toSet(), FakeKeys.pairs.keys)
        assertEquals(listOf("Person 1"), profiles.mapNotNull { it.employee })
    }
}
