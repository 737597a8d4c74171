package org.daka.app.platform

import android.content.Context
import android.net.ConnectivityManager
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.*

/** Whether the network costs by the byte, and when one comes. */
class SystemNetwork(context: Context) : Network {
    private val manager = context.getSystemService(ConnectivityManager::class.java)

    override fun metered(): Boolean = manager?.isActiveNetworkMetered ?: true

    override fun comes(): Flow<Unit> = callbackFlow {
        val callback = object : ConnectivityManager.NetworkCallback() {
            override fun onAvailable(network: android.net.Network) {
                trySend(Unit)
            }
        }
        runCatching { manager?.registerDefaultNetworkCallback(callback) }
        awaitClose { runCatching { manager?.unregisterNetworkCallback(callback) } }
    }
}
