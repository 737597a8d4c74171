package org.daka.app.screens

import android.graphics.Bitmap
import androidx.compose.foundation.*
import androidx.compose.foundation.layout.*
import androidx.compose.material3.*
import androidx.compose.runtime.Composable
import androidx.compose.ui.*
import androidx.compose.ui.draw.clip
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.*
import androidx.compose.ui.semantics.*
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

@Composable
fun MonthScreen(view: MonthView, onMonth: (Int) -> Unit, onDay: (String) -> Unit, onExport: () -> Unit, onBack: () -> Unit) {
    val formats = formats()
    // A day is a target of its own: seven of them need the whole width.
    Page(stringResource(R.string.record_title), onBack, margin = 8.dp) {
        Row(Modifier.padding(start = 8.dp), verticalAlignment = Alignment.CenterVertically) {
            val heading = Modifier.weight(1f).semantics { heading() }
            Text(formats.month(view.year, view.month), heading, style = MaterialTheme.typography.titleMedium)
            if (view.previous) IconAction(R.drawable.ic_previous, R.string.record_previous_month, "previous") { onMonth(-1) }
            if (view.next) IconAction(R.drawable.ic_forward, R.string.record_next_month, "next") { onMonth(1) }
        }
        Panel(inner = 0.dp) {
            Column {
                Row(Modifier.clearAndSetSemantics {}) {
                    for (day in 0..6) {
                        val name = formats.weekday((view.firstWeekday + day - 1) % 7 + 1)
                        val color = MaterialTheme.colorScheme.onSurfaceVariant
                        Text(name, Modifier.weight(1f), color, style = MaterialTheme.typography.labelMedium, textAlign = TextAlign.Center)
                    }
                }
                for (week in weeks(view)) {
                    Row { week.forEach { day -> Box(Modifier.weight(1f)) { if (day != null) DayCell(day, onDay) } } }
                }
            }
            Column(Modifier.padding(horizontal = 20.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) { Legend() }
        }
        if (view.days.all { it.punches == 0 }) {
            Empty(R.drawable.ic_calendar, stringResource(R.string.record_no_punches_month))
        } else {
            Export(R.string.record_export_month, onExport)
        }
    }
}

@Composable
private fun Export(name: Int, onExport: () -> Unit) {
    SecondButton(stringResource(name), "export", R.drawable.ic_share, onExport)
    Small(stringResource(R.string.record_export_about))
}

/** Days in rows of seven, with room before the first. */
private fun weeks(view: MonthView): List<List<DayMark?>> {
    val before = view.days.firstOrNull()?.let { (it.weekday - view.firstWeekday + 7) % 7 } ?: 0
    val cells = List<DayMark?>(before) { null } + view.days
    return cells.chunked(7).map { week -> week + List(7 - week.size) { null } }
}

@Composable
private fun DayCell(day: DayMark, onDay: (String) -> Unit) {
    val colors = MaterialTheme.colorScheme
    val punches = pluralStringResource(R.plurals.record_punches, day.punches, day.punches)
    val spoken = stringResource(R.string.a11y_day, formats().date(day.date), punches, stringResource(day.mark.textId))
    val tap = if (day.punches > 0) Modifier.clickable(role = Role.Button) { onDay(day.date) } else Modifier
    val cell = Modifier.fillMaxWidth().heightIn(min = 52.dp).clip(MaterialTheme.shapes.small).then(tap).spoken(spoken)
    Column(cell.testTag("day-${day.day}"), Arrangement.Center, Alignment.CenterHorizontally) {
        val ring = if (day.today) Modifier.border(1.5.dp, colors.primary, MaterialTheme.shapes.small) else Modifier
        Box(ring.fillMaxWidth(), contentAlignment = Alignment.Center) {
            val ink = if (day.punches > 0) colors.onSurface else colors.onSurfaceVariant
            Text("${day.day}", color = ink, style = MaterialTheme.typography.bodyLarge)
        }
        Mark(day.mark)
    }
}

/** Each kind has a shape of its own, so that no meaning is in the colour alone. */
@Composable
private fun Mark(mark: DayMarkKind) {
    val colors = MaterialTheme.colorScheme
    val (icon, ink) = when (mark) {
        DayMarkKind.NONE -> null to colors.outline
        DayMarkKind.OK -> R.drawable.ic_check to colors.primary
        DayMarkKind.WAITING -> R.drawable.ic_phone to colors.onSurfaceVariant
        DayMarkKind.ATTENTION -> R.drawable.ic_info to colors.tertiary
    }
    Box(Modifier.size(18.dp)) { if (icon != null) Icon(painterResource(icon), null, tint = ink) }
}

@Composable
private fun Legend() {
    for (mark in listOf(DayMarkKind.OK, DayMarkKind.WAITING, DayMarkKind.ATTENTION)) {
        Row(horizontalArrangement = Arrangement.spacedBy(10.dp), verticalAlignment = Alignment.CenterVertically) {
            Mark(mark)
            Small(stringResource(mark.textId))
        }
    }
}

@Composable
fun DayScreen(view: DayView, onDay: (String) -> Unit, onPunch: (String) -> Unit, onExport: () -> Unit, onBack: () -> Unit) {
    Page(formats().date(view.date), onBack, actions = {
        view.previous?.let { IconAction(R.drawable.ic_previous, R.string.record_previous_day, "previous") { onDay(it) } }
        view.next?.let { IconAction(R.drawable.ic_forward, R.string.record_next_day, "next") { onDay(it) } }
    }) {
        if (view.punches.isEmpty()) {
            Empty(R.drawable.ic_calendar, stringResource(R.string.record_no_punches_day))
        } else {
            Panel { view.punches.forEach { PunchRow(it, onPunch) } }
            Export(R.string.record_export_day, onExport)
        }
    }
}

@Composable
fun PunchScreen(detail: PunchDetail, pictures: Map<String, Bitmap>, onExport: () -> Unit, onBack: () -> Unit) {
    val line = detail.line
    val formats = formats()
    Page(name(line), onBack) {
        Panel {
            Text(formats.seconds(line.wallMs, line.offsetMin), style = MaterialTheme.typography.displaySmall)
            val date = formats.date(line.date)
            Small(if (line.otherOffset) stringResource(R.string.common_pair, date, formats.zone(line.wallMs, line.offsetMin)) else date)
            Line(stringResource(line.state.textId), sign = sign(line.state))
        }
        Panel(title = stringResource(R.string.common_why)) { detail.whys.forEach { Body(sentence(it)) } }
        TimePanel(detail)
        line.place?.let { Panel(title = stringResource(R.string.record_place)) { PlaceParts(it, detail.siteName, detail.drawing) } }
        if (detail.photos.isNotEmpty()) {
            Panel(title = stringResource(R.string.record_photos)) {
                detail.photos.forEachIndexed { index, photo -> PhotoPart(photo, pictures[photo.digest], index + 1, detail.photos.size) }
            }
        }
        if (detail.notes.isNotEmpty() || detail.visits.isNotEmpty()) {
            Panel {
                detail.visits.forEach { Line(it, text = stringResource(R.string.record_visit)) }
                detail.notes.forEach { Line(it, text = stringResource(R.string.record_notes)) }
            }
        }
        ProofPanel(detail)
        if (detail.signals.isNotEmpty()) {
            Panel(title = stringResource(R.string.record_signals)) {
                detail.signals.forEach { Body(stringResource(it.textId)) }
                Small(stringResource(R.string.record_signals_note))
            }
        }
        Export(R.string.record_export_punch, onExport)
    }
}

@Composable
private fun TimePanel(detail: PunchDetail) {
    val formats = formats()
    val offset = detail.line.offsetMin
    val earliest = detail.interval.earliestMs?.let { formats.seconds(it, offset) }
    val latest = detail.interval.latestMs?.let { formats.seconds(it, offset) }
    val wall = formats.seconds(detail.line.wallMs, offset)
    Panel(title = stringResource(R.string.record_time)) {
        Body(stringResource(detail.word.textId))
        val closed = earliest != null && latest != null
        val open = stringResource(R.string.a11y_interval_open, wall)
        detail.bar?.let { TimeBar(it, if (closed) stringResource(R.string.a11y_interval, earliest, latest, wall) else open) }
        when {
            closed -> Small(stringResource(R.string.record_interval, earliest, latest))
            earliest != null -> Small(stringResource(R.string.record_not_before, earliest))
            latest != null -> Small(stringResource(R.string.record_not_after, latest))
        }
        Small(stringResource(R.string.record_phone_clock, wall))
    }
}

@Composable
private fun PhotoPart(photo: PhotoInfo, picture: Bitmap?, number: Int, total: Int) {
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        if (picture != null) Picture(picture, stringResource(R.string.a11y_photo, number, total))
        Body(stringResource(R.string.field_photo_number, number, total))
        Small(stringResource(R.string.record_photo_code, photo.shortCode))
        val origin = stringResource(if (photo.capturedInApp) R.string.record_photo_in_app else R.string.record_photo_gallery)
        Small(stringResource(R.string.common_pair, origin, stringResource(photo.state.textId)))
    }
}

@Composable
private fun ProofPanel(detail: PunchDetail) {
    Panel(title = stringResource(R.string.record_receipt)) {
        val receipt = detail.receipt
        if (receipt == null) {
            Body(stringResource(R.string.record_no_receipt))
        } else {
            Body(stringResource(R.string.record_received_at, formats().moment(receipt.receivedMs, detail.line.offsetMin)))
            Small(stringResource(R.string.record_log_place, receipt.logIndex.toLong(), receipt.treeSize.toLong()))
        }
        Rule()
        Line(stringResource(detail.signature.textId), text = stringResource(R.string.record_signature))
    }
}
