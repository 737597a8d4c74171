package org.daka.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.launch
import org.daka.ffi.Trigger

/** The one activity. */
class MainActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        setContent { Root(viewModel { RootModel(dakaApplication) }) }
        // A restored activity has punched already.
        if (savedInstanceState == null) shortcut(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        shortcut(intent)
    }

    private fun shortcut(intent: Intent?) {
        if (intent?.action == PUNCH) dakaApplication.run { scope.launch { quick.punch(Trigger.FAST) } }
    }

    companion object {
        /** The shortcut's. */
        const val PUNCH = "org.daka.app.PUNCH"
    }
}
