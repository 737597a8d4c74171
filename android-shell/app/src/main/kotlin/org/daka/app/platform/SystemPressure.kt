package org.daka.app.platform

import android.content.Context
import android.hardware.*
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.*

/** The air pressure, where the phone has a barometer. */
class SystemPressure(context: Context) {
    private val manager = context.getSystemService(SensorManager::class.java)

    fun present(): Boolean = sensor() != null

    /** In hectopascals, for as long as it is collected; nothing comes without a barometer. */
    fun readings(): Flow<Double> = callbackFlow {
        val listener = object : SensorEventListener {
            override fun onSensorChanged(event: SensorEvent) {
                trySend(event.values[0].toDouble())
            }

            override fun onAccuracyChanged(sensor: Sensor?, accuracy: Int) = Unit
        }
        sensor()?.let { manager?.registerListener(listener, it, SensorManager.SENSOR_DELAY_NORMAL) }
        awaitClose { manager?.unregisterListener(listener) }
    }

    private fun sensor(): Sensor? = manager?.getDefaultSensor(Sensor.TYPE_PRESSURE)
}
