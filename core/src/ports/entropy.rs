//! Randomness enters the core here.

/// The system gives no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct EntropyError;

/// A cryptographically secure source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `out`.
    ///
    /// # Errors
    /// [`EntropyError`] when the system gives none.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

impl dyn Entropy {
    /// `N` random bytes.
    ///
    /// # Errors
    /// [`EntropyError`] when the system gives none.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], EntropyError> {
        let mut out = [0; N];
        self.fill(&mut out)?;
        Ok(out)
    }
}
