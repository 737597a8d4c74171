//! From the engine's events to the shell's listener, by a thread of their own.
//!
//! The engine tells an event from whichever thread made it, often in the middle of a punch. A call into a shell costs tens of
//! microseconds and may do anything, so it happens elsewhere: the engine only puts the event into a queue. A listener that is slow
//! makes its own events late; when [`ROOM`] of them wait, further ones are dropped, because whoever handles one of those that
//! wait looks at the state as it is then. The thread ends when the engine and the client let go of the queue.

use crate::ports::{DakaEvent, EventListener};
use daka_core::ports::{Event, Observer};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Most events that wait for a listener.
const ROOM: usize = 1024;

/// The engine's observer.
#[derive(Default)]
pub(crate) struct Events(Mutex<Option<SyncSender<DakaEvent>>>);

impl Events {
    /// Starts the listener's thread, if there is a listener. Without a thread there are no events, and nothing else is lost.
    pub(crate) fn to(listener: Option<Arc<dyn EventListener>>) -> Self {
        let Some(listener) = listener else { return Self::default() };
        let (sender, receiver) = sync_channel(ROOM);
        let thread = std::thread::Builder::new().name("daka-events".to_owned()).spawn(move || {
            for event in receiver {
                let _ = listener.on_event(event);
            }
        });
        if let Err(e) = &thread {
            tracing::warn!(error = %e, "no thread for events");
        }
        Self(Mutex::new(thread.is_ok().then_some(sender)))
    }

    /// Lets go of the listener, after the events that wait already.
    pub(crate) fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Observer for Events {
    fn on_event(&self, event: Event) {
        if let Some(sender) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = sender.try_send(event.into());
        }
    }
}

impl From<Event> for DakaEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Punched(id) => Self::Punched { punch: id.to_string() },
            Event::EvidenceChanged(id) => Self::EvidenceChanged { punch: id.to_string() },
            Event::SignatureChanged => Self::SignatureChanged,
            Event::Received { up_to } => Self::Received { up_to },
            Event::QueueChanged => Self::QueueChanged,
            Event::RulesChanged => Self::RulesChanged,
            Event::EpochStarted => Self::EpochStarted,
            Event::DamageFound(seqs) => Self::DamageFound { seqs },
            Event::EnrolmentChanged => Self::EnrolmentChanged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::PlatformFailure;
    use std::sync::mpsc;

    struct Slow {
        heard: mpsc::Sender<DakaEvent>,
        go: Mutex<mpsc::Receiver<()>>,
    }

    impl EventListener for Slow {
        fn on_event(&self, event: DakaEvent) -> Result<(), PlatformFailure> {
            self.go.lock().unwrap().recv().unwrap();
            self.heard.send(event).unwrap();
            Err(PlatformFailure::Refused { reason: "a listener that always throws".to_owned() })
        }
    }

    #[test]
    fn a_stuck_listener_holds_nobody_up_and_a_throwing_one_goes_on() {
        let (heard, hears) = mpsc::channel();
        let (goes, go) = mpsc::channel();
        let events = Events::to(Some(Arc::new(Slow { heard, go: Mutex::new(go) })));
        // Nobody listens yet: more than there is room for are told all the same.
        for up_to in 0..ROOM as u64 * 2 {
            events.on_event(Event::Received { up_to });
        }
        events.end();
        drop((0..ROOM * 2).map(|_| goes.send(())).collect::<Vec<_>>());
        let got: Vec<DakaEvent> = hears.iter().collect();
        // Those that had room, in order; and once the listener had one in its hands, whichever came then.
        assert!((ROOM..=ROOM + 1).contains(&got.len()), "{}", got.len());
        let (kept, late) = got.split_at(ROOM);
        for (n, event) in kept.iter().enumerate() {
            assert_eq!(*event, DakaEvent::Received { up_to: n as u64 });
        }
        let later = |event: &DakaEvent| matches!(event, DakaEvent::Received { up_to } if *up_to >= ROOM as u64);
        assert!(late.iter().all(later), "{late:?}");
    }

    #[test]
    fn after_the_end_nothing_is_heard() {
        let (heard, hears) = mpsc::channel();
        let (goes, go) = mpsc::channel();
        let events = Events::to(Some(Arc::new(Slow { heard, go: Mutex::new(go) })));
        events.end();
        goes.send(()).unwrap();
        events.on_event(Event::QueueChanged);
        assert_eq!(hears.iter().count(), 0);
    }
}
