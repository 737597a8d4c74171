package org.daka.app.platform

import android.app.Application
import android.hardware.Sensor
import android.hardware.SensorManager
import kotlinx.coroutines.*
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.SensorEventBuilder
import org.robolectric.shadows.ShadowSensor

/** A barometer, and a phone without one. */
@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class SystemPressureTest {
    private val app: Application get() = RuntimeEnvironment.getApplication()
    private val manager = checkNotNull(app.getSystemService(SensorManager::class.java))
    private val pressure by lazy { SystemPressure(app) }

    @Test fun readingsComeWhileTheyAreWantedAndNotAfter() {
        val sensor = ShadowSensor.newInstance(Sensor.TYPE_PRESSURE)
        shadowOf(manager).addSensor(sensor)
        assertTrue(pressure.present())
        val seen = mutableListOf<Double>()
        val job = CoroutineScope(Dispatchers.Unconfined).launch { pressure.readings().collect(seen::add) }
        val event = SensorEventBuilder.newBuilder().setSensor(sensor).setTimestamp(1).setValues(floatArrayOf(1013.25f)).build()
        shadowOf(manager).sendSensorEventToListeners(event)
        assertEquals(listOf(1013.25), seen)
        job.cancel()
        assertEquals(0, shadowOf(manager).listeners.size)
    }

    @Test fun aPhoneWithoutABarometerSaysNothing() {
        assertFalse(pressure.present())
        val job = CoroutineScope(Dispatchers.Unconfined).launch { pressure.readings().collect { } }
        assertEquals(0, shadowOf(manager).listeners.size)
        job.cancel()
    }
}
