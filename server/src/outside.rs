//! What must survive a restored backup: revocations, used codes and opened origins, one JSON object a line, in a file that no
//! backup of the database contains. Each line is synced before the transaction that it speaks of commits; a line without its
//! transaction does no harm.

use crate::error::{Error, Result};
use crate::home::{Home, make_private_dir, sync_parent};
use daka_core::domain::ids::{Hash32, TenantId, hex};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{Revocation, RevocationReason};
use std::io::Write as _;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Line {
    /// A device was revoked.
    Revoked {
        /// J, in hexadecimal.
        subject: String,
        /// When, ms.
        issued_ms: i64,
        /// Why: `lost`, `left`, `replaced`, `compromised`.
        reason: String,
    },
    /// An enrolment code was used.
    CodeUsed {
        /// The code's row, in hexadecimal; nothing of the code itself.
        id: String,
    },
    /// A log was opened.
    Origin {
        /// The n of `<tenant>/<n>`.
        n: u64,
    },
}

impl Line {
    /// The line of a revocation.
    pub fn revoked(r: &Revocation) -> Self {
        Self::Revoked { subject: r.subject.hex(), issued_ms: r.issued.get(), reason: r.reason.code().to_owned() }
    }

    /// The line of a used code.
    pub fn code_used(id: &[u8; 16]) -> Self {
        Self::CodeUsed { id: hex(id) }
    }

    /// The revocation of a line, if it is one.
    ///
    /// # Errors
    /// If the line was damaged.
    pub fn revocation(&self) -> Result<Option<Revocation>> {
        let Self::Revoked { subject, issued_ms, reason } = self else { return Ok(None) };
        Ok(Some(Revocation {
            subject: Hash32::parse_hex("subject", subject)?,
            issued: WallMs::new(*issued_ms),
            reason: RevocationReason::from_code(reason).unwrap_or(RevocationReason::Unknown(0)),
        }))
    }
}

/// Appends a line, durably.
///
/// # Errors
/// When the file cannot be written.
pub fn append(home: &Home, tenant: &TenantId, line: &Line) -> Result<()> {
    let path = home.outside(tenant);
    if let Some(dir) = path.parent() {
        make_private_dir(dir)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let before = std::fs::read(&path).unwrap_or_default();
    let mut file = options.open(&path).map_err(Error::io("open", &path))?;
    // A line that a crash cut short is ended, so that it cannot swallow this one.
    let mut text = if before.last().is_some_and(|b| *b != b'\n') { "\n".to_owned() } else { String::new() };
    text.push_str(&serde_json::to_string(line).map_err(|e| Error::command(e.to_string()))?);
    text.push('\n');
    file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(Error::io("write", &path))?;
    if before.is_empty() { sync_parent(&path) } else { Ok(()) }
}

/// Reads lines. One that was cut short by a crash is passed over: its transaction never committed.
///
/// # Errors
/// A sentence naming the line that is no such line.
pub fn parse(text: &str) -> Result<Vec<Line>> {
    let mut out = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, l)| l.ends_with('}')) {
        let wrong = |e| Error::bad("replay", format!("line {}: {e}; is this DIR/outside/<tenant>.log?", i + 1));
        out.push(serde_json::from_str(line).map_err(wrong)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_swallows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::create(dir.path()).unwrap();
        let tenant = TenantId::parse("acme").unwrap();
        append(&home, &tenant, &Line::Origin { n: 2 }).unwrap();
        let path = home.outside(&tenant);
        let mut torn = std::fs::read_to_string(&path).unwrap();
        torn.push_str("{\"what\":\"origin\",\"n");
        std::fs::write(&path, torn).unwrap();
        append(&home, &tenant, &Line::code_used(&[7; 16])).unwrap();
        let lines = parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(lines, [Line::Origin { n: 2 }, Line::code_used(&[7; 16])]);
        assert!(parse("{\"what\":\"other\"}\n").is_err());
    }
}
