//! How far a verification has come.
//!
//! It is counted in bytes of parts, each as often as something is done with it: every part is compared with the index and then
//! checked; a journal's entries are put into their time and reported on as well. What is passed over because it does not hold is
//! counted at the end.

use super::container::{Part, PartKind};

/// At most so many steps are told, however large the bundle is.
const STEPS: u64 = 200;

/// Tells who waits how much is done, of how much.
pub(super) struct Meter<'a> {
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    told: u64,
    total: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(parts: &[Part], progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        let size = |p: &Part| p.bytes.len() as u64 * if p.kind == PartKind::Journal { 4 } else { 2 };
        Self { progress, done: 0, told: 0, total: parts.iter().map(size).sum() }
    }

    /// So many bytes more are done.
    pub(super) fn pass(&mut self, bytes: u64) {
        self.done = self.done.saturating_add(bytes).min(self.total);
        if self.done - self.told >= (self.total / STEPS).max(1) {
            self.tell();
        }
    }

    /// The `i`-th of `of` items that together are `bytes` long is done.
    pub(super) fn pass_item(&mut self, bytes: u64, i: usize, of: usize) {
        let up_to = |n: usize| u128::from(bytes) * n as u128 / of.max(1) as u128;
        // Never more than `bytes`.
        self.pass(u64::try_from(up_to(i + 1) - up_to(i)).unwrap_or(bytes));
    }

    /// Everything is done.
    pub(super) fn end(&mut self) {
        if self.told < self.total {
            self.done = self.total;
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.told = self.done;
        (self.progress)(self.done, self.total);
    }
}
