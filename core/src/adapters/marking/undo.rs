//! Undo data as it is kept: what it belongs to, then the splice's own bytes.
//!
//! ```text
//! "DakaMark" 0x00, version 0 (u8), SHA-256 of the file that comes back, content digest of the marked file,
//! the bytes of daka_jpeg::Undo
//! ```

use super::MarkError;
use crate::domain::ids::Hash32;
use daka_jpeg::Undo;

const NAME: &[u8; 10] = b"DakaMark\0\0";

pub(super) struct UndoFile {
    /// Digest of the file that comes back.
    pub(super) given_back: Hash32,
    /// Content digest of the marked file.
    pub(super) content: Hash32,
    pub(super) undo: Undo,
}

impl UndoFile {
    pub(super) fn bytes(&self) -> Result<Vec<u8>, MarkError> {
        let mut out = NAME.to_vec();
        out.extend(self.given_back.0);
        out.extend(self.content.0);
        out.extend(self.undo.to_bytes()?);
        Ok(out)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, MarkError> {
        let read = || {
            let rest = bytes.strip_prefix(NAME)?;
            let (given_back, rest) = rest.split_first_chunk()?;
            let (content, rest) = rest.split_first_chunk()?;
            let undo = Undo::from_bytes(rest).ok()?;
            Some(Self { given_back: Hash32(*given_back), content: Hash32(*content), undo })
        };
        read().ok_or(MarkError::OtherUndo)
    }
}
