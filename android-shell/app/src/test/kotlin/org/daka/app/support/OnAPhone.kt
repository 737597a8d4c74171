package org.daka.app.support

import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import org.daka.support.RealServer
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Tests by a finger on a new phone, over the real library, with a server process of their own. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class, qualifiers = "en-w360dp-h740dp-xhdpi")
abstract class OnAPhone {
    @get:Rule val rule = createEmptyComposeRule()
    protected val server = RealServer()
    protected lateinit var phone: Phone

    @Before fun switchOn() {
        phone = Phone(rule)
    }

    @After fun switchOff() {
        phone.close()
        server.close()
    }
}
