//! The server's append-only log: leaves, Merkle proofs (RFC 9162, RFC 6962's hashes), checkpoints (C2SP tlog-checkpoint) and receipts.
//!
//! The 32-byte leaf is the log entry, its Merkle hash SHA-256(0x00 ‖ leaf). One log per tenant for what happened, `<tenant>/<n>`, and
//! one for keys, `<tenant>/keys/<n>`.

mod checkpoint;
mod leaf;
mod merkle;
mod receipt;

pub use checkpoint::{Checkpoint, Origin};
pub use leaf::{KeyLogLeaf, LeafKind, Segment, SegmentStatus, leaf_hash};
pub use merkle::{
    Nodes, Proof, ProofError, consistency, consistency_over, inclusion, inclusion_over, leaf_node, root, subtree,
    verify_consistency, verify_inclusion,
};
pub use receipt::{ItemReason, ItemResult, ItemStatus, Receipt, UploadAnswer};
