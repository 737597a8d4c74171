//! The employer's root key, which a person gives to a verifier: PEM, `PUBLIC KEY`, had from the employer and not from the proof file.

use crate::failure::Failure;
use daka_core::domain::crypto::PublicKey;
use std::path::Path;

/// A PEM file of one public key is far smaller; anything larger is another file given by mistake.
const MAX_PEM: usize = 16 * 1024;

/// Reads a root's public key from a PEM file.
///
/// # Errors
/// [`Failure`] with exit code 2 if the file cannot be read or holds anything else.
pub fn read(path: &Path) -> Result<PublicKey, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::unreadable("trust", path, &e))?;
    let bad = |why: &str| Failure {
        next: Some("give the root.pem that the employer published".to_owned()),
        ..Failure::bad("trust", format!("{} is no root key: {why}", path.display()))
    };
    let pem = bytes.get(..MAX_PEM.min(bytes.len())).unwrap_or_default();
    let pem = std::str::from_utf8(pem).map_err(|_| bad("it is not text"))?;
    let (label, document) = der::Document::from_pem(pem.trim()).map_err(|_| bad("it is not PEM"))?;
    if label != "PUBLIC KEY" {
        return Err(bad(&format!("it holds a {}, not a PUBLIC KEY", label.to_lowercase())));
    }
    PublicKey::from_spki(document.as_bytes().to_vec()).map_err(|e| bad(&e.to_string()))
}
