package org.daka.app.screens

import androidx.compose.material3.*
import androidx.compose.runtime.*
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.res.stringResource
import org.daka.app.R
import org.daka.app.texts.textId
import org.daka.app.ui.*
import org.daka.ffi.*

/** Reminders of this employee; [mayShow] is whether the phone shows this app's notifications. */
data class RemindersState(val reminders: List<Reminder>, val mayShow: Boolean, val refusedForGood: Boolean = false)

data class RemindersActions(
    val change: (List<Reminder>) -> Unit = {},
    val allow: () -> Unit = {},
    val appSettings: () -> Unit = {},
    val back: () -> Unit = {},
)

private const val WORKING_DAYS = 0b0011111
private const val ALL_DAYS = 0b1111111

@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun RemindersScreen(state: RemindersState, actions: RemindersActions) {
    var timing by rememberSaveable { mutableStateOf<Int?>(null) }
    fun replace(index: Int, changed: Reminder?) =
        actions.change(state.reminders.flatMapIndexed { at, reminder -> listOfNotNull(if (at == index) changed else reminder) })
    Page(stringResource(R.string.reminders_title), actions.back) {
        Body(stringResource(R.string.reminders_about))
        if (!state.mayShow) Notice(notificationStep(state.refusedForGood, actions))
        if (state.reminders.isEmpty()) Empty(R.drawable.ic_clock, stringResource(R.string.reminders_empty))
        state.reminders.forEachIndexed { index, reminder -> ReminderPanel(reminder, { timing = index }) { replace(index, it) } }
        SecondButton(stringResource(R.string.reminders_add), "add", R.drawable.ic_add) {
            actions.change(state.reminders + Reminder("", 9 * 60, WORKING_DAYS, Asked.IN, true))
        }
        Small(stringResource(R.string.reminders_inexact))
    }
    val index = timing ?: return
    val reminder = state.reminders.getOrNull(index) ?: return
    val picker = rememberTimePickerState(reminder.minuteOfDay / 60, reminder.minuteOfDay % 60, is24Hour = true)
    val save = {
        timing = null
        replace(index, reminder.copy(minuteOfDay = picker.hour * 60 + picker.minute))
    }
    Question(stringResource(R.string.reminders_time), stringResource(R.string.common_save), save, { timing = null }) { TimeInput(picker) }
}

@Composable
private fun notificationStep(refusedForGood: Boolean, actions: RemindersActions) = if (refusedForGood) {
    Step(stringResource(R.string.refusals_notifications_denied), stringResource(R.string.common_open_settings), actions.appSettings)
} else {
    Step(stringResource(R.string.refusals_notifications_why), stringResource(R.string.refusals_notifications_ask), actions.allow)
}

@Composable
private fun ReminderPanel(reminder: Reminder, onTime: () -> Unit, onChange: (Reminder?) -> Unit) = Panel {
    val formats = formats()
    val time = formats.minuteOfDay(reminder.minuteOfDay)
    val title = stringResource(R.string.reminders_due, stringResource(reminder.asked.textId), time)
    SwitchLine(title, reminder.on, "reminder", days(reminder.weekdays)) { onChange(reminder.copy(on = it)) }
    Line(stringResource(R.string.reminders_time), "time", end = time, onClick = onTime)
    Small(stringResource(R.string.reminders_days))
    Chips(0..6, { formats.weekdayName(it + 1) }, { reminder.weekdays shr it and 1 == 1 }) {
        onChange(reminder.copy(weekdays = reminder.weekdays xor (1 shl it)))
    }
    if (reminder.weekdays == 0) Notice(stringResource(R.string.reminders_no_days))
    Small(stringResource(R.string.reminders_kind))
    Chips(CHOICES, { stringResource(it.textId) }, { it == reminder.asked }) { onChange(reminder.copy(asked = it)) }
    QuietButton(stringResource(R.string.reminders_remove), "remove") { onChange(null) }
}

@Composable
private fun days(weekdays: Int): String? = when (weekdays) {
    ALL_DAYS -> stringResource(R.string.reminders_every_day)
    WORKING_DAYS -> stringResource(R.string.reminders_weekdays)
    else -> null
}
