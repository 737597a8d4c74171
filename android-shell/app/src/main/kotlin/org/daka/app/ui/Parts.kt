package org.daka.app.ui

import androidx.annotation.*
import androidx.compose.foundation.*
import androidx.compose.foundation.layout.*
import androidx.compose.foundation.selection.*
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.ui.*
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.*
import androidx.compose.ui.res.*
import androidx.compose.ui.semantics.*
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.input.*
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.*
import org.daka.app.R
import org.daka.app.texts.*
import org.daka.ffi.FailureCode

/** What went wrong on the page that is shown. */
val LocalTrouble = compositionLocalOf<FailureCode?> { null }

/** A page: a title that is a heading, a way back, what went wrong, and content that scrolls as a whole, so that no size of text is cut. */
@Composable
fun Page(
    title: String,
    onBack: (() -> Unit)? = null,
    actions: @Composable RowScope.() -> Unit = {},
    margin: Dp = 16.dp,
    content: @Composable ColumnScope.() -> Unit,
) {
    val trouble = LocalTrouble.current
    val scroll = rememberScrollState()
    LaunchedEffect(trouble) { if (trouble != null) scroll.animateScrollTo(0) }
    Surface(Modifier.fillMaxSize()) {
        Column(
            Modifier.safeDrawingPadding().imePadding().verticalScroll(scroll).padding(bottom = 24.dp),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
                if (onBack != null) IconAction(R.drawable.ic_back, R.string.common_back, onClick = onBack)
                val start = if (onBack == null) 16.dp else 4.dp
                val name = Modifier.weight(1f).padding(horizontal = start).semantics { heading() }
                Text(title, name, style = MaterialTheme.typography.titleLarge)
                actions()
            }
            Column(Modifier.widthIn(max = 600.dp).fillMaxWidth().padding(horizontal = margin), Arrangement.spacedBy(16.dp)) {
                if (trouble != null) Failure(trouble)
                content()
            }
        }
    }
}

private fun Modifier.tag(tag: String?) = if (tag == null) this else testTag(tag)

/** Heard instead of what is written. */
fun Modifier.spoken(text: String) = semantics(mergeDescendants = true) { contentDescription = text }

/** Said aloud when it changes. */
fun Modifier.announced() = semantics { liveRegion = LiveRegionMode.Polite }

@Composable
fun IconAction(@DrawableRes icon: Int, @StringRes name: Int, tag: String? = null, onClick: () -> Unit) {
    IconButton(onClick, Modifier.tag(tag)) { Icon(painterResource(icon), stringResource(name)) }
}

/** A group of things that belong together. */
@Composable
fun Panel(tag: String? = null, title: String? = null, inner: Dp = 20.dp, content: @Composable ColumnScope.() -> Unit) {
    Surface(Modifier.fillMaxWidth().tag(tag), MaterialTheme.shapes.large, MaterialTheme.colorScheme.surfaceContainerLow) {
        Column(Modifier.padding(horizontal = inner, vertical = 20.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
            if (title != null) Heading(title)
            content()
        }
    }
}

@Composable
private fun Heading(text: String) =
    Text(text, Modifier.semantics { heading() }, MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.titleSmall)

@Composable
fun Body(text: String, modifier: Modifier = Modifier) = Text(text, modifier, style = MaterialTheme.typography.bodyLarge)

@Composable
fun Small(text: String, modifier: Modifier = Modifier) =
    Text(text, modifier, MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)

/** A thin line between two parts of a panel. */
@Composable
fun Rule() = HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)

/** A sign on its ground. */
@Composable
private fun Badge(sign: Sign, size: Dp = 40.dp, icon: Dp = 22.dp) {
    Box(Modifier.size(size).background(sign.ground, CircleShape), contentAlignment = Alignment.Center) {
        Icon(painterResource(sign.icon), null, Modifier.size(icon), tint = sign.ink)
    }
}

private const val LARGE = 1.4f

/**
 * A line with a sign, a title and what is said about it; the whole line is one thing to hear and, where it leads on, to tap. [spoken] is heard where
 * the words on the screen are too short.
 */
@Composable
fun Line(
    title: String,
    tag: String? = null,
    text: String? = null,
    sign: Sign? = null,
    end: String? = null,
    spoken: String? = null,
    onClick: (() -> Unit)? = null,
) {
    val tap = onClick?.let { Modifier.clickable(role = Role.Button, onClick = it) } ?: Modifier.semantics(mergeDescendants = true) {}
    val said = if (spoken == null) Modifier else Modifier.spoken(spoken)
    // Large text needs the width: what stands at the end goes first, and the arrow goes.
    val large = LocalDensity.current.fontScale > LARGE
    LineRow(said.tag(tag).then(tap).heightIn(min = 56.dp).padding(vertical = 8.dp), if (large) 10.dp else 16.dp) {
        if (sign != null) Badge(sign)
        Column(Modifier.weight(1f)) {
            if (end != null && large) Text(end, style = MaterialTheme.typography.titleMedium)
            Body(title)
            if (text != null) Small(text)
        }
        if (end != null && !large) Text(end, style = MaterialTheme.typography.titleMedium)
        if (onClick != null && !large) Icon(painterResource(R.drawable.ic_forward), null, tint = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

@Composable
private fun LineRow(modifier: Modifier, gap: Dp = 16.dp, content: @Composable RowScope.() -> Unit) =
    Row(modifier.fillMaxWidth(), Arrangement.spacedBy(gap), Alignment.CenterVertically, content)

/** What is in the way, and the one step that helps; none where the sentence says it all. */
class Step(val text: String, val label: String? = null, val action: () -> Unit = {})

/** One sentence and one next step. */
@Composable
fun Notice(step: Step) {
    val colors = MaterialTheme.colorScheme
    val place = Modifier.fillMaxWidth().testTag("notice").announced()
    Surface(place, MaterialTheme.shapes.medium, colors.tertiaryContainer, colors.onTertiaryContainer) {
        Column(Modifier.padding(horizontal = 16.dp, vertical = 12.dp)) {
            Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
                Icon(painterResource(R.drawable.ic_info), null, Modifier.padding(top = 2.dp).size(22.dp))
                Text(step.text, style = MaterialTheme.typography.bodyLarge)
            }
            if (step.label != null) {
                TextButton(step.action, Modifier.align(Alignment.End)) {
                    Text(step.label, color = colors.onTertiaryContainer, style = MaterialTheme.typography.labelLarge)
                }
            }
        }
    }
}

@Composable
fun Notice(text: String) = Notice(Step(text))

/** A failure's sentence and its next step. No network has a sentence of its own where nothing is kept without one: at enrolment. */
@Composable
fun Failure(code: FailureCode) = Notice(
    when (code) {
        FailureCode.UNREACHABLE, FailureCode.TIMED_OUT -> stringResource(R.string.refusals_no_network_enrol)
        else -> stringResource(R.string.common_sentences, stringResource(code.textId), stringResource(code.nextId))
    },
)

@Composable
fun MainButton(text: String, tag: String? = null, onClick: () -> Unit) {
    Button(onClick, Modifier.fillMaxWidth().heightIn(min = 56.dp).tag(tag), shape = MaterialTheme.shapes.medium) {
        Text(text, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
    }
}

@Composable
fun SecondButton(text: String, tag: String? = null, @DrawableRes icon: Int? = null, onClick: () -> Unit) {
    val place = Modifier.fillMaxWidth().heightIn(min = 52.dp).tag(tag)
    FilledTonalButton(onClick, place, shape = MaterialTheme.shapes.medium, contentPadding = PaddingValues(16.dp, 10.dp)) {
        if (icon != null) Icon(painterResource(icon), null, Modifier.padding(end = 10.dp).size(20.dp))
        Text(text, style = MaterialTheme.typography.titleSmall, textAlign = TextAlign.Center)
    }
}

@Composable
fun QuietButton(text: String, tag: String? = null, @DrawableRes icon: Int? = null, onClick: () -> Unit) =
    TextButton(onClick, Modifier.fillMaxWidth().heightIn(min = 48.dp).tag(tag)) {
        Text(text, Modifier.weight(1f, fill = false), textAlign = TextAlign.Center)
        if (icon != null) Icon(painterResource(icon), null, Modifier.padding(start = 4.dp).size(20.dp))
    }

@Composable
fun SwitchLine(title: String, on: Boolean, tag: String? = null, text: String? = null, onChange: (Boolean) -> Unit) {
    val toggle = Modifier.toggleable(on, role = Role.Switch, onValueChange = onChange)
    LineRow(toggle.tag(tag).heightIn(min = 56.dp).padding(vertical = 8.dp)) {
        Column(Modifier.weight(1f)) {
            Body(title)
            if (text != null) Small(text)
        }
        Switch(on, null)
    }
}

@Composable
fun ChoiceLine(title: String, chosen: Boolean, onChoose: () -> Unit) {
    LineRow(Modifier.selectable(chosen, role = Role.RadioButton, onClick = onChoose).heightIn(min = 48.dp), 12.dp) {
        RadioButton(chosen, null)
        Body(title, Modifier.weight(1f))
    }
}

/** Small choices beside each other, in as many rows as they need. */
@Composable
fun <T> Chips(of: Iterable<T>, name: @Composable (T) -> String, chosen: (T) -> Boolean, onTap: (T) -> Unit) {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (one in of) FilterChip(chosen(one), { onTap(one) }, { Text(name(one)) }, Modifier.heightIn(min = 48.dp))
    }
}

/** A field to type into; [code] is for what is no sentence. */
@Composable
fun TextBox(
    text: String,
    onChange: (String) -> Unit,
    tag: String,
    @StringRes label: Int,
    @StringRes hint: Int? = null,
    lines: Int = 1,
    code: Boolean = false,
) {
    val plain = KeyboardOptions(KeyboardCapitalization.None, autoCorrectEnabled = false, keyboardType = KeyboardType.Ascii)
    OutlinedTextField(
        text,
        onChange,
        Modifier.fillMaxWidth().testTag(tag),
        label = { Text(stringResource(label)) },
        supportingText = hint?.let { { Text(stringResource(it)) } },
        textStyle = MaterialTheme.typography.bodyLarge.run { if (code) copy(fontFamily = FontFamily.Monospace) else this },
        keyboardOptions = if (code) plain else KeyboardOptions.Default,
        minLines = lines,
        shape = MaterialTheme.shapes.medium,
    )
}

/** Asks before something is done. */
@Composable
fun Question(title: String, yes: String, onYes: () -> Unit, onNo: () -> Unit, content: @Composable () -> Unit) = AlertDialog(
    onDismissRequest = onNo,
    title = { Text(title) },
    text = content,
    confirmButton = { TextButton(onYes, Modifier.testTag("yes")) { Text(yes) } },
    dismissButton = { TextButton(onNo) { Text(stringResource(R.string.common_cancel)) } },
)

/** A long code in groups that an eye can follow and a screen reader spells. */
@Composable
fun Fingerprint(name: String, hex: String) {
    val groups = hex.chunked(4)
    val spelled = stringResource(R.string.a11y_fingerprint, groups.joinToString(", ") { it.toList().joinToString(" ") })
    Column(Modifier.clearAndSetSemantics { contentDescription = "$name. $spelled" }) {
        Small(name)
        Text(groups.joinToString(" "), style = MaterialTheme.typography.bodyMedium.copy(fontFamily = FontFamily.Monospace))
    }
}

/** Something is going on. */
@Composable
fun Working(text: String, tag: String) {
    LinearProgressIndicator(Modifier.fillMaxWidth())
    Small(text, Modifier.testTag(tag))
}

/** Nothing is here, and why that is fine. */
@Composable
fun Empty(@DrawableRes icon: Int, text: String) {
    Column(Modifier.fillMaxWidth().padding(vertical = 32.dp), Arrangement.spacedBy(12.dp), Alignment.CenterHorizontally) {
        Badge(calm(icon), 72.dp, 32.dp)
        val ink = MaterialTheme.colorScheme.onSurfaceVariant
        Text(text, color = ink, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
    }
}

val Color.soft: Color get() = copy(alpha = 0.16f)
