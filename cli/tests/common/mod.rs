//! Runs the real program over folders that are gone afterwards.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test stops where its stage cannot be built"
)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a run ended with.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The one JSON value on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {:?} {:?}", self.out, self.err))
    }

    /// Asserts the exit code, showing what was said.
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// A folder for a phone and other files.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn phone(&self) -> PathBuf {
        self.dir.path().join("phone")
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        text(&path)
    }

    /// Runs `daka` for this place's phone.
    pub(crate) fn daka(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daka"));
        command.args(arguments).arg("--home").arg(self.phone()).env("TZ", "HKT-8");
        command.env_remove("DAKA_HOME").env_remove("DAKA_LOG").current_dir(self.dir.path());
        let run = command.output().unwrap();
        Run {
            code: run.status.code().unwrap(),
            out: String::from_utf8(run.stdout).unwrap(),
            err: String::from_utf8(run.stderr).unwrap(),
        }
    }

    /// The same with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Run {
        self.daka(&[arguments, &["--json"]].concat())
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The smallest JPEG that the core's scan takes: another crate's fixture would be a path out of this one, so it is built here. SOI; a
/// quantisation table; a frame of 8 × 8 pixels, one component; two Huffman tables of one code each; a scan of one block; EOI.
pub(crate) fn jpeg(seed: u8) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    out.extend([seed.max(1); 64]);
    out.extend([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    for class in [0x00, 0x10] {
        out.extend([0xff, 0xc4, 0, 20, class, 1]);
        out.extend([0; 15]);
        out.push(0);
    }
    // DC category 0 is the code 0, end of block is the code 0; then ones fill the byte.
    out.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0b0011_1111, 0xff, 0xd9]);
    out
}
