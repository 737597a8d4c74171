//! `cargo xtask setup [judges|swift|all]`: what the tests need beyond Rust.
//!
//! Each piece is made once, under a lock, in the cache outside the repository, and a second call returns at once. A piece counts
//! as made only when its stamp is written, which is the last step: a run that was killed leaves no stamp, and the next run
//! removes the torn piece and begins anew. What cannot be had here is a sentence with the exact reason and exit code 3, so that
//! a caller may leave out what needs it, and must say so.

pub(crate) mod apt;
mod judges;
mod tree;

use std::path::PathBuf;

use clap::ValueEnum;

pub(crate) use self::tree::SwiftTree;
use crate::failure::Outcome;
use crate::swift::Swift;
use crate::workspace::Workspace;

/// What can be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// A Python with the libraries of tests/judges/requirements.txt
    Judges,
    /// A Swift toolchain
    Swift,
    /// Both
    All,
}

/// The command: sets up and says what is there now. The first piece that cannot be had is the answer, after trying the others.
pub(crate) fn run(ws: &Workspace, what: What) -> Outcome<()> {
    let judges = match what {
        What::Judges | What::All => judges(ws).map(|python| println!("judges: {}", python.display())),
        What::Swift => Ok(()),
    };
    let swift = match what {
        What::Swift | What::All => swift(ws).map(|swift| println!("swift: {swift}")),
        What::Judges => Ok(()),
    };
    if let (Err(first), Err(_)) = (&judges, &swift) {
        println!("judges: {first}");
        return swift;
    }
    judges.and(swift)
}

/// The Python interpreter of the judges' environment.
pub(crate) fn judges(ws: &Workspace) -> Outcome<PathBuf> {
    judges::interpreter(ws)
}

/// A `swift` on PATH, or else one in a Debian tree.
pub(crate) fn swift(ws: &Workspace) -> Outcome<Swift> {
    match Swift::on_path() {
        Some(swift) => Ok(swift),
        None => SwiftTree::ready(&ws.cache).map(Swift::Tree),
    }
}
