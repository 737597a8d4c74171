package org.daka.app.ui

import androidx.compose.foundation.*
import androidx.compose.foundation.layout.*
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.*
import androidx.compose.ui.graphics.*
import androidx.compose.ui.graphics.drawscope.*
import androidx.compose.ui.semantics.*
import androidx.compose.ui.unit.dp
import org.daka.ffi.*

/** Site areas and positions to scale, north up; no map. All lengths are the core's; [spoken] says the same in words. */
@Composable
fun PlacePicture(drawing: PlaceDrawing, spoken: String) {
    val colors = MaterialTheme.colorScheme
    val ground = Modifier.fillMaxWidth().height(168.dp).clip(MaterialTheme.shapes.medium).background(colors.surfaceContainer)
    Canvas(ground.clearAndSetSemantics { contentDescription = spoken }) {
        // The square that the core chose fits into the height; what is beside it is drawn as far as there is room.
        val scale = size.height / drawing.spanM.toFloat()
        fun point(x: Double, y: Double) = Offset(center.x + x.toFloat() * scale, center.y - y.toFloat() * scale)
        for (shape in drawing.shapes) {
            val color = if (shape.chosen) colors.primary else colors.outline
            val (middle, radius) = point(shape.xM, shape.yM) to shape.radiusM.toFloat() * scale
            drawCircle(color.soft, radius, middle)
            drawCircle(color, radius, middle, style = Stroke(2.dp.toPx()))
        }
        for (fix in drawing.fixes) {
            val color = if (fix.chosen) colors.tertiary else colors.outline
            position(point(fix.xM, fix.yM), fix.accuracyM?.let { it.toFloat() * scale }, color, colors.surface)
        }
    }
}

private fun DrawScope.position(at: Offset, doubt: Float?, color: Color, ground: Color) {
    if (doubt != null) {
        val dashes = PathEffect.dashPathEffect(floatArrayOf(6.dp.toPx(), 5.dp.toPx()))
        drawCircle(color.soft, doubt, at)
        drawCircle(color, doubt, at, style = Stroke(1.5.dp.toPx(), pathEffect = dashes))
    }
    drawCircle(ground, 8.dp.toPx(), at)
    drawCircle(color, 5.5.dp.toPx(), at)
}

/** Where true time lies, and what the phone's clock showed; [spoken] says the same in words. */
@Composable
fun TimeBar(bar: IntervalBar, spoken: String) {
    val colors = MaterialTheme.colorScheme
    Canvas(Modifier.fillMaxWidth().height(36.dp).clearAndSetSemantics { contentDescription = spoken }) {
        val middle = size.height / 2
        fun x(fraction: Double) = (fraction.toFloat().coerceIn(0f, 1f)) * size.width
        drawLine(colors.outlineVariant, Offset(0f, middle), Offset(size.width, middle), 2.dp.toPx(), StrokeCap.Round)
        val thick = 14.dp.toPx()
        val (from, to) = x(bar.earliestF) to x(bar.latestF).coerceAtLeast(x(bar.earliestF) + 4.dp.toPx())
        drawRoundRect(colors.primary, Offset(from, middle - thick / 2), Size(to - from, thick), CornerRadius(thick / 2))
        val wall = x(bar.wallF)
        drawLine(colors.tertiary, Offset(wall, 0f), Offset(wall, size.height), 3.dp.toPx(), StrokeCap.Round)
    }
}
