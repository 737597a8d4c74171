package org.daka.app.screens

import androidx.compose.foundation.layout.*
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.*
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.*
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.daka.app.R
import org.daka.app.platform.LocationStanding
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** All that the screen shows; [several] is whether there is another employer to switch to. */
data class TodayState(
    val home: HomeState,
    val location: LocationStanding,
    val place: Precheck? = null,
    val looking: Boolean = false,
    val refusedForGood: Boolean = false,
    val several: Boolean = false,
    val clockWasSet: Boolean = false,
)

/** All that it can ask for. */
data class TodayActions(
    val punch: (Asked) -> Unit = {},
    val checkPlace: () -> Unit = {},
    val steps: PlaceSteps = PlaceSteps(),
    val go: (String) -> Unit = {},
)

/** What helps where the place cannot be known. */
data class PlaceSteps(val allow: () -> Unit = {}, val appSettings: () -> Unit = {}, val locationSettings: () -> Unit = {})

@Composable
fun TodayScreen(state: TodayState, actions: TodayActions) {
    val home = state.home
    Page(formats().date(home.date), actions = {
        if (state.several) IconAction(R.drawable.ic_swap, R.string.settings_switch, "switch") { actions.go("employers") }
        IconAction(R.drawable.ic_settings, R.string.settings_title, "settings") { actions.go("settings") }
    }) {
        home.employer?.let { Small(stringResource(R.string.common_pair, it.employer, it.employee)) }
        home.zone?.let { formats().otherZone(it) }?.let { Small(stringResource(R.string.today_zone, it)) }
        if (state.clockWasSet) Notice(stringResource(R.string.refusals_clock_changed))
        if (home.storage.movedAside != null) Notice(stringResource(R.string.today_moved_aside))
        if (home.storage.damaged.isNotEmpty() || home.storage.structureDamaged) Notice(stringResource(R.string.today_damaged))
        PunchButton(home, actions.punch)
        SecondButton(stringResource(R.string.today_field), "field", R.drawable.ic_bag) { actions.go("field") }
        OtherKinds(actions.punch)
        QueueLine(home) { actions.go("waiting") }
        PlacePanel(state, actions)
        Panel(title = stringResource(R.string.today_punches)) {
            if (home.today.isEmpty()) return@Panel Body(stringResource(R.string.today_no_punches))
            Column(Modifier.spoken(stringResource(R.string.a11y_timeline))) {
                home.today.forEach { PunchRow(it) { id -> actions.go("punch/$id") } }
            }
        }
        Panel { Line(stringResource(R.string.record_title), "record", sign = calm(R.drawable.ic_calendar)) { actions.go("record") } }
    }
}

/** Never greyed out: a punch is kept wherever and whenever it is made. */
@Composable
private fun PunchButton(home: HomeState, onPunch: (Asked) -> Unit) {
    val kind = stringResource(home.offer.textId)
    val why = home.offerWhys.map { sentence(it) }.joinToString(" ")
    val spoken = stringResource(R.string.a11y_punch_button, kind, why)
    val place = Modifier.fillMaxWidth().heightIn(min = 152.dp).testTag("punch").spoken(spoken)
    Button({ onPunch(home.offer) }, place, shape = MaterialTheme.shapes.extraLarge) {
        Column(Modifier.padding(vertical = 12.dp), Arrangement.spacedBy(8.dp), Alignment.CenterHorizontally) {
            Text(kind, style = MaterialTheme.typography.displaySmall, textAlign = TextAlign.Center)
            if (why.isNotEmpty()) Text(why, style = MaterialTheme.typography.bodyMedium, textAlign = TextAlign.Center)
        }
    }
}

@Composable
private fun OtherKinds(onPunch: (Asked) -> Unit) {
    var open by rememberSaveable { mutableStateOf(false) }
    Box(Modifier.fillMaxWidth()) {
        QuietButton(stringResource(R.string.today_other_kind), "other", R.drawable.ic_more) { open = true }
        DropdownMenu(open, { open = false }) {
            Small(stringResource(R.string.today_choose_kind), Modifier.padding(horizontal = 16.dp, vertical = 8.dp))
            for (asked in CHOICES) {
                val punch = {
                    open = false
                    onPunch(asked)
                }
                DropdownMenuItem({ Body(stringResource(asked.textId)) }, punch, Modifier.heightIn(min = 48.dp))
            }
        }
    }
}

@Composable
private fun QueueLine(home: HomeState, onOpen: () -> Unit) {
    val queue = home.queue
    val waits = queue.waiting + queue.photos
    if (waits == 0uL && queue.refused == 0uL && queue.putAside == 0uL) {
        if (home.recent.isNotEmpty()) Small(stringResource(R.string.today_all_received), Modifier.fillMaxWidth().padding(horizontal = 4.dp))
        return
    }
    Panel("queue") {
        val why = queue.next?.reason?.let { stringResource(it.textId) }
        val spoken = counted(R.plurals.a11y_badge, waits)
        Line(counted(R.plurals.today_waiting, waits), text = why, sign = calm(R.drawable.ic_upload), spoken = spoken, onClick = onOpen)
    }
}

@Composable
private fun PlacePanel(state: TodayState, actions: TodayActions) = Panel(title = stringResource(R.string.today_place)) {
    val place = state.place
    val step = placeStep(state, actions.steps)
    val looking = stringResource(R.string.today_place_measuring)
    if (place != null) {
        PlaceParts(place.place, place.siteName, place.drawing)
        place.whys.forEach { Small(sentence(it)) }
    } else if (step == null) {
        Body(if (state.looking) looking else stringResource(R.string.today_place_not_read))
    }
    if (step != null) Notice(step)
    Small(stringResource(R.string.today_place_stays))
    if (step == null || place != null || state.location == LocationStanding.APPROXIMATE) {
        val name = if (state.looking) looking else stringResource(R.string.today_place_check)
        SecondButton(name, "check", R.drawable.ic_place, actions.checkPlace)
    }
    Rule()
    Line(stringResource(state.home.word.textId), text = stringResource(R.string.today_time), sign = calm(R.drawable.ic_clock))
}

/** What keeps the place from being known, and the step that helps. */
@Composable
private fun placeStep(state: TodayState, steps: PlaceSteps): Step? {
    val settings = stringResource(R.string.common_open_settings)
    val asked = state.location == LocationStanding.ASK
    return when {
        !state.home.locationConsent -> null
        asked && state.refusedForGood -> Step(stringResource(R.string.refusals_location_denied_for_good), settings, steps.appSettings)
        asked -> Step(stringResource(R.string.refusals_location_denied), stringResource(R.string.refusals_location_ask), steps.allow)
        state.location == LocationStanding.OFF -> Step(stringResource(R.string.refusals_location_off), settings, steps.locationSettings)
        state.location == LocationStanding.APPROXIMATE -> Step(stringResource(R.string.refusals_precise_off), settings, steps.appSettings)
        state.place?.place?.reasons?.contains(VerdictReason.MOCK_FIX) == true -> Step(stringResource(R.string.refusals_mock_location))
        else -> null
    }
}

/** The verdict in words, and in a drawing that says the same. */
@Composable
fun PlaceParts(place: PlaceState, siteName: String?, drawing: PlaceDrawing?) {
    val verdict = stringResource(place.verdict.textId)
    val named = siteName?.takeIf { it.isNotBlank() }
    Line(named?.let { stringResource(R.string.today_site, it, verdict) } ?: verdict, text = distance(place), sign = sign(place.verdict))
    val site = siteOr(siteName)
    val spoken = when (place.verdict) {
        Verdict.INSIDE -> stringResource(R.string.a11y_drawing_inside, site)
        Verdict.OUTSIDE -> stringResource(R.string.a11y_drawing_outside, site)
        Verdict.UNCERTAIN -> stringResource(R.string.a11y_drawing_uncertain, site)
        Verdict.NOT_EVALUATED -> stringResource(R.string.a11y_drawing_no_fix)
    }
    drawing?.let { PlacePicture(it, spoken) }
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
    val time = if (line.otherOffset) stringResource(R.string.common_time_zone, plain, formats.zone(line.wallMs, line.offsetMin)) else plain
    val place = stringResource((line.place?.verdict ?: Verdict.NOT_EVALUATED).textId)
    val state = stringResource(line.state.textId)
    Line(
        name(line),
        "line",
        stringResource(R.string.common_pair, place, state),
        sign(line.state),
        time,
        stringResource(R.string.a11y_punch_line, name(line), time, place, state),
    ) { onOpen(line.id) }
}
