//! One round, and what it leaves behind: how much was done, and when the next is due.

use super::TASK;
use super::client::Client;
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::db::readable;
use crate::app::engine::{Engine, lock};
use crate::domain::retry::{Ask, Decision, Moment, Pace, Reason, is_due, rebased, woken};
use crate::domain::trust::AccessScope;
use crate::ports::{ClockReading, Due, Event};
use std::sync::atomic::{AtomicBool, Ordering};

/// How a round is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncOptions {
    /// Someone is looking, or not: the longest wait between attempts.
    pub pace: Pace,
    /// Go now, whatever was due ("send now").
    pub now: bool,
    /// The network costs by the byte: photos wait for another one where the policy says so.
    pub metered: bool,
    /// The employee wants data saved: photos wait for such a network whatever the policy says.
    pub save_data: bool,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self { pace: Pace::Foreground, now: false, metered: false, save_data: false }
    }
}

/// What a round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Entries that the server has now, by receipts.
    pub delivered: u64,
    /// Entries that it put aside for a person.
    pub put_aside: u64,
    /// Entries that cannot be delivered: it would not take them at all, or they cannot be read any more.
    pub refused: u64,
    /// Photos that it has now.
    pub photos: u64,
    /// Photos that it would not take, or that cannot be read any more.
    pub photos_refused: u64,
    /// Requests made for segments and photos.
    pub requests: u64,
    /// A time token was committed.
    pub anchored: bool,
    /// Another rule set came into force.
    pub rules_changed: bool,
    /// The server knew less than its receipts say, and was filled again.
    pub refilled: bool,
    /// Entries that still wait.
    pub waiting: u64,
    /// Another round was under way; this one did nothing.
    pub busy: bool,
    /// Why the round ended early, or what in it did not hold.
    pub stopped: Option<Reason>,
    /// When the next attempt is due, if the round ended early or was not due yet.
    pub due: Option<Due>,
}

/// Lets one round at a time go on; dropped with its future.
struct Running<'a>(&'a AtomicBool);

impl<'a> Running<'a> {
    fn begin(flag: &'a AtomicBool) -> Option<Self> {
        (!flag.swap(true, Ordering::AcqRel)).then_some(Self(flag))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Engine {
    /// Makes one round with the server, if one is due.
    ///
    /// # Errors
    /// [`DakaError`] when the phone itself cannot go on. A server that is away or refuses is no error: it is in the report, and the
    /// next attempt is on disk.
    pub async fn sync(&self, options: SyncOptions) -> Result<SyncReport, DakaError> {
        let mut report = SyncReport::default();
        let Some(_running) = Running::begin(&self.syncing) else {
            return Ok(SyncReport { busy: true, waiting: self.queue()?.waiting, ..report });
        };
        if let Some(due) = self.not_due(options)? {
            return Ok(SyncReport { waiting: self.queue()?.waiting, due: Some(due), ..report });
        }
        self.close_windows(false)?;
        let mut end = self.round(&mut report, options, false).await;
        if end.as_ref().is_err_and(Stop::is_worth_repeating) {
            end = self.round(&mut report, options, true).await;
        }
        let end = end.err().map(Stop::decision).transpose()?;
        report.stopped = end.and_then(Decision::reason);
        report.due = self.set_next(end, options.pace)?;
        report.waiting = self.queue()?.waiting;
        self.tell(Event::QueueChanged);
        Ok(report)
    }

    /// The network came back, or the app came to the front: the wait becomes short, the count of attempts stays.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn wake(&self) -> Result<(), DakaError> {
        let now = self.ports.clock.read();
        let random = u64::from_be_bytes(self.ports.entropy.bytes()?);
        self.write(move |tx| {
            let Some(due) = readable(tx.due(TASK))?.flatten() else { return Ok(()) };
            let at = woken(moment(&now), due_moment(&due), reason_of(&due), random);
            Ok(tx.set_due(TASK, Some(&due_at(at, &due)))?)
        })
    }

    /// When the next round is due, if not now.
    fn not_due(&self, options: SyncOptions) -> Result<Option<Due>, DakaError> {
        if options.now { Ok(None) } else { self.wait_left() }
    }

    /// The wait that is not over. The first look at one after a boot, be it opening or a round, puts it onto this run's clocks, so that
    /// setting the wall clock changes nothing any more. A due time that cannot be read is over.
    pub(in crate::app) fn wait_left(&self) -> Result<Option<Due>, DakaError> {
        let now = self.ports.clock.read();
        let due = self.read(|tx| Ok(readable(tx.due(TASK))?.flatten()))?;
        let longest = |due: &Due| reason_of(due).longest_wait_ms();
        let Some(due) = due.filter(|d| !is_due(moment(&now), due_moment(d), longest(d))) else {
            return Ok(None);
        };
        if due.boot == now.boot.0 {
            return Ok(Some(due));
        }
        self.write(move |tx| {
            let due = due_at(rebased(moment(&now), due_moment(&due), longest(&due)), &due);
            tx.set_due(TASK, Some(&due))?;
            Ok(Some(due))
        })
    }

    async fn round(&self, report: &mut SyncReport, options: SyncOptions, fresh_login: bool) -> Result<(), Stop> {
        // Neither a locked key store nor a vault that refuses keeps the queue waiting: what needs a signature asks for it again.
        match self.settle() {
            Ok(()) | Err(DakaError::Sign(_)) => {}
            Err(e @ DakaError::Vault(_)) => tracing::warn!(code = e.code().text(), "the head was not sealed"),
            Err(e) => return Err(e.into()),
        }
        let enrolled = self.enrolled()?;
        let connected = self.ports.connector.connect(enrolled.tls_pin);
        let transport = connected.map_err(|e| Stop::no_answer(Ask::Session, e))?;
        let client = Client::new(enrolled.server.clone(), transport, std::sync::Arc::clone(&self.ports.clock));
        let (client, scope) = self.logged_in(&client, fresh_login).await?;
        if scope == AccessScope::Pending {
            return Err(Stop::Standing(Reason::NotApproved));
        }
        if scope == AccessScope::Full {
            self.approved()?;
        }
        let end = self.exchange(&client, scope, options, report).await;
        // What does not verify may be signed by a key that came after our key set.
        if end.as_ref().is_err_and(Stop::is_unproven) && self.load_keys(&client).await.unwrap_or(false) {
            return self.exchange(&client, scope, options, report).await;
        }
        end
    }

    /// Everything that a round does once it is logged in. One document that does not hold is told at the end.
    async fn exchange(
        &self,
        client: &Client,
        scope: AccessScope,
        options: SyncOptions,
        report: &mut SyncReport,
    ) -> Result<(), Stop> {
        let mut aside = Aside::default();
        if scope == AccessScope::Full {
            if self.read(|tx| Ok(readable(tx.value(super::KEY_SET))?.flatten().is_none()))? {
                aside.keep(self.load_keys(client).await)?;
            }
            report.rules_changed |= aside.keep(self.load_rules(client).await)?.unwrap_or(false);
            report.anchored |= aside.keep(self.anchor(client).await)?.unwrap_or(false);
        }
        aside.keep(self.deliver(client, report).await)?;
        match scope {
            AccessScope::Full => {
                aside.keep(self.send_photos(client, options, report).await)?;
                aside.end()
            }
            // A revoked device delivers what it has, and no more.
            AccessScope::Segments => aside.end().and(Err(Stop::Standing(Reason::Revoked))),
            _ => aside.end().and(Err(Stop::Standing(Reason::Forbidden))),
        }
    }

    /// Keeps when the next attempt is due, or that none is needed.
    fn set_next(&self, end: Option<Decision>, pace: Pace) -> Result<Option<Due>, DakaError> {
        let Some((decision, reason)) = end.and_then(|d| Some((d, d.reason()?))) else {
            return self.write(|tx| Ok(tx.set_due(TASK, None)?)).map(|()| None);
        };
        if matches!(decision, Decision::Hold { .. }) || reason == Reason::LoginRefused {
            *lock(&self.access) = None;
        }
        let now = self.ports.clock.read();
        let random = u64::from_be_bytes(self.ports.entropy.bytes()?);
        self.write(move |tx| {
            let attempts = readable(tx.due(TASK))?.flatten().map_or(0, |d| d.attempts);
            let at = moment(&now).after(decision.wait_ms(attempts, pace, random));
            let due = Due {
                attempts: attempts.saturating_add(1),
                boot: at.boot.to_owned(),
                elapsed_ms: at.elapsed_ms,
                wall_ms: at.wall_ms,
                reason: reason.code().to_owned(),
            };
            tx.set_due(TASK, Some(&due))?;
            Ok(Some(due))
        })
    }
}

/// What did not hold and did not end the round: the first of it.
#[derive(Default)]
struct Aside(Option<Stop>);

impl Aside {
    /// The value, or none if only this one document is at fault.
    fn keep<T>(&mut self, result: Result<T, Stop>) -> Result<Option<T>, Stop> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(stop) if stop.is_about_one_document() => {
                self.0.get_or_insert(stop);
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }

    fn end(self) -> Result<(), Stop> {
        self.0.map_or(Ok(()), Err)
    }
}

fn moment(now: &ClockReading) -> Moment<'_> {
    Moment { boot: &now.boot.0, elapsed_ms: now.elapsed_ms, wall_ms: now.wall_ms }
}

fn due_moment(due: &Due) -> Moment<'_> {
    Moment { boot: &due.boot, elapsed_ms: due.elapsed_ms, wall_ms: due.wall_ms }
}

fn due_at(at: Moment<'_>, due: &Due) -> Due {
    Due { boot: at.boot.to_owned(), elapsed_ms: at.elapsed_ms, wall_ms: at.wall_ms, ..due.clone() }
}

/// A code of another version is waited for like a server that is away.
fn reason_of(due: &Due) -> Reason {
    Reason::parse(&due.reason).unwrap_or(Reason::Unreachable)
}
