package org.daka.app.ui

import androidx.annotation.*
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.res.*
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.ffi.*

/** A sentence of the core's, with its arguments as the locale writes them. */
@Composable
fun sentence(why: Why): String {
    val arguments = why.args.map { shown(it) }.toTypedArray()
    return stringResource(why.code.textId, *arguments)
}

@Composable
private fun shown(arg: WhyArg): String = when (arg) {
    is WhyArg.Text -> siteOr(arg.value)
    is WhyArg.Number -> arg.value.toString()
    is WhyArg.Metres -> formats().metres(arg.value)
    is WhyArg.Millis -> formats().span(arg.value)
    is WhyArg.Time -> formats().moment(arg.wallMs, arg.offsetMin)
    is WhyArg.Reason -> stringResource(arg.value.textId)
    is WhyArg.Help -> stringResource(arg.value.textId)
    is WhyArg.Wait -> stringResource(arg.value.textId)
    is WhyArg.Failure -> stringResource(arg.value.textId)
}

/** A sentence whose wording depends on a number. */
@Composable
fun counted(@PluralsRes text: Int, number: ULong): String = pluralStringResource(text, number.toInt(), number.toInt())

/** A site's name; a site without one is still a site. */
@Composable
fun siteOr(name: String?): String = name?.takeIf { it.isNotBlank() } ?: stringResource(R.string.common_unnamed_site)

/** A punch in words: what, or which kind of field check-in. */
@Composable
fun name(line: PunchLine): String = line.field?.let { stringResource(it.textId) } ?: stringResource(line.asked.textId)

/** A sign and its colours; the sign never stands without a word. */
class Sign(@param:DrawableRes val icon: Int, val ink: Color, val ground: Color)

@Composable
fun calm(@DrawableRes icon: Int) = MaterialTheme.colorScheme.run { Sign(icon, onSecondaryContainer, secondaryContainer) }

@Composable
private fun good(@DrawableRes icon: Int) = MaterialTheme.colorScheme.run { Sign(icon, onPrimaryContainer, primaryContainer) }

@Composable
private fun careful(@DrawableRes icon: Int) = MaterialTheme.colorScheme.run { Sign(icon, onTertiaryContainer, tertiaryContainer) }

@Composable
fun sign(state: PunchState): Sign = when (state) {
    PunchState.WAITING -> calm(R.drawable.ic_phone)
    PunchState.RECEIVED -> good(R.drawable.ic_check)
    PunchState.PUT_ASIDE -> careful(R.drawable.ic_info)
    PunchState.REFUSED -> careful(R.drawable.ic_info)
}

@Composable
fun sign(verdict: Verdict): Sign = when (verdict) {
    Verdict.INSIDE -> good(R.drawable.ic_check)
    Verdict.OUTSIDE -> careful(R.drawable.ic_place)
    Verdict.UNCERTAIN -> calm(R.drawable.ic_info)
    Verdict.NOT_EVALUATED -> calm(R.drawable.ic_place)
}

/** What a person can ask for besides what the button offers. */
val CHOICES = listOf(Asked.IN, Asked.OUT, Asked.BREAK_START, Asked.BREAK_END)
