//! The statements of a job. Each reaches its rows through an index, so that none but the whole count grows with the journal.

use super::errors::store_error;
use super::opened::{
    Stored, StoredCapture, StoredCheckpoint, StoredDue, StoredEntry, StoredHead, StoredPhoto, StoredReceipt,
    StoredValue, due_place, entry_place, int,
};
use super::rows;
use super::seal::RowSealer;
use crate::domain::cbor::Value;
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::Kind;
use crate::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, OpenEntry, Order, PhotoRow, PhotoState, PunchAt, ReceiptRow,
    StoreError, Tx,
};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use std::cell::Cell;
use std::ops::RangeInclusive;

/// Reads entries: `entries!("WHERE …")` in the columns of [`StoredEntry`].
macro_rules! entries {
    ($rest:literal) => {
        concat!("SELECT epoch, seq, kind, punch, state, sealed FROM entry ", $rest)
    };
}

/// One transaction.
pub(super) struct SqliteTx<'a> {
    pub(super) conn: &'a Connection,
    pub(super) seal: &'a RowSealer,
    pub(super) writable: bool,
    /// Set once the database itself turns out damaged, an entry's own damage aside: see [`super::rebuild`].
    pub(super) damaged: &'a Cell<bool>,
}

/// A limit or the end of a range: nothing lies beyond `i64::MAX`.
fn at_most(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}

/// Counts the steps of SQLite's virtual machine, so that a test can tell a look-up from a search through the journal.
fn count_steps(statement: &rusqlite::Statement<'_>) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + statement.reset_status(rusqlite::StatementStatus::VmStep));
    #[cfg(not(test))]
    let _ = statement;
}

#[cfg(test)]
thread_local! {
    /// Steps of this thread's statements.
    pub(super) static STEPS: Cell<i32> = const { Cell::new(0) };
}

impl SqliteTx<'_> {
    /// Remembers damage to the database, whatever the job makes of it.
    fn note<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(result, Err(StoreError::Damaged { seq: None })) {
            self.damaged.set(true);
        }
        result
    }

    /// The first row, as `map` reads it.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let found = self.conn.prepare_cached(sql).and_then(|mut statement| {
            let found = statement.query_row(params, map).optional();
            count_steps(&statement);
            found
        });
        self.note(found.map_err(store_error))
    }

    /// The first row, opened.
    pub(super) fn one<R: Stored>(&self, sql: &str, params: impl Params) -> Result<Option<R::Opened>, StoreError> {
        self.note(self.first(sql, params, R::read)?.map(|row| row.open(self.seal)).transpose())
    }

    /// Hands every row to `take`, opened or with the reason why not.
    ///
    /// # Errors
    /// What SQLite says, or `take`.
    pub(super) fn each<R: Stored>(
        &self,
        sql: &str,
        params: impl Params,
        mut take: impl FnMut(Result<R::Opened, StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.note(self.conn.prepare_cached(sql).map_err(store_error))?;
        let mut rows = self.note(statement.query(params).map_err(store_error))?;
        while let Some(row) = self.note(rows.next().map_err(store_error))? {
            take(self.note(R::from_row(row, self.seal)))?;
        }
        drop(rows);
        count_steps(&statement);
        Ok(())
    }

    fn all<R: Stored>(&self, sql: &str, params: impl Params) -> Result<Vec<R::Opened>, StoreError> {
        let mut out = Vec::new();
        self.each::<R>(sql, params, |row| {
            out.push(row?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Rows of clear columns alone.
    fn clear<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let found = self.conn.prepare_cached(sql).and_then(|mut statement| {
            let found = statement.query_map(params, map)?.collect();
            count_steps(&statement);
            found
        });
        self.note(found.map_err(store_error))
    }

    fn number(&self, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let n: Option<i64> = self.first(sql, params, |row| row.get(0))?;
        Ok(n.unwrap_or(0).unsigned_abs())
    }

    /// A change. Some errors of SQLite end the transaction by themselves; a job that goes on after one must not write on its own.
    fn change(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        if !self.writable {
            return Err(StoreError::Io("a reading job may not write".to_owned()));
        }
        if self.conn.is_autocommit() {
            return Err(StoreError::Io("the transaction was ended by an earlier error".to_owned()));
        }
        let changed = self.conn.prepare_cached(sql).and_then(|mut statement| {
            let changed = statement.execute(params);
            count_steps(&statement);
            changed
        });
        self.note(changed.map(drop).map_err(store_error))
    }

    /// Keeps a small value under a name that need not be known at compile time.
    pub(super) fn put_named_value(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let sealed = self.seal.seal("value", &[Value::text(name)], value)?;
        self.change(
            "INSERT INTO value (name, sealed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
            params![name, sealed],
        )
    }

    /// Sets a due time under a name that need not be known at compile time.
    pub(super) fn set_named_due(&self, task: &str, due: &Due) -> Result<(), StoreError> {
        let sealed = self.seal.seal("due", &due_place(task, due.elapsed_ms, due.wall_ms), &rows::due(due))?;
        self.change(
            "INSERT INTO due (task, elapsed_ms, wall_ms, sealed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE \
             SET elapsed_ms = excluded.elapsed_ms, wall_ms = excluded.wall_ms, sealed = excluded.sealed",
            params![task, due.elapsed_ms.cast_signed(), due.wall_ms, sealed],
        )
    }
}

impl Tx for SqliteTx<'_> {
    fn tail(&self) -> Result<Option<EntryRow>, StoreError> {
        self.one::<StoredEntry>(entries!("ORDER BY epoch DESC, seq DESC LIMIT 1"), [])
    }

    fn append(&mut self, row: &EntryRow) -> Result<(), StoreError> {
        let (epoch, seq) = (row.point.epoch, row.point.seq);
        let sealed = self.seal.seal("entry", &entry_place((epoch, seq), row.kind, row.punch), &rows::entry(row))?;
        self.change(
            "INSERT INTO entry (epoch, seq, kind, punch, state, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                int(epoch)?,
                int(seq)?,
                row.kind.wire().cast_signed(),
                row.punch.map(|p| p.0),
                row.state as i64,
                sealed
            ],
        )
    }

    fn entry(&self, epoch: u64, seq: u64) -> Result<Option<EntryRow>, StoreError> {
        self.one::<StoredEntry>(entries!("WHERE epoch = ?1 AND seq = ?2"), [int(epoch)?, int(seq)?])
    }

    fn entries(&self, epoch: u64, from: u64, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        let params = [int(epoch)?, int(from)?, at_most(limit)];
        self.all::<StoredEntry>(entries!("WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3"), params)
    }

    fn latest(&self, kind: Kind, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        let params = [kind.wire().cast_signed(), at_most(limit)];
        self.all::<StoredEntry>(entries!("WHERE kind = ?1 ORDER BY epoch DESC, seq DESC LIMIT ?2"), params)
    }

    fn about(&self, punch: PunchId) -> Result<Vec<EntryRow>, StoreError> {
        self.all::<StoredEntry>(entries!("WHERE punch = ?1 ORDER BY epoch, seq"), [punch.0])
    }

    fn of_kind(
        &self,
        kind: Kind,
        epoch: u64,
        seqs: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let params =
            [kind.wire().cast_signed(), int(epoch)?, at_most(*seqs.start()), at_most(*seqs.end()), at_most(limit)];
        let (rising, falling) = (
            entries!("WHERE kind = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq LIMIT ?5"),
            entries!("WHERE kind = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq DESC LIMIT ?5"),
        );
        self.all::<StoredEntry>(if order == Order::Rising { rising } else { falling }, params)
    }

    fn punches(&self, ids: RangeInclusive<PunchId>, order: Order, limit: usize) -> Result<Vec<PunchAt>, StoreError> {
        // The kind is in another index, which would lead through all punches there are.
        let falling = if order == Order::Rising { "" } else { " DESC" };
        let sql = format!(
            "SELECT punch, epoch, seq FROM entry INDEXED BY entry_punch \
             WHERE punch >= ?1 AND punch <= ?2 AND kind = ?3 ORDER BY punch{falling} LIMIT ?4"
        );
        let params = params![ids.start().0, ids.end().0, Kind::Punch.wire().cast_signed(), at_most(limit)];
        self.clear(&sql, params, |row| {
            let [epoch, seq] = [row.get::<_, i64>(1)?, row.get(2)?].map(i64::unsigned_abs);
            Ok(PunchAt { id: PunchId(row.get(0)?), epoch, seq })
        })
    }

    fn open_entries(&self, state: EntryState, limit: usize) -> Result<Vec<OpenEntry>, StoreError> {
        let sql = "SELECT epoch, seq, kind, punch FROM entry WHERE state = ?1 AND state <> 1 \
                   ORDER BY epoch, seq LIMIT ?2";
        self.clear(sql, [state as i64, at_most(limit)], |row| {
            let [epoch, seq] = [row.get::<_, i64>(0)?, row.get(1)?].map(i64::unsigned_abs);
            let kind = Kind::from_wire(row.get::<_, i64>(2)?.cast_unsigned());
            Ok(OpenEntry { epoch, seq, kind, punch: row.get::<_, Option<[u8; 16]>>(3)?.map(PunchId) })
        })
    }

    fn first_waiting(&self) -> Result<Option<(u64, u64)>, StoreError> {
        // `state <> 1` is what lets SQLite take the partial index.
        let sql = "SELECT epoch, seq FROM entry WHERE state = 0 AND state <> 1 ORDER BY epoch, seq LIMIT 1";
        let found: Option<(i64, i64)> = self.first(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.map(|(epoch, seq)| (epoch.unsigned_abs(), seq.unsigned_abs())))
    }

    fn count(&self, state: EntryState) -> Result<u64, StoreError> {
        let open = |which: &str| self.number(&format!("SELECT count(*) FROM entry WHERE state <> 1{which}"), []);
        match state {
            EntryState::Received => Ok(self.number("SELECT count(*) FROM entry", [])?.saturating_sub(open("")?)),
            other => open(&format!(" AND state = {}", other as i64)),
        }
    }

    fn set_state(&mut self, epoch: u64, from: u64, to: u64, state: EntryState) -> Result<(), StoreError> {
        self.change(
            "UPDATE entry SET state = ?4 WHERE epoch = ?1 AND seq BETWEEN ?2 AND ?3 AND state <> ?4",
            [int(epoch)?, int(from)?, at_most(to), state as i64],
        )
    }

    fn epochs(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut out: Vec<(u64, u64)> = Vec::new();
        loop {
            let after = out.last().map_or(Ok(-1), |(epoch, _)| int(*epoch))?;
            let sql = "SELECT epoch, seq FROM entry WHERE epoch > ?1 ORDER BY epoch, seq LIMIT 1";
            let next: Option<(i64, i64)> = self.first(sql, [after], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let Some((epoch, seq)) = next else { return Ok(out) };
            out.push((epoch.unsigned_abs(), seq.unsigned_abs()));
        }
    }

    fn put_head(&mut self, epoch: u64, seq: u64, head: &[u8]) -> Result<(), StoreError> {
        let sealed = self.seal.seal("head", &[epoch, seq].map(Value::Uint), head)?;
        self.change(
            "INSERT INTO head (epoch, seq, sealed) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![int(epoch)?, int(seq)?, sealed],
        )
    }

    fn head_from(&self, epoch: u64, seq: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let sql = "SELECT epoch, seq, sealed FROM head WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
        Ok(self.one::<StoredHead>(sql, [int(epoch)?, int(seq)?])?.map(|(_, seq, head)| (seq, head)))
    }

    fn last_head(&self, epoch: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let sql = "SELECT epoch, seq, sealed FROM head WHERE epoch = ?1 ORDER BY seq DESC LIMIT 1";
        Ok(self.one::<StoredHead>(sql, [int(epoch)?])?.map(|(_, seq, head)| (seq, head)))
    }

    fn put_receipt(&mut self, row: &ReceiptRow) -> Result<(), StoreError> {
        let range = [int(row.epoch)?, int(row.from)?, int(row.to)?];
        let sql = "SELECT epoch, from_seq, to_seq, nth, sealed FROM receipt \
                   WHERE epoch = ?1 AND from_seq = ?2 AND to_seq = ?3 ORDER BY nth";
        let there = self.all::<StoredReceipt>(sql, range)?;
        if there.contains(row) {
            return Ok(());
        }
        let nth = there.len() as u64;
        let sealed = self.seal.seal("receipt", &[row.epoch, row.from, row.to, nth].map(Value::Uint), &row.part)?;
        let [epoch, from, to] = range;
        self.change(
            "INSERT INTO receipt (epoch, from_seq, to_seq, nth, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![epoch, from, to, int(nth)?, sealed],
        )
    }

    fn receipts(&self) -> Result<Vec<ReceiptRow>, StoreError> {
        let sql = "SELECT epoch, from_seq, to_seq, nth, sealed FROM receipt ORDER BY epoch, from_seq, to_seq, nth";
        self.all::<StoredReceipt>(sql, [])
    }

    fn receipts_for(&self, epoch: u64, seq: u64) -> Result<Vec<ReceiptRow>, StoreError> {
        let sql = "SELECT * FROM (SELECT epoch, from_seq, to_seq, nth, sealed FROM receipt \
                   WHERE epoch = ?1 AND from_seq <= ?2 ORDER BY from_seq DESC, to_seq DESC, nth DESC LIMIT 64) \
                   WHERE to_seq >= ?2 ORDER BY from_seq, to_seq, nth";
        self.all::<StoredReceipt>(sql, [int(epoch)?, int(seq)?])
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        let sealed = self.seal.seal("checkpoint", &[Value::text(&row.origin), Value::Uint(row.size)], &row.part)?;
        self.change(
            "INSERT INTO checkpoint (origin, size, sealed) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![row.origin, int(row.size)?, sealed],
        )
    }

    fn checkpoints(&self) -> Result<Vec<CheckpointRow>, StoreError> {
        self.all::<StoredCheckpoint>("SELECT origin, size, sealed FROM checkpoint ORDER BY nth", [])
    }

    fn last_checkpoint(&self, origin: &str) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = "SELECT origin, size, sealed FROM checkpoint WHERE origin = ?1 ORDER BY size DESC LIMIT 1";
        self.one::<StoredCheckpoint>(sql, [origin])
    }

    fn put_capture(&mut self, row: &CaptureRow) -> Result<(), StoreError> {
        let sealed = self.seal.seal("capture", &[Value::bytes(row.nonce)], &rows::capture(row))?;
        self.change(
            "INSERT INTO capture (nonce, sealed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
            params![row.nonce.0, sealed],
        )
    }

    fn capture(&self, nonce: CaptureNonce) -> Result<Option<CaptureRow>, StoreError> {
        self.one::<StoredCapture>("SELECT nonce, sealed FROM capture WHERE nonce = ?1", [nonce.0])
    }

    fn put_photo(&mut self, row: &PhotoRow) -> Result<(), StoreError> {
        let place = [Value::bytes(row.digest), Value::opt_bytes(row.punch)];
        let sealed = self.seal.seal("photo", &place, &rows::photo(row))?;
        self.change(
            "INSERT INTO photo (digest, punch, state, sealed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (digest) DO UPDATE \
             SET punch = excluded.punch, state = excluded.state, sealed = excluded.sealed",
            params![row.digest.0, row.punch.map(|p| p.0), row.state as i64, sealed],
        )
    }

    fn photo(&self, digest: Hash32) -> Result<Option<PhotoRow>, StoreError> {
        self.one::<StoredPhoto>("SELECT digest, punch, state, sealed FROM photo WHERE digest = ?1", [digest.0])
    }

    fn photos(&self, state: PhotoState) -> Result<Vec<PhotoRow>, StoreError> {
        let sql = "SELECT digest, punch, state, sealed FROM photo WHERE state = ?1 ORDER BY nth";
        self.all::<StoredPhoto>(sql, [state as i64])
    }

    fn value(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.one::<StoredValue>("SELECT name, sealed FROM value WHERE name = ?1", [name])?;
        Ok(found.map(|(_, value)| value))
    }

    fn put_value(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError> {
        self.put_named_value(name, value)
    }

    fn due(&self, task: &'static str) -> Result<Option<Due>, StoreError> {
        let sql = "SELECT task, elapsed_ms, wall_ms, sealed FROM due WHERE task = ?1";
        Ok(self.one::<StoredDue>(sql, [task])?.map(|(_, due)| due))
    }

    fn set_due(&mut self, task: &'static str, due: Option<&Due>) -> Result<(), StoreError> {
        match due {
            Some(due) => self.set_named_due(task, due),
            None => self.change("DELETE FROM due WHERE task = ?1", [task]),
        }
    }
}
