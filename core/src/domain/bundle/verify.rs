//! The verification, from the container inwards.

use super::container::{Bundle, Part, PartKind};
use super::evidence::Case;
use super::meter::Meter;
use super::report::{Fail, Report, Trust};
use super::{files, journal, trust};
use crate::domain::crypto::{Crypto, PublicKey};
use std::collections::BTreeSet;

/// The parts on the table: which may be believed at all, which a check has bound, what has failed so far.
pub(super) struct Desk<'a> {
    pub(super) crypto: &'a dyn Crypto,
    parts: Vec<Part>,
    damaged: Vec<usize>,
    bound: Vec<bool>,
    pub(super) fails: Vec<Fail>,
    pub(super) meter: Meter<'a>,
}

impl Desk<'_> {
    /// The undamaged parts of a kind with their positions.
    pub(super) fn all(&self, kind: PartKind) -> Vec<(usize, Part)> {
        let here = |(i, p): (usize, &Part)| (p.kind == kind && !self.damaged.contains(&i)).then(|| (i, p.clone()));
        self.parts.iter().enumerate().filter_map(here).collect()
    }

    /// A check has bound the part at `at`.
    pub(super) fn bind(&mut self, at: usize) {
        if let Some(bound) = self.bound.get_mut(at) {
            *bound = true;
        }
    }

    /// Notes a failure.
    pub(super) fn fail(&mut self, what: &str, why: impl std::fmt::Display) {
        self.fails.push(Fail::new(what, why));
    }
}

/// Verifies a bundle against `trusted`, a tenant root's key. Without it only inner consistency is shown, and the report names the
/// root's fingerprint so that a person can compare it.
pub fn verify(crypto: &dyn Crypto, bytes: &[u8], trusted: Option<&PublicKey>) -> Report {
    verify_showing(crypto, bytes, trusted, &mut |_, _| {})
}

/// The same, for somebody who waits: `progress` hears how much is done, of how much, in bytes that are counted once for each thing
/// that is done with them. It rises to the whole, in at most a few hundred steps.
pub fn verify_showing(
    crypto: &dyn Crypto,
    bytes: &[u8],
    trusted: Option<&PublicKey>,
    progress: &mut dyn FnMut(u64, u64),
) -> Report {
    let given = if trusted.is_some() { Trust::Given } else { Trust::NotGiven };
    let mut report = Report { punches: Vec::new(), fails: Vec::new(), root: None, trust: given, ok: false };
    let (bundle, index) = match Bundle::read(bytes) {
        Ok(read) => read,
        Err(e) => {
            report.fails.push(Fail::new("container", e));
            return report;
        }
    };
    let mut meter = Meter::new(&bundle.parts, progress);
    let damaged = index.damaged(crypto, &bundle.parts, &mut |part| meter.pass(part.bytes.len() as u64));
    let bound = vec![false; bundle.parts.len()];
    let mut desk = Desk { crypto, parts: bundle.parts, damaged, bound, fails: Vec::new(), meter };
    for i in desk.damaged.clone() {
        let kind = desk.parts.get(i).map_or("unknown", |p| p.kind.code());
        desk.fail(kind, format!("part {i} is not the one that the index names; it is left out of every check"));
    }
    let mut seen = BTreeSet::new();
    for (i, part) in desk.parts.iter().enumerate() {
        if !seen.insert((part.kind, &part.bytes)) {
            desk.fails.push(Fail::new(part.kind.code(), format!("part {i} is there twice")));
        }
    }
    if let Some(root) = trust::root(&mut desk, trusted) {
        report.root = Some(root.kid(crypto));
        if let Some(ground) = trust::ground(&mut desk, &root) {
            let owners = journal::owners(&mut desk, &ground);
            let journals = journal::journals(&mut desk, &ground, &owners);
            let photos = files::photos(&mut desk);
            for (id, stretches) in &journals {
                let Some(owner) = owners.get(id) else { continue };
                let case = Case::new(&mut desk, &ground, *id, owner, stretches, &photos);
                report.punches.extend(case.punches(&mut desk));
            }
        }
    }
    let loose: Vec<(usize, &'static str)> = desk
        .parts
        .iter()
        .enumerate()
        .filter(|(i, _)| !desk.bound[*i] && !desk.damaged.contains(i))
        .map(|(i, p)| (i, p.kind.code()))
        .collect();
    for (i, kind) in loose {
        desk.fail(kind, format!("part {i} is bound by no signature, digest or proof that holds"));
    }
    desk.meter.end();
    report.fails.append(&mut desk.fails);
    report.ok = report.fails.is_empty() && report.punches.iter().all(|p| p.fails.is_empty());
    report
}
