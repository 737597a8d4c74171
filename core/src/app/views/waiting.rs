//! What the server has not received yet, as a person thinks of it: punches, what was added to them, consent, photos.

use super::line::{PunchLine, line_at};
use super::why::{self, Why};
use crate::app::db::readable;
use crate::app::home::{Queue, queue};
use crate::app::{DakaError, Engine};
use crate::domain::ids::PunchId;
use crate::domain::journal::{Kind, Payload};
use crate::domain::time::WallMs;
use crate::ports::{EntryState, OpenEntry, Order, PhotoState, Tx};
use std::collections::BTreeMap;

/// Most items of the list.
pub const WAITING_LIMIT: usize = 200;

/// Most entries of a state that are looked at for it: an item may stand for several.
const ENTRIES: usize = 1_000;

/// What an item of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitingKind {
    /// A punch, with what was added to it.
    Punch,
    /// What was added to a punch that was received.
    Added,
    /// Consent as it was given or withdrawn.
    Consent,
    /// What the app records of itself: starts of the phone, its clocks, rules, versions.
    Other,
    /// Only photos of a punch that was received.
    Photo,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// What it is.
    pub kind: WaitingKind,
    /// The punch, where it is about one.
    pub punch: Option<PunchLine>,
    /// The wall clock when its first entry was written.
    pub since: WallMs,
    /// The offset from UTC then, minutes.
    pub offset_min: i16,
    /// Where it stands: the worst of its entries.
    pub state: EntryState,
    /// How many entries of the journal it stands for.
    pub entries: u32,
    /// How many of its photos wait.
    pub photos: u32,
}

/// The list.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingView {
    /// Oldest first, at most [`WAITING_LIMIT`].
    pub items: Vec<WaitingItem>,
    /// Entries that no item stands for, because the list is too long.
    pub more: u64,
    /// The queue as a whole.
    pub queue: Queue,
    /// Why it waits, and until when.
    pub whys: Vec<Why>,
}

impl Engine {
    /// What has not been received: waiting, put aside, refused, and photos that wait.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn waiting(&self) -> Result<WaitingView, DakaError> {
        self.enrolled()?;
        let offset = self.ports.clock.read().offset_min;
        self.read(move |tx| view(tx, offset))
    }
}

/// What belongs together: the entries of one punch, or of one kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Punch(PunchId),
    Consent,
    Other,
}

fn view(tx: &dyn Tx, offset_min: i16) -> Result<WaitingView, DakaError> {
    use EntryState::{PutAside, Refused, Waiting};
    let tail = tx.tail()?;
    let queue = queue(tx, tail.as_ref())?;
    let mut groups: BTreeMap<About, Vec<(EntryState, OpenEntry)>> = BTreeMap::new();
    for state in [Waiting, PutAside, Refused] {
        for entry in tx.open_entries(state, ENTRIES)? {
            let about = match (entry.punch, entry.kind) {
                (Some(punch), _) => About::Punch(punch),
                (None, Kind::Consent) => About::Consent,
                (None, _) => About::Other,
            };
            groups.entry(about).or_default().push((state, entry));
        }
    }
    let mut photos: BTreeMap<PunchId, u32> = BTreeMap::new();
    for photo in tx.photos(PhotoState::Waiting)? {
        if let Some(punch) = photo.punch {
            *photos.entry(punch).or_default() += 1;
        }
    }
    let mut order: Vec<((u64, u64), About)> = groups
        .iter()
        .filter_map(|(about, entries)| Some((entries.iter().map(|(_, e)| (e.epoch, e.seq)).min()?, *about)))
        .collect();
    for id in photos.keys().filter(|id| !groups.contains_key(&About::Punch(**id))) {
        let at = tx.punches(*id..=*id, Order::Rising, 1)?.pop();
        order.extend(at.map(|at| ((at.epoch, at.seq), About::Punch(*id))));
    }
    order.sort_unstable();
    let (mut items, mut shown) = (Vec::new(), 0);
    for (first, about) in order.into_iter().take(WAITING_LIMIT) {
        let entries = groups.get(&about).map_or(&[][..], Vec::as_slice);
        if let Some(item) = item(tx, about, first, entries, &photos, offset_min)? {
            shown += entries.len() as u64;
            items.push(item);
        }
    }
    let all = queue.waiting + queue.put_aside + queue.refused;
    let whys = match queue.waiting {
        0 => Vec::new(),
        _ => why::state(Waiting, queue.due.as_ref(), None, offset_min).into_iter().collect(),
    };
    Ok(WaitingView { items, more: all.saturating_sub(shown), queue, whys })
}

fn item(
    tx: &dyn Tx,
    about: About,
    first: (u64, u64),
    entries: &[(EntryState, OpenEntry)],
    photos: &BTreeMap<PunchId, u32>,
    offset_min: i16,
) -> Result<Option<WaitingItem>, DakaError> {
    let row = readable(tx.entry(first.0, first.1))?.flatten();
    let readings = row.map(|row| Payload::decode(&row.entry.payload)).transpose()?.map(|p| p.readings);
    let (punch, photos) = match about {
        About::Punch(id) => {
            let at = tx.punches(id..=id, Order::Rising, 1)?.pop();
            let line = at.map(|at| line_at(tx, at, offset_min)).transpose()?.flatten();
            (line, photos.get(&id).copied().unwrap_or(0))
        }
        About::Consent | About::Other => (None, 0),
    };
    let kind = match about {
        About::Consent => WaitingKind::Consent,
        About::Other => WaitingKind::Other,
        About::Punch(_) if entries.is_empty() => WaitingKind::Photo,
        About::Punch(_) if entries.iter().any(|(_, e)| e.kind == Kind::Punch) => WaitingKind::Punch,
        About::Punch(_) => WaitingKind::Added,
    };
    // Entry states are in the order of how much a person should look: waiting, received, put aside, refused.
    let state = entries.iter().map(|(state, _)| *state).max().unwrap_or(EntryState::Waiting);
    // An entry that cannot be read does not say since when; its punch does, and one without either says nothing at all.
    let since = readings.map(|r| (r.wall, r.offset_min)).or(punch.as_ref().map(|p| (p.wall, p.offset_min)));
    let Some((since, offset_min)) = since else { return Ok(None) };
    Ok(Some(WaitingItem {
        kind,
        since,
        offset_min,
        punch,
        state,
        entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        photos,
    }))
}
