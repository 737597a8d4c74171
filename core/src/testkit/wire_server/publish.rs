//! What the server publishes, and its restart from a backup.

use super::fault::problem;
use super::journal::Journal;
use super::{State, WireServer, cbor, header, parameter};
use crate::adapters::crypto::Ring;
use crate::domain::cbor::Value;
use crate::domain::ids::JournalId;
use crate::domain::journal::FORMAT_VERSION;
use crate::domain::log::{Origin, consistency};
use crate::domain::rules::{Policy, RulesPublication, SitePublication};
use crate::domain::time::WallMs;
use crate::ports::{HttpRequest, HttpResponse};
use crate::testkit::keys;
use crate::testkit::tiny_server::{BEGIN, TinyServer, random};
use std::collections::BTreeMap;

/// What a backup holds.
pub struct Backup(BTreeMap<JournalId, Journal>);

impl WireServer {
    /// Publishes a rule set over sites, in force at once.
    pub fn publish(&self, serial: u64, policy: Policy, sites: &[SitePublication]) {
        self.with(|s| {
            let digests = sites.iter().map(|site| site.digest(&Ring)).collect();
            let rules = RulesPublication {
                tenant: s.tiny.tenant.clone(),
                serial,
                published: WallMs::new(BEGIN + 2_000),
                effective: WallMs::new(BEGIN + 3_000),
                zone: "Asia/Hong_Kong".to_owned(),
                policy,
                sites: digests,
            };
            let sites = sites.iter().map(|site| s.tiny.publish_site(site)).collect();
            let (in_log, rev) = s.tiny.publish_rules(&rules);
            s.rules = Some((in_log, rev.0, sites));
        });
    }

    /// What is stored now.
    pub fn backup(&self) -> Backup {
        self.with(|s| Backup(s.journals.clone()))
    }

    /// Puts a backup back: what came since is lost, and the log begins anew as another origin.
    pub fn restore(&self, backup: &Backup) {
        self.with(|s| {
            s.origin_n += 1;
            s.tiny = TinyServer::new(Box::new(keys::device_ca()));
            s.tiny.origin = Origin::journals(&s.tiny.tenant, s.origin_n);
            s.rules = None;
            s.access.clear();
            s.journals = backup.0.clone();
            // Their leaves are in the log that is gone; each segment gets one in the new log.
            for journal in s.journals.values_mut() {
                for stored in &mut journal.segments {
                    stored.index = s.tiny.leaves.len() as u64;
                    s.tiny.leaves.push(stored.segment.leaf(&Ring).unwrap());
                }
            }
        });
    }

    /// Rewrites the log: the newest leaf becomes another one.
    pub fn rewrite_history(&self) {
        self.with(|s| {
            let last = s.tiny.leaves.len() - 1;
            s.tiny.leaves[last] = crate::domain::ids::Hash32(random("another history", 1));
        });
    }

    /// The size of the log.
    pub fn log_size(&self) -> u64 {
        self.with(|s| s.tiny.leaves.len() as u64)
    }
}

impl State {
    pub(super) fn size(&self) -> u64 {
        self.tiny.leaves.len() as u64
    }

    pub(super) fn published_keys(&mut self) -> HttpResponse {
        let size = self.size();
        let set = self.tiny.published(&self.tiny.key_set, size).value();
        versioned(vec![set, self.tiny.checkpoint(size).value()])
    }

    pub(super) fn published_rules(&mut self, request: &HttpRequest) -> HttpResponse {
        let (size, checkpoint) = (self.size(), self.tiny.checkpoint(self.size()));
        let Some((rules, rev, sites)) = &self.rules else {
            return versioned(vec![Value::Null, Value::Array(Vec::new()), checkpoint.value()]);
        };
        let tag = format!("\"{rev}\"");
        if header(request, "if-none-match") == Some(tag.as_str()) {
            return HttpResponse { status: 304, headers: vec![("etag".to_owned(), tag)], body: Vec::new() };
        }
        let sites = sites.iter().map(|site| self.tiny.published(site, size).value()).collect();
        let mut answer =
            versioned(vec![self.tiny.published(rules, size).value(), Value::Array(sites), checkpoint.value()]);
        answer.headers.push(("etag".to_owned(), tag));
        answer
    }

    pub(super) fn consistency(&mut self, query: &str) -> HttpResponse {
        let number = |name| parameter(query, name).and_then(|n| n.parse::<u64>().ok());
        match (number("from"), number("to")) {
            (Some(from), Some(to)) if from <= to && to <= self.size() => {
                let proof = consistency(&Ring, &self.tiny.leaves[..usize::try_from(to).unwrap()], from);
                versioned(vec![Value::Array(proof.iter().map(Value::bytes).collect())])
            }
            _ => problem(422, "unprocessable"),
        }
    }
}

fn versioned(mut items: Vec<Value>) -> HttpResponse {
    items.insert(0, Value::Uint(FORMAT_VERSION));
    cbor(Value::Array(items).encode())
}
