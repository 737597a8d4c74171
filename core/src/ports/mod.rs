//! What the engine needs from the outside world. Each trait has a real adapter and one in `testkit`.
//!
//! All are object-safe and synchronous but [`Transport`], whose one method returns a boxed future: a shell may implement any of
//! them, and uniffi's foreign traits are synchronous (docs/decisions).

mod clock;
mod entropy;
mod observer;
mod photos;
mod store;
mod transport;
mod vault;

pub use crate::domain::crypto::{Crypto, SignError, Signer};
pub use clock::{BootToken, Clock, ClockReading};
pub use entropy::{Entropy, EntropyError};
pub use observer::{Event, Observer};
pub use photos::{PhotoReader, PhotoStore, PhotoStoreError, PhotoWriter};
pub use store::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, Job, JobEnd, JournalStore, OpenEntry, Order, PhotoRow,
    PhotoState, PunchAt, ReceiptRow, StoreError, Tx,
};
pub use transport::{Connector, HttpRequest, HttpResponse, Method, Transport, TransportError};
pub use vault::{Vault, VaultError, VaultItem};
