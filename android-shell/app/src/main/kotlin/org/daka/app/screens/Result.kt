package org.daka.app.screens

import androidx.compose.foundation.*
import androidx.compose.foundation.layout.*
import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.ui.Modifier
import androidx.compose.ui.hapticfeedback.HapticFeedbackType
import androidx.compose.ui.platform.*
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.*
import androidx.compose.ui.unit.dp
import org.daka.app.Fresh
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** What a tap gave, and how it goes on: the place while it is measured, and where the punch stands. */
data class ResultState(val fresh: Fresh, val state: PunchState, val note: String = "", val noteKept: Boolean = false)

data class ResultActions(val write: (String) -> Unit = {}, val note: () -> Unit = {}, val photo: () -> Unit = {}, val done: () -> Unit = {})

@Composable
fun ResultContent(state: ResultState, actions: ResultActions) {
    val (result, place, measuring) = state.fresh
    val formats = formats()
    val haptic = LocalHapticFeedback.current
    LaunchedEffect(result.id) { haptic.performHapticFeedback(HapticFeedbackType.Confirm) }
    val sheet = Modifier.fillMaxWidth().verticalScroll(rememberScrollState()).padding(horizontal = 20.dp).padding(bottom = 24.dp)
    Column(sheet, Arrangement.spacedBy(12.dp)) {
        val time = formats.seconds(result.wallMs, result.offsetMin)
        val kept = stringResource(R.string.result_kept, stringResource(result.asked.textId), time)
        Text(kept, Modifier.announced().semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
        Small(stringResource(R.string.common_pair, formats.zone(result.wallMs, result.offsetMin), stringResource(result.word.textId)))
        if (result.repeated) Notice(stringResource(R.string.result_repeated))
        Box(Modifier.announced()) { Line(stringResource(state.state.textId), "state", sign = sign(state.state)) }
        val verdict = place?.verdict ?: Verdict.NOT_EVALUATED
        if (place != null || measuring) {
            val text = place?.let { distance(it) ?: it.reasons.firstOrNull()?.let { why -> stringResource(why.textId) } }
            Line(stringResource(verdict.textId), "place", text, sign(verdict))
        }
        if (measuring) {
            Working(stringResource(R.string.result_measuring_more), "measuring")
        } else {
            place?.help?.let { Body(stringResource(it.textId)) }
        }
        result.leftOut.forEach { Notice(stringResource(R.string.result_left_out, stringResource(it.code.textId))) }
        // The others have a line of their own above.
        result.whys.filter { it.code != WhyCode.REPEATED && it.code != WhyCode.LEFT_OUT }.forEach { Small(sentence(it)) }
        if (state.noteKept) Body(stringResource(R.string.result_note_kept)) else NoteField(state.note, actions)
        SecondButton(stringResource(R.string.result_add_photo), "photo", R.drawable.ic_camera, actions.photo)
        MainButton(stringResource(R.string.common_done), "done", actions.done)
    }
}

@Composable
private fun NoteField(text: String, actions: ResultActions) {
    TextBox(text, actions.write, "note", R.string.field_note)
    if (text.isNotBlank()) SecondButton(stringResource(R.string.result_add_note), "keep-note", onClick = actions.note)
}
