//! The first stage: root, key set, checkpoints, publications.

use super::container::{Part, PartKind};
use super::report::Fail;
use super::verify::Desk;
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, PublicKey};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, RulesRev, TenantId};
use crate::domain::log::{Checkpoint, LeafKind, Proof, verify_consistency, verify_inclusion};
use crate::domain::rules::{Published, RulesPublication, SitePublication};
use crate::domain::trust::{KeySet, KeyUse};
use std::collections::BTreeMap;

/// What later stages may rely on.
pub(super) struct Ground {
    pub(super) keys: KeySet,
    /// Roots of verified checkpoints, by origin and size.
    roots: BTreeMap<(String, u64), Hash32>,
    /// Rule sets that are in the log, with the position of their part.
    pub(super) rules: BTreeMap<RulesRev, (usize, RulesPublication)>,
    /// Sites that are in the log, with the position of their part.
    pub(super) sites: BTreeMap<Hash32, (usize, SitePublication)>,
}

impl Ground {
    /// The root over the first `size` leaves of `origin`, if a verified checkpoint of the bundle says it.
    pub(super) fn root(&self, origin: &str, size: u64) -> Option<&Hash32> {
        self.roots.get(&(origin.to_owned(), size))
    }

    /// Whether a publication is in the log.
    fn holds(&self, crypto: &dyn Crypto, published: &Published, kind: LeafKind, number: Value) -> Result<(), String> {
        let root = self
            .root(published.origin.as_str(), published.size)
            .ok_or("the bundle has no verified checkpoint that its proof leads to")?;
        let leaf = published.leaf(crypto, kind, number).map_err(|e| e.to_string())?;
        verify_inclusion(crypto, &leaf, published.index, published.size, &published.proof, root)
            .map_err(|e| e.to_string())
    }
}

/// The root's key, compared with the one to trust.
pub(super) fn root(desk: &mut Desk<'_>, trusted: Option<&PublicKey>) -> Option<PublicKey> {
    let Some((at, part)) = desk.single(PartKind::Root) else {
        return trusted.cloned();
    };
    match PublicKey::from_spki(part.bytes) {
        Ok(key) if trusted.is_none_or(|t| *t == key) => {
            desk.bind(at);
            Some(key)
        }
        Ok(key) => {
            let fingerprint = key.kid(desk.crypto);
            desk.fail("trust", format!("the bundle was made under another root, {fingerprint}"));
            None
        }
        Err(e) => {
            desk.fail("root", e);
            None
        }
    }
}

/// Key set, checkpoints and publications under `root`.
pub(super) fn ground(desk: &mut Desk<'_>, root: &PublicKey) -> Option<Ground> {
    let crypto = desk.crypto;
    let (at, part) = desk.single(PartKind::KeySet)?;
    let opened =
        Value::decode("key set", &part.bytes).and_then(Published::parse).map_err(|e| e.to_string()).and_then(|p| {
            let message = Sign1::decode("key set", &p.document).map_err(|e| e.to_string())?;
            let keys = KeySet::open(crypto, root, &message).map_err(|e| e.to_string())?;
            Ok((p, keys))
        });
    let (published, keys) = match opened {
        Ok(opened) => opened,
        Err(e) => {
            desk.fail("key_set", e);
            return None;
        }
    };
    let roots = checkpoints(desk, &keys);
    let serial = Value::Uint(keys.serial);
    let mut ground = Ground { keys, roots, rules: BTreeMap::new(), sites: BTreeMap::new() };
    match ground.holds(crypto, &published, LeafKind::KeySet, serial) {
        Ok(()) => desk.bind(at),
        Err(why) => desk.fail("key_set", why),
    }
    publications(desk, &mut ground);
    Some(ground)
}

/// Signatures, and consistency from each checkpoint of an origin to the next.
fn checkpoints(desk: &mut Desk<'_>, keys: &KeySet) -> BTreeMap<(String, u64), Hash32> {
    let crypto = desk.crypto;
    let mut last: BTreeMap<String, Checkpoint> = BTreeMap::new();
    let mut roots = BTreeMap::new();
    for (at, part) in desk.all(PartKind::Checkpoint) {
        let checked = checkpoint(&part).map_err(|e| e.to_string()).and_then(|(c, proof)| {
            if c.origin.tenant() != keys.tenant.as_str() {
                return Err("it is another tenant's".to_owned());
            }
            let signed = keys.keys.iter().any(|k| k.key_use == KeyUse::Log && c.verify(crypto, &k.key).is_ok());
            if !signed {
                return Err("no log key of the tenant signed it".to_owned());
            }
            match last.get(c.origin.as_str()) {
                Some(p) => verify_consistency(crypto, p.size, &p.root, c.size, &c.root, &proof)
                    .map_err(|_| "it does not extend the checkpoint before it".to_owned())?,
                None if proof.is_empty() => {}
                None => return Err("a consistency proof without a checkpoint before it".to_owned()),
            }
            Ok(c)
        });
        match checked {
            Ok(c) => {
                desk.bind(at);
                roots.insert((c.origin.as_str().to_owned(), c.size), c.root);
                last.insert(c.origin.as_str().to_owned(), c);
            }
            Err(why) => desk.fail("checkpoint", why),
        }
    }
    roots
}

fn checkpoint(part: &Part) -> Result<(Checkpoint, Proof), FormatError> {
    let mut list = List::new("checkpoint part", Value::decode("checkpoint part", &part.bytes)?)?;
    let checkpoint = Checkpoint::parse(list.take("checkpoint")?)?;
    let proof = list.take("consistency proof")?.items("consistency proof")?;
    list.end()?;
    Ok((checkpoint, proof.into_iter().map(|v| v.hash("consistency proof")).collect::<Result<_, _>>()?))
}

fn of_tenant(ground: &Ground, tenant: &TenantId) -> Result<(), String> {
    if *tenant == ground.keys.tenant { Ok(()) } else { Err("it is another tenant's".to_owned()) }
}

/// Rule sets and sites that are in the log. Whether anything refers to them shows later.
fn publications(desk: &mut Desk<'_>, ground: &mut Ground) {
    let crypto = desk.crypto;
    for (at, part) in desk.all(PartKind::Rules) {
        let checked =
            Value::decode("rules", &part.bytes).and_then(Published::parse).map_err(|e| e.to_string()).and_then(|p| {
                let rules = RulesPublication::decode(&p.document).map_err(|e| e.to_string())?;
                of_tenant(ground, &rules.tenant)?;
                ground.holds(crypto, &p, LeafKind::Rules, Value::int(rules.published.get()))?;
                Ok((RulesRev(crypto.sha256(&[&p.document])), rules))
            });
        match checked {
            Ok((rev, rules)) => {
                ground.rules.insert(rev, (at, rules));
            }
            Err(why) => desk.fail("rules", why),
        }
    }
    for (at, part) in desk.all(PartKind::Site) {
        let checked =
            Value::decode("site", &part.bytes).and_then(Published::parse).map_err(|e| e.to_string()).and_then(|p| {
                let site = SitePublication::decode(&p.document).map_err(|e| e.to_string())?;
                of_tenant(ground, &site.tenant)?;
                ground.holds(crypto, &p, LeafKind::Site, Value::int(site.published.get()))?;
                Ok((crypto.sha256(&[&p.document]), site))
            });
        match checked {
            Ok((digest, site)) => {
                ground.sites.insert(digest, (at, site));
            }
            Err(why) => desk.fail("site", why),
        }
    }
}

impl Desk<'_> {
    /// The one part of a kind; several of them, or none, are a failure.
    pub(super) fn single(&mut self, kind: PartKind) -> Option<(usize, Part)> {
        let mut all = self.all(kind);
        if all.len() == 1 {
            return all.pop();
        }
        self.fails.push(Fail::new(
            kind.code(),
            format!("the bundle has {} undamaged parts of this kind, not one", all.len()),
        ));
        None
    }
}
