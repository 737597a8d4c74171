//! One round, and what it leaves behind: how much was done, and when the next is due.

use super::TASK;
use super::client::Client;
use crate::app::engine::{Engine, lock};
use crate::app::{DakaError, EnrolError};
use crate::domain::retry::{Ask, Attempt, Decision, Moment, Outcome, Pace, Reason, decide, is_due, woken};
use crate::domain::trust::AccessScope;
use crate::ports::{ClockReading, Due, Event, TransportError};

/// How a round is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncOptions {
    /// Someone is looking, or not: the longest wait between attempts.
    pub pace: Pace,
    /// Go now, whatever was due ("send now").
    pub now: bool,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self { pace: Pace::Foreground, now: false }
    }
}

/// What a round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Entries that the server has now, by receipts.
    pub delivered: u64,
    /// Entries that it put aside for a person.
    pub put_aside: u64,
    /// Entries that it would not take at all.
    pub refused: u64,
    /// Photos that it has now.
    pub photos: u64,
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
    /// Why the round ended early, if it did.
    pub stopped: Option<Reason>,
    /// When the next attempt is due, if the round ended early or was not due yet.
    pub due: Option<Due>,
}

/// Why a round goes no further.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) enum Stop {
    /// A request did not end as it should.
    Ended {
        /// What was asked.
        ask: Ask,
        /// How it ended.
        outcome: Outcome,
        /// The transport's own words, if no answer came.
        transport: Option<TransportError>,
    },
    /// The phone itself could not go on.
    Own(DakaError),
}

impl Stop {
    pub(super) fn ended(ask: Ask, outcome: Outcome) -> Self {
        Self::Ended { ask, outcome, transport: None }
    }

    /// What came does not verify.
    pub(super) fn unproven(ask: Ask) -> Self {
        Self::ended(ask, Outcome::Unproven)
    }

    /// The problem document's code.
    pub(in crate::app) fn problem_code(&self) -> Option<&str> {
        match self {
            Self::Ended { outcome: Outcome::Answer(head), .. } => head.code.as_deref(),
            _ => None,
        }
    }

    /// The same for a caller who waits for an answer, as in enrolment.
    pub(in crate::app) fn into_error(self) -> DakaError {
        match self {
            Self::Own(e) => e,
            Self::Ended { transport: Some(e), .. } => e.into(),
            Self::Ended { outcome: Outcome::Answer(head), .. } if head.code.is_some() => {
                DakaError::Server { status: head.status, code: head.code.unwrap_or_default() }
            }
            Self::Ended { outcome: Outcome::Answer(head), .. } => DakaError::BadAnswer(format!(
                "status {} without a Daka server's explanation; is this the network's login page?",
                head.status
            )),
            Self::Ended { outcome: Outcome::Unproven, .. } => {
                EnrolError::BadAnswer("a proof does not hold".to_owned()).into()
            }
            Self::Ended { .. } => DakaError::BadAnswer("it cannot be read".to_owned()),
        }
    }
}

impl From<DakaError> for Stop {
    fn from(e: DakaError) -> Self {
        Self::Own(e)
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
        if let Some(due) = self.not_due(options)? {
            let queue = self.queue()?;
            return Ok(SyncReport { waiting: queue.waiting, due: Some(due), ..report });
        }
        self.close_windows(false)?;
        let mut end = self.round(&mut report, false).await;
        if let Err(Stop::Ended { ask, outcome, .. }) = &end {
            let first = Attempt { ask: *ask, corrected: false };
            if matches!(decide(first, outcome), Decision::LoginAgain | Decision::AskHead) {
                end = self.round(&mut report, true).await;
            }
        }
        let end = match end {
            Ok(()) => None,
            Err(Stop::Own(DakaError::Sign(_))) => Some(Decision::Retry { reason: Reason::KeyRefused }),
            Err(Stop::Own(e)) => return Err(e),
            Err(Stop::Ended { ask, outcome, .. }) => Some(decide(Attempt { ask, corrected: true }, &outcome)),
        };
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
            let Some(due) = tx.due(TASK)? else { return Ok(()) };
            let reason = Reason::parse(&due.reason).unwrap_or(Reason::Unreachable);
            let at = woken(moment(&now), due_moment(&due), reason, random);
            let next = Due { boot: at.boot.to_owned(), elapsed_ms: at.elapsed_ms, wall_ms: at.wall_ms, ..due.clone() };
            Ok(tx.set_due(TASK, Some(&next))?)
        })
    }

    fn not_due(&self, options: SyncOptions) -> Result<Option<Due>, DakaError> {
        let now = self.ports.clock.read();
        let due = self.read(|tx| Ok(tx.due(TASK)?))?;
        Ok(due.filter(|d| {
            let longest = Reason::parse(&d.reason).unwrap_or(Reason::Unreachable).longest_wait_ms();
            !options.now && !is_due(moment(&now), due_moment(d), longest)
        }))
    }

    async fn round(&self, report: &mut SyncReport, fresh_login: bool) -> Result<(), Stop> {
        match self.settle() {
            Ok(()) | Err(DakaError::Sign(_)) => {}
            Err(e) => return Err(e.into()),
        }
        let enrolled = self.enrolled()?;
        let transport = self.ports.connector.connect(enrolled.tls_pin).map_err(DakaError::from)?;
        let client = Client::new(enrolled.server.clone(), transport, std::sync::Arc::clone(&self.ports.clock));
        let (client, scope) = self.logged_in(&client, fresh_login).await?;
        if scope == AccessScope::Full {
            self.approved()?;
            if self.key_set_is_old()? {
                self.load_keys(&client).await?;
            }
            report.rules_changed |= self.load_rules(&client).await?;
            report.anchored |= self.anchor(&client).await?;
        }
        self.deliver(&client, report).await?;
        if scope == AccessScope::Full {
            self.send_photos(&client, report).await?;
        }
        Ok(())
    }

    fn key_set_is_old(&self) -> Result<bool, DakaError> {
        self.read(|tx| Ok(tx.value(super::KEY_SET)?.is_none()))
    }

    /// Keeps when the next attempt is due, or that none is needed.
    fn set_next(&self, end: Option<Decision>, pace: Pace) -> Result<Option<Due>, DakaError> {
        let Some((decision, reason)) = end.and_then(|d| Some((d, d.reason()?))) else {
            return self.write(|tx| Ok(tx.set_due(TASK, None)?)).map(|()| None);
        };
        if matches!(decision, Decision::LoginAgain | Decision::Hold { .. }) {
            *lock(&self.access) = None;
        }
        let now = self.ports.clock.read();
        let random = u64::from_be_bytes(self.ports.entropy.bytes()?);
        self.write(move |tx| {
            let attempts = tx.due(TASK)?.map_or(0, |d| d.attempts);
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

fn moment(now: &ClockReading) -> Moment<'_> {
    Moment { boot: &now.boot.0, elapsed_ms: now.elapsed_ms, wall_ms: now.wall_ms }
}

fn due_moment(due: &Due) -> Moment<'_> {
    Moment { boot: &due.boot, elapsed_ms: due.elapsed_ms, wall_ms: due.wall_ms }
}
