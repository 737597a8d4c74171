//! Randomness that a test can repeat.

use super::lock;
use crate::adapters::crypto::Ring;
use crate::domain::crypto::Crypto as _;
use crate::ports::{Entropy, EntropyError};
use std::sync::Mutex;

/// The same bytes for the same seed: SHA-256(seed ‖ 0), SHA-256(seed ‖ 1), …
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    blocks: Mutex<u64>,
}

impl SeededEntropy {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, blocks: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut blocks = lock(&self.blocks);
        for chunk in out.chunks_mut(32) {
            let block = Ring.sha256(&[&self.seed.to_be_bytes(), &blocks.to_be_bytes()]).0;
            *blocks += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let draw = |seed| {
            let entropy = SeededEntropy::new(seed);
            let entropy: &dyn Entropy = &entropy;
            (entropy.bytes::<40>().unwrap(), entropy.bytes::<40>().unwrap())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1).0, draw(1).1);
    }
}
