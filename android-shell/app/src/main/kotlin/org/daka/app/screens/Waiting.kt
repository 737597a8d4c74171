package org.daka.app.screens

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.WaitingItem
import org.daka.ffi.WaitingView

/** What is not yet received; [offsetMin] is the phone's, for the time of the next attempt. */
data class WaitingState(val view: WaitingView, val sending: Boolean = false, val offsetMin: Short = 0)

@Composable
fun WaitingScreen(state: WaitingState, onSend: () -> Unit, onExportRefused: () -> Unit, onPunch: (String) -> Unit, onBack: () -> Unit) {
    val queue = state.view.queue
    Page(stringResource(R.string.waiting_title), onBack) {
        if (state.view.items.isEmpty()) {
            Empty(R.drawable.ic_check, stringResource(R.string.waiting_empty))
            return@Page
        }
        Body(stringResource(R.string.waiting_about))
        Panel {
            state.view.whys.forEach { Body(sentence(it)) }
            val next = queue.next
            when {
                state.view.whys.isNotEmpty() -> Unit
                next != null -> Line(stringResource(R.string.waiting_next_attempt, formats().time(next.dueMs, state.offsetMin)), text = next.reason?.let { stringResource(it.textId) })
                queue.waiting > 0uL -> Body(stringResource(R.string.waiting_next_with_network))
            }
            if (queue.unsigned > 0uL) Small(pluralStringResource(R.plurals.waiting_unsigned, queue.unsigned.toInt(), queue.unsigned.toInt()))
            if (state.sending) {
                LinearProgressIndicator(Modifier.fillMaxWidth())
                Small(stringResource(R.string.waiting_sending), Modifier.testTag("sending"))
            } else {
                MainButton(stringResource(R.string.waiting_send_now), Modifier.testTag("send"), onClick = onSend)
            }
        }
        if (queue.putAside > 0uL) Small(pluralStringResource(R.plurals.waiting_put_aside, queue.putAside.toInt(), queue.putAside.toInt()))
        if (queue.refused > 0uL) {
            Notice(pluralStringResource(R.plurals.waiting_refused, queue.refused.toInt(), queue.refused.toInt()))
            SecondButton(stringResource(R.string.waiting_export_refused), Modifier.testTag("export"), R.drawable.ic_share, onExportRefused)
        }
        Panel {
            state.view.items.forEach { Item(it, onPunch) }
            val more = state.view.more.toInt()
            if (more > 0) Small(pluralStringResource(R.plurals.waiting_more, more, more))
        }
    }
}

@Composable
private fun Item(item: WaitingItem, onPunch: (String) -> Unit) {
    val since = stringResource(R.string.waiting_since, formats().moment(item.sinceMs, item.offsetMin))
    val about = if (item.photos > 0) stringResource(R.string.common_pair, since, pluralStringResource(R.plurals.waiting_photos, item.photos, item.photos)) else since
    val line = item.punch
    val what = pluralStringResource(R.plurals.waiting_entries, item.entries, item.entries)
    Line(
        line?.let { name(it) } ?: stringResource(item.kind.textId),
        Modifier.testTag("waiting-item"),
        text = about + "\n" + stringResource(item.state.textId) + if (item.entries > 1) "\n$what" else "",
        sign = sign(item.state),
        onClick = line?.let { { onPunch(it.id) } },
    )
}
