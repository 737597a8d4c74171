//! `cargo xtask setup [judges|swift|zig|arm|all]`: what the tests and `cargo xtask targets` need beyond Rust.
//!
//! Each piece is made once, under a lock, in the cache outside the repository, and a second call returns at once. A piece counts
//! as made only when its stamp is written, which is the last step: a run that was killed leaves no stamp, and the next run
//! removes the torn piece and begins anew. What cannot be had here is a sentence with the exact reason and exit code 3, so that
//! a caller may leave out what needs it, and must say so.

pub(crate) mod apt;
pub(crate) mod python;
mod tree;

use std::path::PathBuf;

use clap::ValueEnum;

pub(crate) use self::tree::SwiftTree;
use crate::failure::Outcome;
use crate::swift::Swift;
use crate::targets::{Emulator, Zig};
use crate::workspace::Workspace;

/// What can be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// A Python with the libraries of tests/judges/requirements.txt
    Judges,
    /// A Swift toolchain
    Swift,
    /// The C compiler of `cargo xtask targets`
    Zig,
    /// A cross compiler and qemu for 32-bit ARM
    Arm,
    /// All of them
    All,
}

/// The command: sets up and says what is there now. Every piece is tried; the first that cannot be had is the answer.
pub(crate) fn run(ws: &Workspace, what: What) -> Outcome<()> {
    type Piece = (What, &'static str, fn(&Workspace) -> Outcome<String>);
    let pieces: [Piece; 4] = [
        (What::Judges, "judges", |ws| judges(ws).map(|python| python.display().to_string())),
        (What::Swift, "swift", |ws| swift(ws).map(|swift| swift.to_string())),
        (What::Zig, "zig", |ws| Zig::ready(ws).map(|zig| zig.program.display().to_string())),
        (What::Arm, "arm", |ws| Emulator::ready(ws).map(|arm| arm.to_string())),
    ];
    let mut answer = Ok(());
    for (_, name, piece) in pieces.into_iter().filter(|(piece, ..)| what == What::All || what == *piece) {
        match piece(ws) {
            Ok(there) => println!("{name}: {there}"),
            Err(failure) if answer.is_ok() => answer = Err(failure),
            Err(failure) => println!("{name}: {failure}"),
        }
    }
    answer
}

/// The Python interpreter of the judges' environment.
pub(crate) fn judges(ws: &Workspace) -> Outcome<PathBuf> {
    python::interpreter(ws, "judges", "tests/judges/requirements.txt")
}

/// A `swift` on PATH, or else one in a Debian tree.
pub(crate) fn swift(ws: &Workspace) -> Outcome<Swift> {
    match Swift::on_path() {
        Some(swift) => Ok(swift),
        None => SwiftTree::ready(&ws.cache).map(Swift::Tree),
    }
}
