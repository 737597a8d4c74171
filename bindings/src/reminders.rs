//! Reminders: what the employee set for this employer, and when each is due. The shell hands what is due to the system's alarms.

use crate::client::DakaClient;
use crate::codes::Asked;
use crate::failure::DakaFailure;
use daka_core::app::ReminderRequest;
use daka_core::domain::reminder;

/// When the employee wants to be asked whether they have punched.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Reminder {
    /// The id that the core gave; empty for a new one.
    pub id: String,
    /// Minutes after midnight by the clock on the wall, 0 to 1439.
    pub minute_of_day: i32,
    /// On which days, 1 to 127: bit 0 is Monday, bit 6 Sunday.
    pub weekdays: i32,
    /// What "punch now" asks for.
    pub asked: Asked,
    /// Whether it is on.
    pub on: bool,
}

/// When a reminder is due.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReminderDue {
    /// Which one.
    pub reminder: String,
    /// When, by the wall clock: UTC milliseconds.
    pub at_ms: i64,
    /// The local day, `YYYY-MM-DD`.
    pub date: String,
    /// The minute of that day.
    pub minute_of_day: i32,
    /// What "punch now" asks for.
    pub asked: Asked,
}

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// The reminders, by minute of the day.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn reminders(&self) -> Result<Vec<Reminder>, DakaFailure> {
        self.inner.run(|engine| Ok(shown(engine.reminders()?))).await
    }

    /// Replaces all reminders, and gives them back with their ids, in their order. At most 20.
    ///
    /// # Errors
    /// `BadValue` naming `reminders`, `reminder`, `minute_of_day`, `weekdays` or `asked`; `NotEnrolled`, or the store refuses. The old
    /// ones stay then.
    pub async fn set_reminders(&self, reminders: Vec<Reminder>) -> Result<Vec<Reminder>, DakaFailure> {
        let request = |r: Reminder| {
            Ok(ReminderRequest {
                id: r.id,
                minute_of_day: r.minute_of_day.into(),
                weekdays: r.weekdays.into(),
                asked: r.asked.core()?,
                on: r.on,
            })
        };
        let requests = reminders.into_iter().map(request).collect::<Result<Vec<_>, DakaFailure>>()?;
        self.inner.run(move |engine| Ok(shown(engine.set_reminders(requests)?))).await
    }

    /// The next `limit` times within eight days at which a reminder is due, the earliest first, by the phone's clock and its offset at
    /// this moment. Ask again when either changed.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn next_reminders(&self, limit: i32) -> Result<Vec<ReminderDue>, DakaFailure> {
        let limit = usize::try_from(limit).unwrap_or(0);
        self.inner.run(move |engine| Ok(engine.next_reminders(limit)?.into_iter().map(Into::into).collect())).await
    }
}

fn shown(reminders: Vec<reminder::Reminder>) -> Vec<Reminder> {
    let one = |r: reminder::Reminder| Reminder {
        id: r.id.to_string(),
        minute_of_day: r.minute.get().into(),
        weekdays: r.weekdays.bits().into(),
        asked: r.asked.into(),
        on: r.on,
    };
    reminders.into_iter().map(one).collect()
}

impl From<reminder::Occurrence> for ReminderDue {
    fn from(o: reminder::Occurrence) -> Self {
        Self {
            reminder: o.reminder.id.to_string(),
            at_ms: o.at.get(),
            date: o.date.to_string(),
            minute_of_day: o.reminder.minute.get().into(),
            asked: o.reminder.asked.into(),
        }
    }
}
