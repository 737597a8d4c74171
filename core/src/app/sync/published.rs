//! What the server publishes: checkpoints, key set, rules, sites. Nothing is believed that is not in the log, and no checkpoint that
//! does not extend the last one.

use super::KEY_SET;
use super::client::{Client, versioned};
use super::round::Stop;
use crate::app::DakaError;
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
use crate::domain::trust::{KeySet, KeyUse};
use crate::ports::{CheckpointRow, Event, Method};

impl Engine {
    /// Checks a checkpoint's signature, and that it extends the last one of its origin by `proof`; gives the row to keep.
    pub(super) fn checked(&self, checkpoint: &Checkpoint, proof: &Proof) -> Result<CheckpointRow, Stop> {
        let enrolled = self.enrolled()?;
        let tenant = enrolled.keys.tenant.as_str();
        let signed = enrolled
            .keys
            .keys
            .iter()
            .any(|k| k.key_use == KeyUse::Log && checkpoint.verify(self.crypto(), &k.key).is_ok());
        if !signed || checkpoint.origin.tenant() != tenant || checkpoint.origin.is_key_log() {
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

    /// The same, asking the server for the consistency proof, and keeps the checkpoint.
    async fn extend_to(&self, client: &Client, checkpoint: &Checkpoint) -> Result<(), Stop> {
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
        let row = self.checked(checkpoint, &proof)?;
        Ok(self.write(move |tx| Ok(tx.put_checkpoint(&row)?))?)
    }

    fn in_log(&self, p: &Published, kind: LeafKind, number: Value, checkpoint: &Checkpoint) -> Result<(), Stop> {
        let bad = || Stop::unproven(Ask::Read);
        if p.origin != checkpoint.origin || p.size != checkpoint.size {
            return Err(bad());
        }
        let leaf = p.leaf(self.crypto(), kind, number).map_err(|_| bad())?;
        verify_inclusion(self.crypto(), &leaf, p.index, p.size, &p.proof, &checkpoint.root).map_err(|_| bad())
    }

    /// Loads the key set with its place in the log; a newer one that the root signed replaces ours.
    pub(super) async fn load_keys(&self, client: &Client) -> Result<(), Stop> {
        let (published, checkpoint) = client
            .call(Ask::Read, Method::Get, "/v0/keys", Vec::new(), |bytes| {
                let mut list = versioned("keys", bytes)?;
                let out = (Published::parse(list.take("key set")?)?, Checkpoint::parse(list.take("checkpoint")?)?);
                list.end().map(|()| out)
            })
            .await?;
        let enrolled = self.enrolled()?;
        let message = Sign1::decode("key set", &published.document).map_err(DakaError::from)?;
        let keys = KeySet::open(self.crypto(), &enrolled.root, &message).map_err(|_| Stop::unproven(Ask::Read))?;
        if keys.serial < enrolled.keys.serial || keys.tenant != enrolled.keys.tenant {
            return Err(Stop::unproven(Ask::Read));
        }
        if keys.serial > enrolled.keys.serial {
            let mut newer = (*enrolled).clone();
            newer.answer.key_set = published.document.clone();
            newer.keys = keys.clone();
            newer.save(&*self.ports.vault)?;
            self.set_enrolled(newer);
        }
        self.extend_to(client, &checkpoint).await?;
        self.in_log(&published, LeafKind::KeySet, Value::Uint(keys.serial), &checkpoint)?;
        let bytes = published.value().encode();
        Ok(self.write(move |tx| Ok(tx.put_value(KEY_SET, &bytes)?))?)
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
        self.extend_to(client, &checkpoint).await?;
        let publication = RulesPublication::decode(&rules.document).map_err(DakaError::from)?;
        self.in_log(&rules, LeafKind::Rules, Value::int(publication.published.get()), &checkpoint)?;
        for site in &sites {
            let published = SitePublication::decode(&site.document).map_err(DakaError::from)?.published;
            self.in_log(site, LeafKind::Site, Value::int(published.get()), &checkpoint)?;
        }
        let book = Rulebook::new(self.crypto(), rules, sites)?;
        if book.rules.tenant != self.enrolled()?.keys.tenant {
            return Err(Stop::unproven(Ask::Read));
        }
        if Some(book.rev) == held {
            return Ok(false);
        }
        let device = self.device()?;
        self.write(move |tx| {
            book.put_in_force(&*device.crypto, tx)?;
            let body = Body::RulesLoaded { rules_rev: book.rev };
            Writer::begin(&device, tx)?.append(Draft::of(body)).map(|_| ())
        })?;
        self.tell(Event::RulesChanged);
        Ok(true)
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
pub(super) fn checkpoint_of(part: &[u8]) -> Result<Checkpoint, DakaError> {
    let mut list = crate::domain::fields::List::new("checkpoint", Value::decode("checkpoint", part)?)?;
    Ok(Checkpoint::parse(list.take("checkpoint")?)?)
}
