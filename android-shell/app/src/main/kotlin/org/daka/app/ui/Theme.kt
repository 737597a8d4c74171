package org.daka.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.*
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.*
import org.daka.ffi.Theme

// The roles that the screens and their Material parts draw with.
private val light = lightColorScheme(
    primary = Color(0xFF0B5F59),
    onPrimary = Color(0xFFFFFFFF),
    primaryContainer = Color(0xFFBDECE5),
    onPrimaryContainer = Color(0xFF00201D),
    secondaryContainer = Color(0xFFD3EAE6),
    onSecondaryContainer = Color(0xFF051F1E),
    // What needs a person's eye; never alone, always with a sign and a word.
    tertiary = Color(0xFF7A5900),
    tertiaryContainer = Color(0xFFFFE7BD),
    onTertiaryContainer = Color(0xFF261900),
    surface = Color(0xFFF5FAF8),
    onSurface = Color(0xFF171D1C),
    surfaceVariant = Color(0xFFDAE5E2),
    onSurfaceVariant = Color(0xFF3F4947),
    outline = Color(0xFF66706E),
    outlineVariant = Color(0xFFBEC9C6),
    surfaceContainerLow = Color(0xFFFFFFFF),
    surfaceContainer = Color(0xFFEAF1EF),
    surfaceContainerHigh = Color(0xFFE4EBE9),
    surfaceContainerHighest = Color(0xFFDEE6E3),
)

private val dark = darkColorScheme(
    primary = Color(0xFF84D5CB),
    onPrimary = Color(0xFF003733),
    primaryContainer = Color(0xFF00504B),
    onPrimaryContainer = Color(0xFFA0F1E7),
    secondaryContainer = Color(0xFF2C4543),
    onSecondaryContainer = Color(0xFFCCE8E4),
    tertiary = Color(0xFFF5BE48),
    tertiaryContainer = Color(0xFF4A3600),
    onTertiaryContainer = Color(0xFFFFDEA3),
    surface = Color(0xFF0E1514),
    onSurface = Color(0xFFDDE4E2),
    surfaceVariant = Color(0xFF3F4947),
    onSurfaceVariant = Color(0xFFBEC9C6),
    outline = Color(0xFF8B9693),
    outlineVariant = Color(0xFF3F4947),
    surfaceContainerLow = Color(0xFF171E1D),
    surfaceContainer = Color(0xFF1B2221),
    surfaceContainerHigh = Color(0xFF252C2B),
    surfaceContainerHighest = Color(0xFF303736),
)

private val shapes = Shapes(
    small = RoundedCornerShape(10.dp),
    medium = RoundedCornerShape(16.dp),
    large = RoundedCornerShape(22.dp),
    extraLarge = RoundedCornerShape(30.dp),
)

private val plain = Typography()
private val typography = plain.copy(
    displaySmall = plain.displaySmall.copy(fontWeight = FontWeight.Medium, letterSpacing = 0.sp),
    headlineSmall = plain.headlineSmall.copy(fontWeight = FontWeight.Medium),
    titleLarge = plain.titleLarge.copy(fontWeight = FontWeight.Medium),
)

@Composable
fun isDark(theme: Theme): Boolean = when (theme) {
    Theme.SYSTEM -> isSystemInDarkTheme()
    Theme.LIGHT -> false
    Theme.DARK -> true
}

@Composable
fun DakaTheme(darkTheme: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) =
    MaterialTheme(colorScheme = if (darkTheme) dark else light, shapes = shapes, typography = typography, content = content)
