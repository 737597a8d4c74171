package org.daka.app.screens

import androidx.compose.foundation.layout.*
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.*
import androidx.compose.ui.semantics.*
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.daka.app.R
import org.daka.app.platform.LocationStanding
import org.daka.app.texts.nextId
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** All that the screen shows. */
data class TodayState(
    val home: HomeState,
    val location: LocationStanding,
    val place: Precheck? = null,
    val looking: Boolean = false,
    val refusedForGood: Boolean = false,
    val failure: FailureCode? = null,
)

/** All that it can ask for. */
data class TodayActions(
    val punch: (Asked) -> Unit = {},
    val checkPlace: () -> Unit = {},
    val allowLocation: () -> Unit = {},
    val appSettings: () -> Unit = {},
    val locationSettings: () -> Unit = {},
    val field: () -> Unit = {},
    val record: () -> Unit = {},
    val waiting: () -> Unit = {},
    val settings: () -> Unit = {},
    val open: (String) -> Unit = {},
)

@Composable
fun TodayScreen(state: TodayState, actions: TodayActions) {
    val home = state.home
    Page(
        formats().date(home.date),
        actions = {
            IconAction(R.drawable.ic_settings, R.string.settings_title, actions.settings, Modifier.testTag("settings"))
        },
    ) {
        Small(stringResource(R.string.common_pair, home.employer?.employer.orEmpty(), home.employer?.employee.orEmpty()))
        home.zone?.let { Small(stringResource(R.string.today_zone, it)) }
        Troubles(state)
        PunchButton(home, actions.punch)
        SecondButton(stringResource(R.string.today_field), Modifier.testTag("field"), R.drawable.ic_bag, actions.field)
        OtherKinds(actions.punch)
        QueueLine(home, actions.waiting)
        PlacePanel(state, actions)
        Panel(title = stringResource(R.string.today_punches)) {
            val spoken = stringResource(R.string.a11y_timeline)
            if (home.today.isEmpty()) return@Panel Body(stringResource(R.string.today_no_punches))
            Column(Modifier.semantics { contentDescription = spoken }) {
                home.today.forEach { PunchRow(it, actions.open) }
            }
        }
        Panel {
            Line(stringResource(R.string.record_title), Modifier.testTag("record"), sign = plain(R.drawable.ic_calendar), onClick = actions.record)
        }
    }
}

@Composable
private fun plain(icon: Int) = MaterialTheme.colorScheme.run { Sign(icon, onSecondaryContainer, secondaryContainer) }

@Composable
private fun Troubles(state: TodayState) {
    val storage = state.home.storage
    if (storage.movedAside != null) Notice(stringResource(R.string.today_moved_aside))
    if (storage.damaged.isNotEmpty() || storage.structureDamaged) Notice(stringResource(R.string.today_damaged))
    if (state.failure != null) Notice(stringResource(R.string.common_sentences, stringResource(state.failure.textId), stringResource(state.failure.nextId)))
}

/** Never greyed out: a punch is kept wherever and whenever it is made. */
@Composable
private fun PunchButton(home: HomeState, onPunch: (Asked) -> Unit) {
    val kind = stringResource(home.offer.textId)
    val why = home.offerWhys.map { sentence(it) }.joinToString(" ")
    val spoken = stringResource(R.string.a11y_punch_button, kind, why)
    Button(
        onClick = { onPunch(home.offer) },
        modifier = Modifier.fillMaxWidth().heightIn(min = 152.dp).testTag("punch").clearAndSetSemanticsKeepingClick(spoken),
        shape = MaterialTheme.shapes.extraLarge,
    ) {
        Column(Modifier.padding(vertical = 12.dp), horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Text(kind, style = MaterialTheme.typography.displaySmall, textAlign = TextAlign.Center)
            if (why.isNotEmpty()) Text(why, style = MaterialTheme.typography.bodyMedium, textAlign = TextAlign.Center)
        }
    }
}

private fun Modifier.clearAndSetSemanticsKeepingClick(spoken: String) = semantics { contentDescription = spoken }

@Composable
private fun OtherKinds(onPunch: (Asked) -> Unit) {
    var open by rememberSaveable { mutableStateOf(false) }
    Box(Modifier.fillMaxWidth()) {
        TextButton({ open = true }, Modifier.fillMaxWidth().heightIn(min = 48.dp).testTag("other")) {
            Text(stringResource(R.string.today_other_kind), Modifier.weight(1f, fill = false), textAlign = TextAlign.Center)
            Icon(painterResource(R.drawable.ic_more), null, Modifier.padding(start = 4.dp).size(20.dp))
        }
        DropdownMenu(open, { open = false }) {
            Small(stringResource(R.string.today_choose_kind), Modifier.padding(horizontal = 16.dp, vertical = 8.dp))
            for (asked in CHOICES) {
                DropdownMenuItem({ Text(stringResource(asked.textId), style = MaterialTheme.typography.bodyLarge) }, {
                    open = false
                    onPunch(asked)
                }, Modifier.heightIn(min = 48.dp))
            }
        }
    }
}

@Composable
private fun QueueLine(home: HomeState, onOpen: () -> Unit) {
    val queue = home.queue
    val waits = (queue.waiting + queue.photos).toInt()
    if (waits == 0 && queue.refused == 0uL && queue.putAside == 0uL) {
        if (home.recent.isNotEmpty()) Small(stringResource(R.string.today_all_received), Modifier.fillMaxWidth().padding(horizontal = 4.dp))
        return
    }
    val spoken = pluralStringResource(R.plurals.a11y_badge, waits, waits)
    Panel(Modifier.testTag("queue")) {
        Line(
            pluralStringResource(R.plurals.today_waiting, waits, waits),
            Modifier.clearAndSetSemanticsKeepingClick(spoken),
            text = queue.next?.reason?.let { stringResource(it.textId) },
            sign = plain(R.drawable.ic_upload),
            onClick = onOpen,
        )
    }
}

@Composable
private fun PlacePanel(state: TodayState, actions: TodayActions) {
    Panel(title = stringResource(R.string.today_place)) {
        val place = state.place
        val (sentence, step, action) = locationStep(state, actions)
        if (place != null) PlaceParts(place) else if (sentence == null) Body(stringResource(if (state.looking) R.string.today_place_measuring else R.string.today_place_not_read))
        if (sentence != null) Notice(sentence, action = step, onAction = action)
        Small(stringResource(R.string.today_place_stays))
        if (sentence == null || state.location == LocationStanding.APPROXIMATE) {
            SecondButton(stringResource(if (state.looking) R.string.today_place_measuring else R.string.today_place_check), Modifier.testTag("check"), R.drawable.ic_place, actions.checkPlace)
        }
        HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
        Line(stringResource(state.home.word.textId), text = stringResource(R.string.today_time), sign = plain(R.drawable.ic_clock))
    }
}

/** What keeps the place from being known, and the step that helps. */
@Composable
private fun locationStep(state: TodayState, actions: TodayActions): Triple<String?, String?, () -> Unit> {
    val settings = stringResource(R.string.common_open_settings)
    return when {
        !state.home.locationConsent -> Triple(null, null) {}
        state.location == LocationStanding.ASK && state.refusedForGood ->
            Triple(stringResource(R.string.refusals_location_denied_for_good), settings, actions.appSettings)
        state.location == LocationStanding.ASK -> Triple(stringResource(R.string.refusals_location_denied), stringResource(R.string.refusals_location_ask), actions.allowLocation)
        state.location == LocationStanding.OFF -> Triple(stringResource(R.string.refusals_location_off), settings, actions.locationSettings)
        state.location == LocationStanding.APPROXIMATE -> Triple(stringResource(R.string.refusals_precise_off), settings, actions.appSettings)
        else -> Triple(null, null) {}
    }
}

@Composable
private fun PlaceParts(place: Precheck) {
    val verdict = stringResource(place.place.verdict.textId)
    Line(place.siteName?.let { stringResource(R.string.today_site, it, verdict) } ?: verdict, text = distance(place.place), sign = sign(place.place.verdict))
    place.drawing?.let { PlacePicture(it, spoken(place.place.verdict, place.siteName.orEmpty())) }
    place.whys.forEach { Small(sentence(it)) }
}

/** The drawing in words. */
@Composable
fun spoken(verdict: Verdict, site: String): String = when (verdict) {
    Verdict.INSIDE -> stringResource(R.string.a11y_drawing_inside, site)
    Verdict.OUTSIDE -> stringResource(R.string.a11y_drawing_outside, site)
    Verdict.UNCERTAIN -> stringResource(R.string.a11y_drawing_uncertain, site)
    Verdict.NOT_EVALUATED -> stringResource(R.string.a11y_drawing_no_fix)
}

@Composable
fun distance(place: PlaceState): String? {
    val distance = place.distanceMm ?: return null
    val formats = formats()
    val doubt = formats.metres((place.sigmaMm ?: 0uL).toDouble() / 1_000)
    val edge = formats.metres(distance / 1_000.0)
    return stringResource(if (distance < 0) R.string.today_distance_inside else R.string.today_distance_outside, edge, doubt)
}

/** A punch in a list. */
@Composable
fun PunchRow(line: PunchLine, onOpen: (String) -> Unit) {
    val formats = formats()
    val plain = formats.time(line.wallMs, line.offsetMin)
    val time = if (line.otherOffset) stringResource(R.string.common_time_zone, plain, formats.zone(line.offsetMin)) else plain
    val place = stringResource((line.place?.verdict ?: Verdict.NOT_EVALUATED).textId)
    val state = stringResource(line.state.textId)
    val spoken = stringResource(R.string.a11y_punch_line, name(line), time, place, state)
    Line(
        name(line),
        Modifier.testTag("line").clearAndSetSemanticsKeepingClick(spoken),
        text = stringResource(R.string.common_pair, place, state),
        sign = sign(line.state),
        end = time,
        onClick = { onOpen(line.id) },
    )
}
