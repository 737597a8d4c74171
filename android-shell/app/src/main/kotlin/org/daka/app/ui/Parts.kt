package org.daka.app.ui

import androidx.annotation.DrawableRes
import androidx.annotation.StringRes
import androidx.compose.foundation.*
import androidx.compose.foundation.layout.*
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.*
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.*
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import org.daka.app.R

/** A page: a title that is a heading, a way back, and content that scrolls as a whole, so that no size of text is cut. */
@Composable
fun Page(
    title: String,
    onBack: (() -> Unit)? = null,
    actions: @Composable RowScope.() -> Unit = {},
    margin: Dp = 16.dp,
    content: @Composable ColumnScope.() -> Unit,
) {
    Surface(Modifier.fillMaxSize()) {
        Column(
            Modifier
                .windowInsetsPadding(WindowInsets.safeDrawing)
                .windowInsetsPadding(WindowInsets.ime)
                .verticalScroll(rememberScrollState())
                .padding(bottom = 24.dp),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(horizontal = 4.dp), verticalAlignment = Alignment.CenterVertically) {
                if (onBack != null) IconAction(R.drawable.ic_back, R.string.common_back, onBack)
                Text(
                    title,
                    Modifier.weight(1f).padding(horizontal = if (onBack == null) 16.dp else 4.dp).semantics { heading() },
                    style = MaterialTheme.typography.titleLarge,
                )
                actions()
            }
            Column(
                Modifier.widthIn(max = 600.dp).fillMaxWidth().padding(horizontal = margin),
                verticalArrangement = Arrangement.spacedBy(16.dp),
                content = content,
            )
        }
    }
}

@Composable
fun IconAction(@DrawableRes icon: Int, @StringRes name: Int, onClick: () -> Unit, modifier: Modifier = Modifier) {
    IconButton(onClick, modifier) { Icon(painterResource(icon), stringResource(name)) }
}

/** A group of things that belong together. */
@Composable
fun Panel(modifier: Modifier = Modifier, title: String? = null, inner: Dp = 20.dp, content: @Composable ColumnScope.() -> Unit) {
    Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.large, color = MaterialTheme.colorScheme.surfaceContainerLow) {
        Column(Modifier.padding(horizontal = inner, vertical = 20.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
            if (title != null) Heading(title)
            content()
        }
    }
}

@Composable
fun Heading(text: String, modifier: Modifier = Modifier) {
    Text(text, modifier.semantics { heading() }, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.titleSmall)
}

@Composable
fun Body(text: String, modifier: Modifier = Modifier) = Text(text, modifier, style = MaterialTheme.typography.bodyLarge)

@Composable
fun Small(text: String, modifier: Modifier = Modifier) =
    Text(text, modifier, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)

/** A sign on its ground. */
@Composable
fun Badge(sign: Sign) {
    Box(Modifier.size(40.dp).background(sign.ground, CircleShape), contentAlignment = Alignment.Center) {
        Icon(painterResource(sign.icon), null, Modifier.size(22.dp), tint = sign.ink)
    }
}

private const val LARGE = 1.4f

/** A line with a sign, a title and what is said about it; the whole line is one thing to hear and, where it leads on, to tap. */
@Composable
fun Line(title: String, modifier: Modifier = Modifier, text: String? = null, sign: Sign? = null, end: String? = null, onClick: (() -> Unit)? = null) {
    val tap = if (onClick == null) Modifier.semantics(mergeDescendants = true) {} else Modifier.clickable(role = Role.Button, onClick = onClick)
    // Large text needs the width: what stands at the end goes first, and the arrow goes.
    val large = LocalDensity.current.fontScale > LARGE
    Row(
        modifier.fillMaxWidth().then(tap).heightIn(min = 56.dp).padding(vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(if (large) 10.dp else 16.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
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

/** One sentence and one next step. */
@Composable
fun Notice(text: String, modifier: Modifier = Modifier, action: String? = null, onAction: () -> Unit = {}) {
    val colors = MaterialTheme.colorScheme
    Surface(modifier.fillMaxWidth().testTag("notice"), shape = MaterialTheme.shapes.medium, color = colors.tertiaryContainer, contentColor = colors.onTertiaryContainer) {
        Column(Modifier.padding(horizontal = 16.dp, vertical = 12.dp)) {
            Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
                Icon(painterResource(R.drawable.ic_info), null, Modifier.padding(top = 2.dp).size(22.dp))
                Text(text, style = MaterialTheme.typography.bodyLarge)
            }
            if (action != null) {
                TextButton(onAction, Modifier.align(Alignment.End)) { Text(action, color = colors.onTertiaryContainer, style = MaterialTheme.typography.labelLarge) }
            }
        }
    }
}

@Composable
fun MainButton(text: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) {
    Button(onClick, modifier.fillMaxWidth().heightIn(min = 56.dp), enabled = enabled, shape = MaterialTheme.shapes.medium) {
        Text(text, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
    }
}

@Composable
fun SecondButton(text: String, modifier: Modifier = Modifier, @DrawableRes icon: Int? = null, onClick: () -> Unit) {
    FilledTonalButton(
        onClick,
        modifier.fillMaxWidth().heightIn(min = 52.dp),
        shape = MaterialTheme.shapes.medium,
        contentPadding = PaddingValues(horizontal = 16.dp, vertical = 10.dp),
    ) {
        if (icon != null) Icon(painterResource(icon), null, Modifier.padding(end = 10.dp).size(20.dp))
        Text(text, style = MaterialTheme.typography.titleSmall, textAlign = TextAlign.Center)
    }
}

@Composable
fun SwitchLine(title: String, on: Boolean, modifier: Modifier = Modifier, text: String? = null, onChange: (Boolean) -> Unit) {
    Row(
        modifier.fillMaxWidth().toggleable(on, role = Role.Switch, onValueChange = onChange).heightIn(min = 56.dp).padding(vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(16.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Body(title)
            if (text != null) Small(text)
        }
        Switch(on, null)
    }
}

@Composable
fun ChoiceLine(title: String, chosen: Boolean, onChoose: () -> Unit) {
    Row(
        Modifier.fillMaxWidth().selectable(chosen, role = Role.RadioButton, onClick = onChoose).heightIn(min = 48.dp),
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(chosen, null)
        Body(title, Modifier.weight(1f))
    }
}

/** A long code in groups that an eye can follow and a screen reader spells. */
@Composable
fun Fingerprint(name: String, hex: String) {
    val groups = hex.chunked(4)
    val spoken = name + ". " + stringResource(R.string.a11y_fingerprint, groups.joinToString(", ") { it.toList().joinToString(" ") })
    Column(Modifier.clearAndSetSemantics { contentDescription = spoken }) {
        Small(name)
        Text(groups.joinToString(" "), style = MaterialTheme.typography.bodyMedium.copy(fontFamily = FontFamily.Monospace))
    }
}

/** Nothing is here, and why that is fine. */
@Composable
fun Empty(@DrawableRes icon: Int, text: String) {
    Column(
        Modifier.fillMaxWidth().padding(vertical = 32.dp),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        val colors = MaterialTheme.colorScheme
        Box(Modifier.size(72.dp).background(colors.secondaryContainer, CircleShape), contentAlignment = Alignment.Center) {
            Icon(painterResource(icon), null, Modifier.size(32.dp), tint = colors.onSecondaryContainer)
        }
        Text(text, color = colors.onSurfaceVariant, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
    }
}

val Color.soft: Color get() = copy(alpha = 0.16f)
