//! What a photo upload says of itself: tus 1.0 `Upload-Metadata`, pairs of a key and a base64 value.
//!
//! `journal`, `punch` and `digest` (of the stored file) say which photo it is; the server takes no file that no entry names.

use super::error::FormatError;
use super::ids::{Hash32, JournalId, PunchId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The metadata of a photo upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoMetadata {
    /// J.
    pub journal: JournalId,
    /// The punch.
    pub punch: PunchId,
    /// SHA-256 of the file that travels.
    pub digest: Hash32,
}

impl PhotoMetadata {
    /// The header's value.
    pub fn header(&self) -> String {
        format!(
            "journal {},punch {},digest {}",
            STANDARD.encode(self.journal),
            STANDARD.encode(self.punch),
            STANDARD.encode(self.digest)
        )
    }

    /// Reads the header's value; keys that are not ours are passed over, as tus wants it.
    ///
    /// # Errors
    /// [`FormatError`] naming the key.
    pub fn parse(header: &str) -> Result<Self, FormatError> {
        let find = |key: &'static str| {
            let pair = header.split(',').map(str::trim).find_map(|p| p.strip_prefix(key)?.strip_prefix(' '));
            let value = pair.ok_or_else(|| FormatError::missing(key))?;
            STANDARD.decode(value).map_err(|_| FormatError::syntax(key, "base64"))
        };
        let fixed = |key: &'static str, bytes: Vec<u8>| {
            <[u8; 32]>::try_from(bytes).map(Hash32).map_err(|_| FormatError::syntax(key, "32 bytes in base64"))
        };
        Ok(Self {
            journal: JournalId(fixed("journal", find("journal")?)?),
            punch: PunchId(find("punch")?.try_into().map_err(|_| FormatError::syntax("punch", "16 bytes in base64"))?),
            digest: fixed("digest", find("digest")?)?,
        })
    }
}
