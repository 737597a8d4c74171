//! SQLite's errors in the port's words. None of them carries a value of a row: of SQLite's own messages only the codes are kept.

use crate::ports::StoreError;
use rusqlite::ErrorCode;
use std::io;

/// The port's error for one of rusqlite's.
pub(super) fn store_error(e: rusqlite::Error) -> StoreError {
    match e {
        rusqlite::Error::SqliteFailure(e, _) => match e.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::InUse,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly,
            ErrorCode::DiskFull => StoreError::DiskFull,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { seq: None },
            ErrorCode::ConstraintViolation => StoreError::Io("there is such a row already".to_owned()),
            _ => StoreError::Io(format!("SQLite code {}", e.extended_code)),
        },
        // STRICT tables and their checks rule these out in what this program wrote.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => StoreError::Damaged { seq: None },
        _ => StoreError::Io("a statement does not fit the database".to_owned()),
    }
}

/// The port's error for a file that cannot be opened, moved or locked.
pub(super) fn file_error(e: &io::Error) -> StoreError {
    match e.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        io::ErrorKind::NotFound => StoreError::Io("the journal's folder is not there".to_owned()),
        _ => StoreError::Io(e.to_string()),
    }
}
