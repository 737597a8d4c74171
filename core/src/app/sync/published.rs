//! What the server publishes: checkpoints, key set, rules, sites. Nothing is believed that is not in the log, and no checkpoint that
//! does not extend the last one of its origin. Another origin begins anew: a server that was restored from a backup opens one.

use super::KEY_SET;
use super::client::{Client, versioned};
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::db::readable;
use crate::app::engine::Engine;
use crate::app::rulebook::Rulebook;
use crate::app::writer::Writer;
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::error::FormatError;
use crate::domain::fields::As as _;
use crate::domain::journal::{Body, Draft};
use crate::domain::log::{Checkpoint, LeafKind, Proof, verify_consistency, verify_inclusion};
use crate::domain::retry::Ask;
use crate::domain::rules::{Published, RulesPublication, SitePublication};
use crate::domain::trust::{KeySet, KeyUse, TrustedKey};
use crate::ports::{CheckpointRow, Event, Method, Tx};

/// The origin of the newest checkpoint.
const ORIGIN: &str = "log_origin";

/// The newest checkpoint of the log that the server wrote to last.
pub(super) fn newest_checkpoint(tx: &dyn Tx) -> Result<Option<CheckpointRow>, DakaError> {
    let origin = readable(tx.value(ORIGIN))?.flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    match origin {
        Some(origin) => Ok(tx.last_checkpoint(&origin)?),
        None => Ok(None),
    }
}

/// Keeps a checkpoint that was checked.
pub(super) fn keep_checkpoint(tx: &mut dyn Tx, row: &CheckpointRow) -> Result<(), DakaError> {
    tx.put_checkpoint(row)?;
    Ok(tx.put_value(ORIGIN, row.origin.as_bytes())?)
}

impl Engine {
    /// Checks a checkpoint's signature under `keys`, and that it extends the last one of its origin by `proof`; gives the row to
    /// keep.
    pub(super) fn checked(&self, keys: &KeySet, checkpoint: &Checkpoint, proof: &Proof) -> Result<CheckpointRow, Stop> {
        let log_key = |k: &&TrustedKey| k.key_use == KeyUse::Log;
        let signed = keys.keys.iter().filter(log_key).any(|k| checkpoint.verify(self.crypto(), &k.key).is_ok());
        if !signed || checkpoint.origin.tenant() != keys.tenant.as_str() || checkpoint.origin.is_key_log() {
            return Err(Stop::unproven(Ask::Read));
        }
        let origin = checkpoint.origin.as_str().to_owned();
        let last = self.read(move |tx| Ok(tx.last_checkpoint(&origin)?))?;
        let proof = match last {
            Some(row) => {
                let old = checkpoint_of(&row.part)?;
                verify_consistency(self.crypto(), old.size, &old.root, checkpoint.size, &checkpoint.root, proof)
                    .map_err(|_| Stop::unproven(Ask::Read))?;
                proof.clone()
            }
            // The first that this phone sees of an origin: there is nothing yet that it could contradict.
            None => Proof::new(),
        };
        let part =
            Value::Array(vec![checkpoint.value(), Value::Array(proof.iter().map(Value::bytes).collect())]).encode();
        Ok(CheckpointRow { origin: checkpoint.origin.as_str().to_owned(), size: checkpoint.size, part })
    }

    /// The same, asking the server for the consistency proof; gives the row to keep.
    async fn extend_to(&self, client: &Client, keys: &KeySet, checkpoint: &Checkpoint) -> Result<CheckpointRow, Stop> {
        let origin = checkpoint.origin.as_str().to_owned();
        let last = self.read(move |tx| Ok(tx.last_checkpoint(&origin)?))?;
        let proof = match last {
            Some(row) if row.size != checkpoint.size => {
                let path = format!("/v0/consistency?from={}&to={}", row.size, checkpoint.size);
                client
                    .call(Ask::Read, Method::Get, &path, Vec::new(), |bytes| {
                        let mut list = versioned("consistency", bytes)?;
                        let proof = list.take("proof")?.items("proof")?;
                        list.end()?;
                        proof.into_iter().map(|v| v.hash("proof")).collect::<Result<Proof, FormatError>>()
                    })
                    .await?
            }
            _ => Proof::new(),
        };
        self.checked(keys, checkpoint, &proof)
    }

    fn in_log(&self, p: &Published, kind: LeafKind, number: Value, checkpoint: &Checkpoint) -> Result<(), Stop> {
        let bad = || Stop::unproven(Ask::Read);
        if p.origin != checkpoint.origin || p.size != checkpoint.size {
            return Err(bad());
        }
        let leaf = p.leaf(self.crypto(), kind, number).map_err(|_| bad())?;
        verify_inclusion(self.crypto(), &leaf, p.index, p.size, &p.proof, &checkpoint.root).map_err(|_| bad())
    }

    /// Loads the key set with its place in the log; one with a higher serial replaces ours. True if it did.
    pub(super) async fn load_keys(&self, client: &Client) -> Result<bool, Stop> {
        let (published, checkpoint) = client
            .call(Ask::Read, Method::Get, "/v0/keys", Vec::new(), |bytes| {
                let mut list = versioned("keys", bytes)?;
                let out = (Published::parse(list.take("key set")?)?, Checkpoint::parse(list.take("checkpoint")?)?);
                list.end().map(|()| out)
            })
            .await?;
        let enrolled = self.enrolled()?;
        let message = Sign1::decode("key set", &published.document).map_err(|_| Stop::unreadable(Ask::Read))?;
        let keys = KeySet::open(self.crypto(), &enrolled.root, &message).map_err(|_| Stop::unproven(Ask::Read))?;
        let newer = keys.serial > enrolled.keys.serial;
        // An older one takes back a rotation; one serial is one set.
        if keys.tenant != enrolled.keys.tenant || !newer && keys != enrolled.keys {
            return Err(Stop::unproven(Ask::Read));
        }
        let row = self.extend_to(client, &keys, &checkpoint).await?;
        self.in_log(&published, LeafKind::KeySet, Value::Uint(keys.serial), &checkpoint)?;
        let bytes = published.value().encode();
        self.write(move |tx| {
            keep_checkpoint(tx, &row)?;
            Ok(tx.put_value(KEY_SET, &bytes)?)
        })?;
        if newer {
            let mut enrolled = (*enrolled).clone();
            (enrolled.answer.key_set, enrolled.keys) = (published.document, keys);
            enrolled.save(&*self.ports.vault)?;
            self.set_enrolled(enrolled);
        }
        Ok(newer)
    }

    /// Loads the rule set if the server has another one; true if it came into force.
    pub(super) async fn load_rules(&self, client: &Client) -> Result<bool, Stop> {
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        let held = self.read(move |tx| Ok(Rulebook::current(&*crypto, tx)?.map(|b| b.rev)))?;
        let mut request = client.request(Method::Get, "/v0/rules", Vec::new());
        if let Some(rev) = held {
            request.headers.push(("if-none-match", format!("\"{rev}\"")));
        }
        let answer = client.send(Ask::Read, request).await?;
        if answer.status == 304 {
            return Ok(false);
        }
        let (rules, sites, checkpoint) = client.read(Ask::Read, &answer, read_rules)?;
        let Some(rules) = rules else { return Ok(false) };
        let unreadable = |_| Stop::unreadable(Ask::Read);
        let enrolled = self.enrolled()?;
        let row = self.extend_to(client, &enrolled.keys, &checkpoint).await?;
        let publication = RulesPublication::decode(&rules.document).map_err(unreadable)?;
        self.in_log(&rules, LeafKind::Rules, Value::int(publication.published.get()), &checkpoint)?;
        for site in &sites {
            let site_publication = SitePublication::decode(&site.document).map_err(unreadable)?;
            if site_publication.tenant != enrolled.keys.tenant {
                return Err(Stop::unproven(Ask::Read));
            }
            self.in_log(site, LeafKind::Site, Value::int(site_publication.published.get()), &checkpoint)?;
        }
        let book = Rulebook::new(self.crypto(), rules, sites).map_err(|_| Stop::unreadable(Ask::Read))?;
        if book.rules.tenant != enrolled.keys.tenant {
            return Err(Stop::unproven(Ask::Read));
        }
        let (device, changed) = (self.device()?, Some(book.rev) != held);
        self.write(move |tx| {
            keep_checkpoint(tx, &row)?;
            if changed {
                book.put_in_force(&*device.crypto, tx)?;
                let body = Body::RulesLoaded { rules_rev: book.rev };
                Writer::begin(&device, tx)?.append(Draft::of(body))?;
            }
            Ok(())
        })?;
        if changed {
            self.tell(Event::RulesChanged);
        }
        Ok(changed)
    }
}

type Rules = (Option<Published>, Vec<Published>, Checkpoint);

fn read_rules(bytes: &[u8]) -> Result<Rules, FormatError> {
    let mut list = versioned("rules", bytes)?;
    let rules = match list.take("rules")? {
        Value::Null => None,
        v => Some(Published::parse(v)?),
    };
    let sites = list.take("sites")?.items("sites")?.into_iter().map(Published::parse).collect::<Result<_, _>>()?;
    let checkpoint = Checkpoint::parse(list.take("checkpoint")?)?;
    list.end()?;
    Ok((rules, sites, checkpoint))
}

/// The checkpoint of a stored part.
fn checkpoint_of(part: &[u8]) -> Result<Checkpoint, DakaError> {
    let mut list = crate::domain::fields::List::new("checkpoint", Value::decode("checkpoint", part)?)?;
    Ok(Checkpoint::parse(list.take("checkpoint")?)?)
}
