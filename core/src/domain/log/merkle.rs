//! Merkle tree hashes and proofs over a log of 32-byte leaves: RFC 9162 §2.1, with the hashes of RFC 6962.
//!
//! The tree's shape depends on its size alone. A proof is checked by walking the same shape, so a proof that is too long, too short
//! or made for another size does not verify.

use crate::domain::crypto::Crypto;
use crate::domain::ids::Hash32;

/// A leaf's node: SHA-256(0x00 ‖ leaf).
pub fn leaf_node(crypto: &dyn Crypto, leaf: &Hash32) -> Hash32 {
    crypto.sha256(&[&[0], &leaf.0])
}

fn node(crypto: &dyn Crypto, left: &Hash32, right: &Hash32) -> Hash32 {
    crypto.sha256(&[&[1], &left.0, &right.0])
}

/// An audit path, from the leaf's neighbour up.
pub type Proof = Vec<Hash32>;

/// A proof that does not lead to the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the checkpoint's root")]
pub struct ProofError;

/// The largest power of two below `n`, for n ≥ 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The hash of a subtree: leaves `start..end` of the log. Servers with stored inner nodes answer for aligned complete subtrees at once.
pub trait Nodes {
    /// Why a node could not be had.
    type Error;

    /// The tree hash of the leaves `start..end`, which are an aligned complete subtree or a single leaf.
    ///
    /// # Errors
    /// Whatever the storage says.
    fn complete(&mut self, start: u64, end: u64) -> Result<Hash32, Self::Error>;
}

/// Leaves in memory, hashed as they are asked for.
struct InMemory<'a> {
    crypto: &'a dyn Crypto,
    leaves: &'a [Hash32],
}

impl Nodes for InMemory<'_> {
    type Error = std::convert::Infallible;

    fn complete(&mut self, start: u64, end: u64) -> Result<Hash32, Self::Error> {
        if end - start == 1 {
            return Ok(leaf_node(self.crypto, &self.leaves[start as usize]));
        }
        let middle = start + (end - start) / 2;
        let (left, right) = (self.complete(start, middle)?, self.complete(middle, end)?);
        Ok(node(self.crypto, &left, &right))
    }
}

/// The hash of any range `start..end` that is a subtree of some tree: complete subtrees from the storage, the rest computed.
///
/// # Errors
/// Whatever the storage says.
pub fn subtree<N: Nodes>(crypto: &dyn Crypto, nodes: &mut N, start: u64, end: u64) -> Result<Hash32, N::Error> {
    let n = end - start;
    if n == 0 {
        return Ok(crypto.sha256(&[]));
    }
    if n.is_power_of_two() && start.is_multiple_of(n) {
        return nodes.complete(start, end);
    }
    let k = split(n);
    let left = subtree(crypto, nodes, start, start + k)?;
    let right = subtree(crypto, nodes, start + k, end)?;
    Ok(node(crypto, &left, &right))
}

/// The root over all leaves.
pub fn root(crypto: &dyn Crypto, leaves: &[Hash32]) -> Hash32 {
    let Ok(hash) = subtree(crypto, &mut InMemory { crypto, leaves }, 0, leaves.len() as u64);
    hash
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves, over any storage; empty for an index outside.
///
/// # Errors
/// Whatever the storage says.
pub fn inclusion_over<N: Nodes>(crypto: &dyn Crypto, nodes: &mut N, index: u64, size: u64) -> Result<Proof, N::Error> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    if index >= size {
        return Ok(path);
    }
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(subtree(crypto, nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(crypto, nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The consistency proof between the trees of `old` and `new` leaves, over any storage (RFC 9162 §2.1.4.1); empty for an `old`
/// beyond `new`, to which no proof leads.
///
/// # Errors
/// Whatever the storage says.
pub fn consistency_over<N: Nodes>(crypto: &dyn Crypto, nodes: &mut N, old: u64, new: u64) -> Result<Proof, N::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut start, mut end, mut whole) = (0, new, true);
    // `old` is the end of the smaller tree; `whole` says that the current subtree is all of it.
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(subtree(crypto, nodes, middle, end)?);
            end = middle;
        } else {
            path.push(subtree(crypto, nodes, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(subtree(crypto, nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The inclusion proof over leaves in memory; empty for an index outside.
pub fn inclusion(crypto: &dyn Crypto, leaves: &[Hash32], index: u64) -> Proof {
    let Ok(path) = inclusion_over(crypto, &mut InMemory { crypto, leaves }, index, leaves.len() as u64);
    path
}

/// The consistency proof over leaves in memory, from the tree of the first `old`; empty for an `old` outside.
pub fn consistency(crypto: &dyn Crypto, leaves: &[Hash32], old: u64) -> Proof {
    let Ok(path) = consistency_over(crypto, &mut InMemory { crypto, leaves }, old, leaves.len() as u64);
    path
}

/// Checks an inclusion proof: RFC 9162 §2.1.3.2.
///
/// # Errors
/// [`ProofError`] if the path does not lead from `leaf` at `index` to `root` of a tree of `size`.
pub fn verify_inclusion(
    crypto: &dyn Crypto,
    leaf: &Hash32,
    index: u64,
    size: u64,
    path: &[Hash32],
    root: &Hash32,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError);
    }
    let (mut f, mut s, mut hash) = (index, size - 1, leaf_node(crypto, leaf));
    for p in path {
        if s == 0 {
            return Err(ProofError);
        }
        if f & 1 == 1 || f == s {
            hash = node(crypto, p, &hash);
            while f & 1 == 0 && f != 0 {
                (f, s) = (f >> 1, s >> 1);
            }
        } else {
            hash = node(crypto, &hash, p);
        }
        (f, s) = (f >> 1, s >> 1);
    }
    if s == 0 && hash == *root { Ok(()) } else { Err(ProofError) }
}

/// Checks a consistency proof: RFC 9162 §2.1.4.2. An empty old tree is consistent with every tree.
///
/// # Errors
/// [`ProofError`] if the tree of `new` leaves is not an extension of the tree of `old`.
pub fn verify_consistency(
    crypto: &dyn Crypto,
    old: u64,
    old_root: &Hash32,
    new: u64,
    new_root: &Hash32,
    path: &[Hash32],
) -> Result<(), ProofError> {
    let holds = |yes: bool| if yes { Ok(()) } else { Err(ProofError) };
    if old > new {
        return Err(ProofError);
    }
    if old == 0 || old == new {
        let same = old == 0 || old_root == new_root;
        return holds(same && path.is_empty());
    }
    // §2.1.4.2 step 2: if the old tree is complete, its root is the first node.
    let mut rest = path.iter();
    let first = if old.is_power_of_two() { *old_root } else { *rest.next().ok_or(ProofError)? };
    let (mut f, mut s) = (old - 1, new - 1);
    while f & 1 == 1 {
        (f, s) = (f >> 1, s >> 1);
    }
    let (mut from_old, mut from_new) = (first, first);
    for c in rest {
        if s == 0 {
            return Err(ProofError);
        }
        if f & 1 == 1 || f == s {
            from_old = node(crypto, c, &from_old);
            from_new = node(crypto, c, &from_new);
            while f & 1 == 0 && f != 0 {
                (f, s) = (f >> 1, s >> 1);
            }
        } else {
            from_new = node(crypto, &from_new, c);
        }
        (f, s) = (f >> 1, s >> 1);
    }
    holds(s == 0 && from_old == *old_root && from_new == *new_root)
}
