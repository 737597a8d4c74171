//! Coming back from a backup without rewriting history.
//!
//! The backup's logs end earlier than what phones have receipts for. Going on with the same origins would look like, and be, a log
//! that forgot; so each tenant gets new logs `<tenant>/<n+1>` and `<tenant>/keys/<n+1>`. Their first leaf commits to the last
//! checkpoint that the backup has; then everything the backup holds is appended anew, so that its documents and receipts have proofs
//! in the log that answers. Phones keep their old receipts and send again what is missing.
//!
//! The database is marked before it is put in its place, and while the mark is there a server answers 423: revocations and used
//! codes from after the backup are not in it. [`replay`] tells it from the outside files, or a person confirms their loss. The
//! database that was there before is moved aside, never deleted. A crash before the last rename leaves the old state.

use crate::backup::{copy_database, copy_dir};
use crate::clock::SystemClock;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::outside::{self, Line};
use crate::store::{Batch, Env, num, open, sql, write_once};
use crate::tenants::devices;
use crate::tlog::{self, Log, LogKind};
use crate::{phone, tenants};
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{Hash32, JournalId, TenantId};
use daka_core::domain::log::{LeafKind, Origin, leaf_hash};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether the database was restored and waits for a person.
///
/// # Errors
/// When the database fails.
pub fn is_waiting(conn: &Connection) -> Result<bool> {
    let value: Option<String> =
        conn.prepare_cached("SELECT value FROM meta WHERE key = 'restored'")?.query_row([], |r| r.get(0)).optional()?;
    Ok(value.is_some())
}

/// Puts a backup in place; `at_least` is the lowest n for the new logs. Says what it did.
///
/// # Errors
/// If a server uses the folder, or the backup or its keys cannot be read.
pub fn restore(dir: &Path, from: &Path, at_least: u64) -> Result<Vec<String>> {
    let home = Home::create(dir)?;
    let _lock = home.lock()?;
    let mut said = Vec::new();
    let database = if from.is_dir() { from.join("daka.db") } else { from.to_owned() };
    if !database.is_file() {
        return Err(Error::bad("from", format!("{} is no backup of daka-server", from.display())));
    }
    let staged = dir.join("daka.db.restoring");
    remove(&staged, &["", "-wal", "-shm"])?;
    // Opened read-write, so that a WAL that lies beside a plain copy is taken in.
    copy_database(&Connection::open(&database)?, &staged)?;
    if from.is_dir() {
        put_back(&from.join("keys"), &dir.join("keys"), &mut said)?;
        put_back(&from.join("photos"), &dir.join("photos"), &mut said)?;
    }
    let env = Env::new(home.clone(), Arc::new(SystemClock));
    let mut conn = open(&staged)?;
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
    if found != "ok" {
        return Err(Error::command(format!("{} is damaged ({found}); take another backup", database.display())));
    }
    let all = tenants::list(&conn)?;
    write_once(&mut conn, &env, |batch| {
        for tenant in &all {
            let n = reopen(batch, tenant, at_least)?;
            said.push(format!("{tenant}: new logs {tenant}/{n} and {tenant}/keys/{n}"));
        }
        batch.tx.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('restored', 'waiting')", [])?;
        Ok(())
    })?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(conn);
    if home.db().exists() {
        let aside = aside_name(dir);
        Connection::open(home.db())?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        // A second name for the old file, so that there is a whole database under the right name at every moment.
        fs::hard_link(home.db(), &aside)
            .or_else(|_| fs::copy(home.db(), &aside).map(drop))
            .map_err(Error::io("keep", &home.db()))?;
        remove(&home.db(), &["-wal", "-shm"])?;
        said.push(format!("the database that was there is now {}", aside.display()));
    }
    fs::rename(&staged, home.db()).map_err(Error::io("rename", &staged))?;
    crate::home::sync_parent(&home.db())?;
    said.push(format!(
        "restored, and waiting: run `daka-server restore --replay {}` with the lines from after the backup, or \
         `daka-server restore --confirm-loss`; until then phones get 423",
        dir.join("outside").display()
    ));
    Ok(said)
}

fn aside_name(dir: &Path) -> PathBuf {
    let name = |n: u32| dir.join(format!("daka.db.before-restore-{n}"));
    (1..).map(name).find(|p| !p.exists()).unwrap_or_else(|| name(0))
}

fn remove(path: &Path, suffixes: &[&str]) -> Result<()> {
    for suffix in suffixes {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        match fs::remove_file(&file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io("remove", &file)(e)),
            _ => {}
        }
    }
    Ok(())
}

/// Copies what is missing; what is there stays.
fn put_back(from: &Path, to: &Path, said: &mut Vec<String>) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
        let entry = entry.map_err(Error::io("read", from))?;
        let target = to.join(entry.file_name());
        if !target.exists() {
            copy_dir(&entry.path(), &target)?;
            said.push(format!("put back {}", target.display()));
        }
    }
    Ok(())
}

/// Opens a tenant's new logs and fills them with what the backup holds.
fn reopen(batch: &Batch<'_>, tenant: &TenantId, at_least: u64) -> Result<u64> {
    phone::enrol::check_keys(batch, tenant)?;
    let old = [tlog::current(batch.tx, tenant, LogKind::Journals)?, tlog::current(batch.tx, tenant, LogKind::Keys)?];
    let path = batch.env.home.outside(tenant);
    let lines = match fs::read_to_string(&path) {
        Ok(text) => outside::parse(&text)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    let opened = lines.iter().filter_map(|l| if let Line::Origin { n } = l { Some(*n) } else { None });
    let current: i64 =
        batch.tx.query_row("SELECT log_n FROM tenant WHERE tenant = ?1", [tenant.as_str()], |r| r.get(0))?;
    let n = opened.chain([num(current)]).max().unwrap_or(0).saturating_add(1).max(at_least);
    // First outside: an origin that was only announced is never used again, and that does no harm.
    outside::append(&batch.env.home, tenant, &Line::Origin { n })?;
    let new = [Origin::journals(tenant, n), Origin::keys(tenant, n)];
    let mut logs = Vec::new();
    for (old, origin) in old.iter().zip(new) {
        let last = batch.env.crypto.sha256(&[tlog::checkpoint(batch.tx, old)?.note().as_bytes()]);
        let mut log = tlog::create(batch, tenant, origin)?;
        let body = Value::Array(vec![Value::bytes(last), Value::int(batch.now().get())]);
        let salt: [u8; 32] = crate::random::random()?;
        let leaf = leaf_hash(&batch.env.crypto, LeafKind::LogOrigin, &salt, &body)?;
        tlog::append(batch, &mut log, LeafKind::LogOrigin, &leaf, Some((&salt, &body)))?;
        logs.push(log);
    }
    batch.tx.execute("UPDATE tenant SET log_n = ?2 WHERE tenant = ?1", params![tenant.as_str(), sql(n)])?;
    if let ([old_journals, old_keys], [journals, keys]) = (&old, logs.as_mut_slice()) {
        refill_journals(batch, tenant, old_journals, journals)?;
        refill_keys(batch, tenant, old_keys, keys)?;
    }
    Ok(n)
}

/// Appends the leaves of segments and publications in their old order; each row then points at its new leaf.
fn refill_journals(batch: &Batch<'_>, tenant: &TenantId, old: &Log, new: &mut Log) -> Result<()> {
    let mut leaves =
        batch.tx.prepare("SELECT idx, kind, leaf FROM log_leaf WHERE tenant = ?1 AND log = ?2 ORDER BY idx")?;
    let mut rows = leaves.query(params![tenant.as_str(), old.id])?;
    while let Some(row) = rows.next()? {
        let (idx, kind, leaf): (i64, i64, Hash32) = (row.get(0)?, row.get(1)?, tlog::hash_at(row, 2)?);
        let kind = LeafKind::from_wire(num(kind));
        if kind == LeafKind::LogOrigin {
            continue;
        }
        let index = tlog::append(batch, new, kind, &leaf, None)?;
        let table = if kind == LeafKind::Segment { "segment" } else { "publication" };
        batch
            .tx
            .prepare_cached(&format!(
                "UPDATE {table} SET log = ?4, idx = ?5 WHERE tenant = ?1 AND log = ?2 AND idx = ?3"
            ))?
            .execute(params![tenant.as_str(), old.id, idx, new.id, sql(index)])?;
    }
    Ok(())
}

/// Appends the key log's leaves as they were published.
fn refill_keys(batch: &Batch<'_>, tenant: &TenantId, old: &Log, new: &mut Log) -> Result<()> {
    let mut leaves =
        batch.tx.prepare("SELECT kind, leaf, salt, body FROM log_leaf WHERE tenant = ?1 AND log = ?2 ORDER BY idx")?;
    let mut rows = leaves.query(params![tenant.as_str(), old.id])?;
    while let Some(row) = rows.next()? {
        let kind = LeafKind::from_wire(num(row.get(0)?));
        let (leaf, salt, body): (Hash32, Vec<u8>, Vec<u8>) = (tlog::hash_at(row, 1)?, row.get(2)?, row.get(3)?);
        if kind != LeafKind::LogOrigin {
            let body = Value::decode("key log leaf", &body)?;
            tlog::append(batch, new, kind, &leaf, Some((&salt, &body)))?;
        }
    }
    Ok(())
}

/// Tells a restored database what happened after its backup, from one outside file or a folder of them, and lifts the mark once
/// every tenant has been told.
///
/// # Errors
/// If the database does not wait, or a file cannot be read.
pub fn replay(dir: &Path, from: &Path) -> Result<Vec<String>> {
    let home = Home::open(dir)?;
    let mut conn = open(&home.db())?;
    check_waiting(&conn)?;
    let env = Env::new(home, Arc::new(SystemClock));
    let known = tenants::list(&conn)?;
    let mut files = Vec::new();
    if from.is_dir() {
        files.extend(known.iter().map(|t| (t.clone(), from.join(format!("{t}.log")))).filter(|(_, p)| p.exists()));
    } else {
        let stem = from.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        files.push((TenantId::parse(stem)?, from.to_owned()));
    }
    let mut said = Vec::new();
    write_once(&mut conn, &env, |batch| {
        for (tenant, path) in &files {
            let lines = outside::parse(&fs::read_to_string(path).map_err(Error::io("read", path))?)?;
            let told = lines.iter().map(|l| tell(batch, tenant, l)).collect::<Result<Vec<bool>>>()?;
            said.push(format!("{tenant}: {} of {} lines were new", told.iter().filter(|t| **t).count(), lines.len()));
            batch
                .tx
                .execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('told ' || ?1, 'yes')", [tenant.as_str()])?;
        }
        let mut untold = Vec::new();
        for tenant in &known {
            let told: Option<String> = batch
                .tx
                .query_row("SELECT value FROM meta WHERE key = 'told ' || ?1", [tenant.as_str()], |r| r.get(0))
                .optional()?;
            if told.is_none() {
                untold.push(tenant.as_str());
            }
        }
        if untold.is_empty() {
            lift(batch)?;
            said.push("the server answers again".to_owned());
        } else {
            said.push(format!("still waiting for the lines of {}, or for --confirm-loss", untold.join(", ")));
        }
        Ok(())
    })?;
    Ok(said)
}

/// A person says that there is nothing to tell.
///
/// # Errors
/// If the database does not wait.
pub fn confirm_loss(dir: &Path) -> Result<Vec<String>> {
    let home = Home::open(dir)?;
    let mut conn = open(&home.db())?;
    check_waiting(&conn)?;
    let env = Env::new(home, Arc::new(SystemClock));
    write_once(&mut conn, &env, lift)?;
    Ok(vec![
        "confirmed; the server answers again. Look through `daka-server device list` for phones to revoke again"
            .to_owned(),
    ])
}

fn check_waiting(conn: &Connection) -> Result<()> {
    if is_waiting(conn)? { Ok(()) } else { Err(Error::command("the database waits for nothing: it was not restored")) }
}

fn lift(batch: &Batch<'_>) -> Result<()> {
    batch.tx.execute("DELETE FROM meta WHERE key = 'restored' OR key LIKE 'told %'", [])?;
    Ok(())
}

/// Whether a line said something new.
fn tell(batch: &Batch<'_>, tenant: &TenantId, line: &Line) -> Result<bool> {
    match line {
        Line::Revoked { .. } => match line.revocation()? {
            Some(r) if devices::revoked(batch.tx, tenant, JournalId(r.subject))?.is_none() => {
                devices::apply_revocation(batch, tenant, &r)?;
                Ok(true)
            }
            _ => Ok(false),
        },
        Line::CodeUsed { id } => {
            let id: [u8; 16] = daka_core::domain::ids::parse_hex("id", id)?;
            let burnt = batch.tx.execute(
                "UPDATE code SET code = NULL, expires_ms = 0 WHERE tenant = ?1 AND id = ?2 AND used_ms IS NULL AND code IS NOT NULL",
                params![tenant.as_str(), id],
            )?;
            Ok(burnt > 0)
        }
        Line::Origin { .. } => Ok(false),
    }
}
