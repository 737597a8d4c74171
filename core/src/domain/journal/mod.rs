//! The journal: what happened, as entries in a chain.
//!
//! ```text
//! J       = SHA-256(cbor ["daka-journal", tenant, employee, device key id, enrolment nonce])
//! h₀      = SHA-256(cbor ["daka-chain", J, epoch, prev_h])                      epoch 0: 32 zero bytes
//! hᵢ      = SHA-256(0x01 ‖ hᵢ₋₁ ‖ u64be(seqᵢ) ‖ SHA-256(payloadᵢ))
//! payload = { v, seq, kind, session, t_session_ms, wall_ms, wall_offset_min, blind, body, groups }
//! head    = COSE_Sign1(device key, cbor ["daka-head", J, epoch, seq, h])
//! ```
//!
//! An [`Entry`] is a payload, the secret its group salts come from, and the groups' bytes. The chain binds the payload; the payload
//! binds each group by a salted digest; so a group can be erased and everything else still verifies. Nothing here decides when
//! something is written: the store's transaction does, in `app::journal`.

mod body;
mod chain;
mod entry;
mod groups;
mod head;
mod kind;
mod payload;
mod upload;

pub use body::{
    AppEvent, Asked, Body, Consent, ConsentGiven, EpochReason, FieldType, Presence, PunchBody, Purpose, SealedClaim,
    Trigger,
};
pub use chain::{ChainPoint, GENESIS, Identity, chain_step, epoch_start};
pub use entry::{Draft, Entry, Secret};
pub use groups::{
    EvidenceFile, GroupId, Groups, MAX_FILES, Mark, Mode, Note, PlaceGroup, RadioGroup, RadioKind, RadioMatch,
    RecordedFix, Salt, Seed, VerdictGroup, group_digest,
};
pub use head::Head;
pub use kind::Kind;
pub use payload::{Payload, Readings};
pub use upload::{MAX_ENTRIES, Upload, UploadEntry};

/// The version of the formats. 0: they may still be mended, each time with a line in `docs/format/CHANGES.md`.
pub const FORMAT_VERSION: u64 = 0;
