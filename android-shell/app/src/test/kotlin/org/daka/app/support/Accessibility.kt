package org.daka.app.support

import android.graphics.Bitmap
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.semantics.*
import androidx.compose.ui.text.TextLayoutResult
import androidx.core.graphics.ColorUtils

/**
 * What is wrong with a drawn screen, in words. Names and touch areas from the tree as a screen reader gets it, cut text and contrast from each
 * text's own layout and the drawn pixels.
 */
class Accessibility(private val density: Float, private val picture: Bitmap) {
    fun problems(merged: SemanticsNode, unmerged: SemanticsNode): List<String> = targets(merged) + texts(unmerged)

    private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)

    private fun names(node: SemanticsNode): List<String> = node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() +
        node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } +
        listOfNotNull(node.config.getOrNull(SemanticsProperties.EditableText)?.text)

    private fun targets(root: SemanticsNode): List<String> {
        val found = mutableListOf<String>()
        if (all(root).none { it.config.contains(SemanticsProperties.Heading) }) found += "no heading"
        val targets = all(root).filter { it.config.getOrNull(SemanticsActions.OnClick) != null }
        for (node in targets) {
            if (names(node).all(String::isBlank)) found += "nameless: ${node.id}"
            val size = node.touchBoundsInRoot
            if (size.width < 48 * density - 1 || size.height < 48 * density - 1) found += "small: ${names(node)} $size"
        }
        for ((index, one) in targets.withIndex()) {
            for (other in targets.drop(index + 1)) {
                val (a, b) = one.touchBoundsInRoot to other.touchBoundsInRoot
                val both = a.intersect(b)
                if (both.width > 1 && both.height > 1 && both != a && both != b) found += "overlap: ${names(one)} and ${names(other)}"
            }
        }
        return found
    }

    private fun texts(root: SemanticsNode): List<String> = all(root).flatMap { node ->
        val layouts = mutableListOf<TextLayoutResult>()
        node.config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(layouts)
        layouts.flatMap { layout -> cut(node, layout) + broken(layout) + pale(node, layout) }
    }

    private fun cut(node: SemanticsNode, layout: TextLayoutResult): List<String> {
        // A line may be wider than its box only by rounding. A plain text says "overflow" of itself in any case, so that is not asked.
        val wide = (0 until layout.lineCount).any {
            layout.isLineEllipsized(it) ||
                layout.getLineRight(it) - layout.getLineLeft(it) > layout.size.width + 1
        }
        val high = layout.didOverflowHeight || layout.size.height > node.size.height + 1
        return if (wide || high) listOf("cut: ${names(node)}") else emptyList()
    }

    /** A Latin word that goes on in the next line without a hyphen; a long name without spaces has to be broken somewhere. */
    private fun broken(layout: TextLayoutResult): List<String> {
        val text = layout.layoutInput.text.text
        return (0 until layout.lineCount - 1).mapNotNull { line ->
            val end = layout.getLineEnd(line)
            if (end !in 1 until text.length || !latin(text[end - 1]) || !latin(text[end])) return@mapNotNull null
            val word = text.take(end).takeLastWhile { !it.isWhitespace() } + text.drop(end).takeWhile { !it.isWhitespace() }
            if (word.length <= LONG_WORD) "broken: $word" else null
        }
    }

    private fun latin(c: Char) = c in 'a'..'z' || c in 'A'..'Z'

    private fun pale(node: SemanticsNode, layout: TextLayoutResult): List<String> {
        val least = if (layout.layoutInput.style.fontSize.value >= 24) 3.0 else 4.5
        val contrast = contrast(node.boundsInRoot) ?: return emptyList()
        return if (contrast < least) listOf("contrast %.1f: %s".format(contrast, names(node))) else emptyList()
    }

    /** Between the commonest colour, which is the ground, and the one that differs most from it, which is the ink. */
    private fun contrast(bounds: Rect): Double? {
        val left = bounds.left.toInt().coerceAtLeast(0)
        val top = bounds.top.toInt().coerceAtLeast(0)
        val width = bounds.right.toInt().coerceAtMost(picture.width) - left
        val height = bounds.bottom.toInt().coerceAtMost(picture.height) - top
        if (width < 4 || height < 4) return null
        val pixels = IntArray(width * height).also { picture.getPixels(it, 0, width, left, top, width, height) }
        val ground = pixels.toList().groupingBy { it }.eachCount().maxBy { it.value }.key
        return pixels.distinct().maxOf { ColorUtils.calculateContrast(it or OPAQUE, ground or OPAQUE) }
    }

    private companion object {
        const val LONG_WORD = 14
        const val OPAQUE = 0xFF shl 24
    }
}
