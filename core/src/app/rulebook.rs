//! The rule sets that this phone has loaded: the one in force, and those that earlier punches pin.

use super::DakaError;
use super::db::readable;
use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::RulesRev;
use crate::domain::placing::PlaceRules;
use crate::domain::rules::{Policy, Published, RulesPublication, SitePublication};
use crate::domain::time::Limits;
use crate::ports::Tx;

const CURRENT: &str = "rules";
const EARLIER: &str = "rules.earlier";

/// A rule set with its sites, each with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rulebook {
    pub(super) published: Published,
    pub(super) sites: Vec<Published>,
    pub(super) rules: RulesPublication,
    pub(super) rev: RulesRev,
}

impl Rulebook {
    /// Reads the documents.
    ///
    /// # Errors
    /// [`DakaError`] for documents that do not fit each other.
    pub(super) fn new(crypto: &dyn Crypto, published: Published, sites: Vec<Published>) -> Result<Self, DakaError> {
        let rules = RulesPublication::decode(&published.document)?;
        let rev = RulesRev(crypto.sha256(&[&published.document]));
        let digests: Vec<_> = sites.iter().map(|s| crypto.sha256(&[&s.document])).collect();
        if digests != rules.sites {
            return Err(DakaError::BadAnswer("the sites are not those that the rules name".to_owned()));
        }
        let book = Self { published, sites, rules, rev };
        book.place_rules()?;
        Ok(book)
    }

    pub(super) fn sites(&self) -> Result<Vec<SitePublication>, DakaError> {
        Ok(self.sites.iter().map(|s| SitePublication::decode(&s.document)).collect::<Result<_, _>>()?)
    }

    pub(super) fn place_rules(&self) -> Result<PlaceRules, DakaError> {
        Ok(PlaceRules::new(&self.rules.policy, &self.sites()?)?)
    }

    fn value(&self) -> Value {
        Value::Array(vec![self.published.value(), Value::Array(self.sites.iter().map(Published::value).collect())])
    }

    fn parse(crypto: &dyn Crypto, value: Value) -> Result<Self, DakaError> {
        let mut list = List::new("rules", value)?;
        let published = Published::parse(list.take("rules")?)?;
        let sites = list.take("sites")?.items("sites")?;
        list.end()?;
        Self::new(crypto, published, sites.into_iter().map(Published::parse).collect::<Result<_, _>>()?)
    }

    /// The rule set in force.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn current(crypto: &dyn Crypto, tx: &dyn Tx) -> Result<Option<Self>, DakaError> {
        // A set that cannot be read is asked for again, because the server is told of none.
        let bytes = readable(tx.value(CURRENT))?.flatten();
        bytes.map(|b| Self::parse(crypto, Value::decode("rules", &b)?)).transpose()
    }

    /// The rule set that a punch pins, if it is held.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn pinned(crypto: &dyn Crypto, tx: &dyn Tx, rev: RulesRev) -> Result<Option<Self>, DakaError> {
        match Self::current(crypto, tx)? {
            Some(book) if book.rev == rev => Ok(Some(book)),
            _ => Ok(Self::all(crypto, tx)?.into_iter().find(|b| b.rev == rev)),
        }
    }

    /// Every rule set that was ever in force here.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn all(crypto: &dyn Crypto, tx: &dyn Tx) -> Result<Vec<Self>, DakaError> {
        let mut out: Vec<Self> = match readable(tx.value(EARLIER))?.flatten() {
            Some(bytes) => Value::decode("rules", &bytes)?
                .items("rules")?
                .into_iter()
                .map(|v| Self::parse(crypto, v))
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        out.extend(Self::current(crypto, tx)?);
        Ok(out)
    }

    /// Puts this rule set in force and keeps the one before it for the punches that pin it.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn put_in_force(&self, crypto: &dyn Crypto, tx: &mut dyn Tx) -> Result<(), DakaError> {
        let earlier: Vec<Value> =
            Self::all(crypto, tx)?.iter().filter(|r| r.rev != self.rev).map(Self::value).collect();
        tx.put_value(EARLIER, &Value::Array(earlier).encode())?;
        Ok(tx.put_value(CURRENT, &self.value().encode())?)
    }
}

/// What is decided without a rule set as well as with one.
pub(super) struct InForce {
    pub(super) rev: Option<RulesRev>,
    pub(super) policy: Policy,
    pub(super) place: PlaceRules,
    pub(super) sites: Vec<SitePublication>,
    pub(super) zone: Option<String>,
}

impl InForce {
    /// What is in force now.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn load(crypto: &dyn Crypto, tx: &dyn Tx) -> Result<Self, DakaError> {
        Ok(match Rulebook::current(crypto, tx)? {
            Some(book) => Self {
                rev: Some(book.rev),
                policy: book.rules.policy,
                place: book.place_rules()?,
                sites: book.sites()?,
                zone: Some(book.rules.zone),
            },
            None => {
                Self { rev: None, policy: Policy::default(), place: PlaceRules::none(), sites: Vec::new(), zone: None }
            }
        })
    }

    /// The name of a site in force.
    pub(super) fn site_name(&self, site: [u8; 16]) -> Option<String> {
        self.sites.iter().find(|s| s.site == site).map(|s| s.name.clone())
    }

    /// The limits of the time words.
    pub(super) fn limits(&self) -> Limits {
        // A width beyond 49 days is as good as none.
        let verified_width_ms = u32::try_from(self.policy.verified_width_ms).unwrap_or(u32::MAX);
        Limits { verified_width_ms, ..Limits::default() }
    }
}
