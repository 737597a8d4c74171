package org.daka.app

import org.daka.app.platform.*

/** Reminders, of every employer. Which ones are due, and when, is the core's; here they are armed and shown. */
class Reminding(private val session: Session, private val background: Background, private val notices: Notices) {
    /** Where a journal cannot be read, what was armed stays armed. */
    suspend fun arm() = quietly {
        val rings = mutableListOf<Ring>()
        session.each { profile, api -> api.nextReminders(MOST).mapTo(rings) { Ring(profile.id, it.asked, it.minuteOfDay, it.atMs) } }
        background.remind(rings.sortedBy { it.atMs }.take(MOST))
    }

    /** A time has come. An employer that was left reminds nobody. */
    suspend fun ring(ring: Ring) {
        quietly {
            val employers = session.phone().profiles().filter { it.enrolled }
            val own = employers.firstOrNull { it.id == ring.profile } ?: return@quietly
            notices.remind(ring, own.employer.takeIf { employers.size > 1 })
        }
        arm()
    }

    companion object {
        /** As many are armed at once; when one rings, the next ones are. */
        const val MOST = 32
    }
}
