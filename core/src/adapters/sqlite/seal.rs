//! The seals of the private columns.
//!
//! A seal is AES-256-GCM with a random nonce; its associated data is the deterministic CBOR of
//! `["daka-row", store, table, column values in the clear…]`. So it opens only in the row it was written for, of the database it was
//! written for: a row that is copied to another place, or whose clear columns but the state are changed, is damaged. J is not part
//! of it, because the store does not know it; the random id of the store takes its place.

use crate::adapters::crypto::{SealError, Sealer};
use crate::domain::cbor::Value;
use crate::ports::StoreError;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The random id of one database.
pub(super) type StoreId = [u8; 16];

/// Draws an id for a new database.
///
/// # Errors
/// [`StoreError::Io`] when the system gives no randomness.
pub(super) fn new_store_id() -> Result<StoreId, StoreError> {
    let mut id = [0; 16];
    SystemRandom::new().fill(&mut id).map_err(|_| StoreError::Io("the system gives no randomness".to_owned()))?;
    Ok(id)
}

/// Seals and opens the rows of one database.
#[derive(Debug)]
pub(super) struct RowSealer {
    sealer: Sealer,
    store: StoreId,
}

impl RowSealer {
    pub(super) fn new(sealer: Sealer, store: StoreId) -> Self {
        Self { sealer, store }
    }

    fn place(&self, table: &'static str, clear: &[Value]) -> Vec<u8> {
        let mut items = vec![Value::text("daka-row"), Value::bytes(self.store), Value::text(table)];
        items.extend_from_slice(clear);
        Value::Array(items).encode()
    }

    /// Seals what a row keeps private. `clear` are its clear columns that do not change.
    pub(super) fn seal(&self, table: &'static str, clear: &[Value], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.sealer
            .seal(&self.place(table, clear), plain)
            .map_err(|SealError| StoreError::Io("a row could not be sealed: the system gives no randomness".to_owned()))
    }

    /// Opens what a row keeps private.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] without a seq.
    pub(super) fn open(&self, table: &'static str, clear: &[Value], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.sealer.open(&self.place(table, clear), sealed).map_err(|SealError| StoreError::Damaged { seq: None })
    }
}

/// The table name that stands in the associated data of the key check.
const KEY_CHECK: &str = "identity";

impl RowSealer {
    /// What opens with the same key and the same store id only.
    pub(super) fn key_check(&self) -> Result<Vec<u8>, StoreError> {
        self.seal(KEY_CHECK, &[], b"daka")
    }

    /// Whether `check` was made with this key and store id.
    pub(super) fn key_fits(&self, check: &[u8]) -> bool {
        self.open(KEY_CHECK, &[], check).is_ok()
    }
}
