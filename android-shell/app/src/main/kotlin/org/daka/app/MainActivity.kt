package org.daka.app

import android.content.*
import android.content.res.Resources
import android.graphics.Color
import android.os.Bundle
import androidx.activity.*
import androidx.activity.compose.setContent
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.launch
import org.daka.ffi.Language

/** The one activity. */
class MainActivity : ComponentActivity() {
    private var spoken: Context? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContent { Root(viewModel { RootModel(dakaApplication) }, this) }
        // A restored activity has punched already.
        if (savedInstanceState == null) shortcut(intent)
    }

    override fun onStart() {
        super.onStart()
        dakaApplication.syncer.front(true)
    }

    override fun onStop() {
        super.onStop()
        dakaApplication.syncer.front(false)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        shortcut(intent)
    }

    /** Dialogs and sheets, which are windows of their own, take their texts from here, too. */
    override fun getResources(): Resources = spoken?.resources ?: super.getResources()

    /** Speaks another language from now on, without a restart. */
    fun speak(language: Language): Resources {
        spoken = null
        spoken = speaking(language).takeIf { it !== this }
        return resources
    }

    /** Draws behind the system's bars, whose signs have to be seen on a ground that the person chose. */
    fun drawBars(dark: Boolean) = SystemBarStyle.auto(Color.TRANSPARENT, Color.TRANSPARENT) { dark }.let { enableEdgeToEdge(it, it) }

    private fun shortcut(intent: Intent?) {
        if (intent?.action == PUNCH) dakaApplication.run { scope.launch { quick.punch() } }
    }

    companion object {
        /** The shortcut's. */
        const val PUNCH = "org.daka.app.PUNCH"
    }
}
