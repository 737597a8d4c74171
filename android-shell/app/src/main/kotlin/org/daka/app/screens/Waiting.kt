package org.daka.app.screens

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.*
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

@Composable
fun WaitingScreen(
    state: WaitingState,
    sending: Boolean,
    onSend: () -> Unit,
    onExportRefused: () -> Unit,
    onPunch: (String) -> Unit,
    onBack: () -> Unit,
) {
    val (view) = state
    val queue = view.queue
    Page(stringResource(R.string.waiting_title), onBack) {
        if (view.items.isEmpty()) return@Page Empty(R.drawable.ic_check, stringResource(R.string.waiting_empty))
        Body(stringResource(R.string.waiting_about))
        Panel {
            view.whys.forEach { Body(sentence(it)) }
            if (view.whys.isEmpty()) NextAttempt(queue, state.offsetMin)
            if (queue.unsigned > 0uL) Small(counted(R.plurals.waiting_unsigned, queue.unsigned))
            if (queue.photos > 0uL && state.saver) Small(stringResource(R.string.waiting_photos_for_wifi))
            if (sending) {
                Working(stringResource(R.string.waiting_sending), "sending")
            } else {
                MainButton(stringResource(R.string.waiting_send_now), "send", onSend)
            }
        }
        if (queue.putAside > 0uL) Small(counted(R.plurals.waiting_put_aside, queue.putAside))
        if (queue.refused > 0uL) {
            Notice(counted(R.plurals.waiting_refused, queue.refused))
            SecondButton(stringResource(R.string.waiting_export_refused), "export", R.drawable.ic_share, onExportRefused)
        }
        Panel {
            view.items.forEach { Item(it, onPunch) }
            if (view.more > 0uL) Small(counted(R.plurals.waiting_more, view.more))
        }
    }
}

@Composable
private fun NextAttempt(queue: QueueState, offsetMin: Short) {
    val next = queue.next ?: return if (queue.waiting > 0uL) Body(stringResource(R.string.waiting_next_with_network)) else Unit
    val time = formats().time(next.dueMs, offsetMin)
    Line(stringResource(R.string.waiting_next_attempt, time), text = next.reason?.let { stringResource(it.textId) })
}

@Composable
private fun Item(item: WaitingItem, onPunch: (String) -> Unit) {
    val since = stringResource(R.string.waiting_since, formats().moment(item.sinceMs, item.offsetMin))
    val photos = pluralStringResource(R.plurals.waiting_photos, item.photos, item.photos)
    val line = item.punch
    val facts = listOfNotNull(
        if (item.photos > 0) stringResource(R.string.common_pair, since, photos) else since,
        stringResource(item.state.textId),
        if (item.entries > 1) pluralStringResource(R.plurals.waiting_entries, item.entries, item.entries) else null,
    )
    val name = line?.let { name(it) } ?: stringResource(item.kind.textId)
    Line(name, "waiting-item", facts.joinToString("\n"), sign(item.state), onClick = line?.let { { onPunch(it.id) } })
}
