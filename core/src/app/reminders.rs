//! The employee's reminders for one employer: kept sealed in the journal's database, and gone with it.
//!
//! They are replaced as a whole, in one transaction: a crash leaves the old ones or the new. They are no entries, no server hears of them,
//! and one that cannot be read any more is as good as none. The core sets no alarms: a shell asks for the next ones and hands them to the
//! system, again after each change of the reminders, the clock or its offset, and after a restart.

use super::DakaError;
use super::db::readable;
use super::engine::Engine;
use crate::domain::cbor::Value;
use crate::domain::error::{FormatError, Problem};
use crate::domain::few;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::parse_hex;
use crate::domain::journal::Asked;
use crate::domain::reminder::{MAX_REMINDERS, MinuteOfDay, Occurrence, Reminder, ReminderId, Weekdays, next};
use crate::domain::time::WallMs;
use crate::ports::Tx;

/// Name of the value in the store: `["daka-reminders", [id, minute, weekdays, asked, on], …]`, of this program alone.
const VALUE: &str = "reminders";
const TAG: &str = "daka-reminders";

/// A reminder as a person sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderRequest {
    /// The id that the core gave; empty for a new one.
    pub id: String,
    /// Minutes after midnight, 0 to 1439.
    pub minute_of_day: i64,
    /// Bit 0 Monday to bit 6 Sunday, 1 to 127.
    pub weekdays: i64,
    /// What "punch now" will ask for.
    pub asked: Asked,
    /// Whether it is on.
    pub on: bool,
}

impl Engine {
    /// The reminders, by minute of the day.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn reminders(&self) -> Result<Vec<Reminder>, DakaError> {
        self.enrolled()?;
        self.read(|tx| load(tx))
    }

    /// Replaces all reminders, and gives them back with their ids and in their order.
    ///
    /// # Errors
    /// [`DakaError::Format`] for more than [`MAX_REMINDERS`], an id that the core did not give or that is there twice, a minute or days
    /// that cannot be; the old ones stay then. Otherwise as [`Engine::reminders`].
    pub fn set_reminders(&self, requests: Vec<ReminderRequest>) -> Result<Vec<Reminder>, DakaError> {
        self.enrolled()?;
        if requests.len() > MAX_REMINDERS {
            return Err(FormatError::new(
                "reminders",
                Problem::Length { min: 0, max: MAX_REMINDERS, got: requests.len() },
            )
            .into());
        }
        let mut reminders = Vec::with_capacity(requests.len());
        let mut given = Vec::new();
        for request in requests {
            let id = if request.id.is_empty() {
                ReminderId(self.ports.entropy.bytes()?)
            } else {
                let id = ReminderId(parse_hex("reminder", &request.id)?);
                if given.contains(&id) {
                    return Err(FormatError::syntax("reminder", "each id once").into());
                }
                given.push(id);
                id
            };
            reminders.push(Reminder {
                id,
                minute: MinuteOfDay::new(request.minute_of_day)?,
                weekdays: Weekdays::new(request.weekdays)?,
                asked: request.asked,
                on: request.on,
            });
        }
        // Stable: of one minute, as the person put them.
        few::sort_few(&mut reminders, |r| r.minute);
        self.write(move |tx| {
            let known = load(tx)?;
            if given.iter().any(|id| known.iter().all(|r| r.id != *id)) {
                return Err(FormatError::syntax("reminder", "an id that was given, or none for a new one").into());
            }
            if known != reminders {
                tx.put_value(VALUE, &encode(&reminders))?;
            }
            Ok(reminders)
        })
    }

    /// The next `limit` occurrences within eight days, the earliest first, by the wall clock and offset of this moment.
    ///
    /// # Errors
    /// As [`Engine::reminders`].
    pub fn next_reminders(&self, limit: usize) -> Result<Vec<Occurrence>, DakaError> {
        let reminders = self.reminders()?;
        let now = self.ports.clock.read();
        Ok(next(&reminders, WallMs::new(now.wall_ms), now.offset_min, limit))
    }
}

fn load(tx: &dyn Tx) -> Result<Vec<Reminder>, DakaError> {
    let kept = readable(tx.value(VALUE))?.flatten();
    let read = kept.map(|bytes| decode(&bytes)).transpose().unwrap_or_else(|_| {
        tracing::warn!("the reminders cannot be read; there are none now");
        None
    });
    Ok(read.unwrap_or_default())
}

fn encode(reminders: &[Reminder]) -> Vec<u8> {
    let one = |r: &Reminder| {
        Value::Array(vec![
            Value::bytes(r.id.0),
            Value::Uint(u64::from(r.minute.get())),
            Value::Uint(u64::from(r.weekdays.bits())),
            Value::Uint(r.asked.wire()),
            Value::Bool(r.on),
        ])
    };
    Value::Array(std::iter::once(Value::text(TAG)).chain(reminders.iter().map(one)).collect()).encode()
}

fn decode(bytes: &[u8]) -> Result<Vec<Reminder>, FormatError> {
    List::tagged(TAG, bytes)?.rest().map(one).collect()
}

fn one(value: Value) -> Result<Reminder, FormatError> {
    let mut list = List::new("reminder", value)?;
    let reminder = Reminder {
        id: ReminderId(list.take("reminder")?.array_of("reminder")?),
        minute: MinuteOfDay::new(list.take("minute_of_day")?.int("minute_of_day")?)?,
        weekdays: Weekdays::new(list.take("weekdays")?.int("weekdays")?)?,
        asked: Asked::from_wire(list.take("asked")?.uint("asked")?),
        on: list.take("on")?.boolean("on")?,
    };
    list.end()?;
    Ok(reminder)
}
