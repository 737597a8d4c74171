//! Schema versions: numbered SQL files, applied in one transaction.
//!
//! `user_version` is read and written inside one IMMEDIATE transaction, so two processes that open an old database at once cannot
//! both upgrade it, and one that dies half-way leaves the old version whole. A database of a later program is an error that says so.

use crate::error::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};

/// One step: its number, its name and its SQL.
pub type Migration = (i64, &'static str, &'static str);

/// Every step, in order.
pub const SCHEMA: &[Migration] = &[(1, "start", include_str!("../../migrations/001_start.sql"))];

/// Brings the database to the newest version.
///
/// # Errors
/// [`Error::NewerDatabase`] for a later one; [`Error::Db`] when a step fails, and then nothing has changed.
pub fn migrate(conn: &mut Connection, steps: &[Migration]) -> Result<()> {
    let known = steps.last().map_or(0, |s| s.0);
    // Read without the write lock first: every start but the first ends here.
    if version(conn)? == known {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&tx)?;
    if found > known {
        return Err(Error::NewerDatabase { found, known });
    }
    for (number, name, sql) in steps.iter().filter(|s| s.0 > found) {
        tx.execute_batch(sql)?;
        tracing::info!(number, name, "database upgraded");
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

fn version(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(conn: &Connection) -> i64 {
        conn.query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |r| r.get(0)).unwrap()
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", 99).unwrap();
        let e = migrate(&mut conn, SCHEMA).unwrap_err();
        assert!(matches!(e, Error::NewerDatabase { found: 99, known: 1 }), "{e}");
        assert_eq!(tables(&conn), 0);
    }

    #[test]
    fn a_failing_step_leaves_the_old_version_whole() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[(1, "a", "CREATE TABLE a (x)")]).unwrap();
        let bad = [(1, "a", ""), (2, "b", "CREATE TABLE b (x)"), (3, "c", "CREATE TABLE b (x)")];
        assert!(migrate(&mut conn, &bad).is_err());
        assert_eq!((tables(&conn), version(&conn).unwrap()), (1, 1));
    }

    #[test]
    fn every_table_is_strict_and_carries_the_tenant() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, SCHEMA).unwrap();
        let mut rows = conn.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").unwrap();
        let all: Vec<(String, bool)> =
            rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
        for (table, strict) in all.into_iter().filter(|(t, _)| !t.starts_with("sqlite_")) {
            assert!(strict, "{table}");
            let count = |column: &str| -> i64 {
                conn.query_row(
                    "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2",
                    [table.as_str(), column],
                    |r| r.get(0),
                )
                .unwrap()
            };
            assert_eq!(count("tenant"), i64::from(table != "meta"), "{table}");
            assert!(count("journal") <= count("bucket") || table == "code", "{table} has journals without buckets");
        }
    }
}
