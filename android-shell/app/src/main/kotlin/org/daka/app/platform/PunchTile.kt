package org.daka.app.platform

import android.service.quicksettings.*
import kotlinx.coroutines.launch
import org.daka.app.dakaApplication

/** The quick-settings tile: one tap, the same punch, the answer as a notification. A locked phone is unlocked first. */
class PunchTile : TileService() {
    override fun onStartListening() {
        qsTile?.run {
            state = Tile.STATE_INACTIVE
            updateTile()
        }
    }

    override fun onClick() = if (isLocked) unlockAndRun(::punch) else punch()

    private fun punch() {
        val app = dakaApplication
        app.scope.launch { app.quick.punch() }
    }
}
