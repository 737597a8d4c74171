//! Random bytes from the system.

use crate::error::{Error, Result};
use ring::rand::{SecureRandom as _, SystemRandom};

/// `N` random bytes.
///
/// # Errors
/// [`Error::Random`] when the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    SystemRandom::new().fill(&mut out).map_err(|_| Error::Random)?;
    Ok(out)
}
