//! The part `arm`: the core's tests on 32-bit ARM, compiled by Debian's cross compiler and run under qemu.
//!
//! It is the one processor of phones where a `usize` has 32 bits, so that a length or an index that only fits 64 bits is found here. qemu
//! runs a program of another processor on this machine's kernel, with the other processor's C library from `/usr/arm-linux-gnueabihf`.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Session;
use super::report::Done;
use super::rust_std::Std;
use crate::failure::{Outcome, unavailable};
use crate::process;
use crate::setup::{self, apt};
use crate::test::counts;
use crate::workspace::Workspace;

const TARGET: &str = "armv7-unknown-linux-gnueabihf";
const TESTS: &str = "the core's tests";
const COMPILER: &str = "arm-linux-gnueabihf-gcc";
const ARCHIVER: &str = "arm-linux-gnueabihf-ar";
/// Of the bytes that two tests change one by one, every so many.
const STRIDE: &str = "61";
/// Where Debian puts the other processor's C library.
const ROOT: &str = "/usr/arm-linux-gnueabihf";

/// What compiles for 32-bit ARM and runs it.
#[derive(Debug)]
pub(crate) struct Emulator {
    qemu: PathBuf,
}

impl fmt::Display for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{COMPILER} and {}", self.qemu.display())
    }
}

impl Emulator {
    /// Installs what is missing when we are root on Debian.
    pub(crate) fn ready(ws: &Workspace) -> Outcome<Self> {
        if !cfg!(target_os = "linux") {
            return unavailable(
                "qemu runs programs of another processor on Linux only; run this part on a Linux machine",
            );
        }
        if process::on_path(COMPILER).is_none() {
            apt::install(&ws.cache, "gcc-arm-linux-gnueabihf", &format!("{COMPILER} is missing"))?;
        }
        if !Path::new(ROOT).join("include/stdio.h").is_file() {
            apt::install(&ws.cache, "libc6-dev-armhf-cross", "the C library of 32-bit ARM is missing")?;
        }
        if qemu().is_none() {
            apt::install(&ws.cache, "qemu-user", "qemu-arm is missing")?;
        }
        match qemu() {
            Some(qemu) => Ok(Self { qemu }),
            None => unavailable("the package qemu-user brought no qemu-arm; install a qemu that runs 32-bit ARM"),
        }
    }
}

fn qemu() -> Option<PathBuf> {
    process::on_path("qemu-arm").or_else(|| process::on_path("qemu-arm-static"))
}

/// The part.
pub(super) fn run(session: &mut Session<'_>) {
    session.step(TARGET, TESTS, tests);
}

fn tests(session: &Session<'_>) -> Outcome<(Done, ())> {
    let ws = session.ws;
    let emulator = Emulator::ready(ws)?;
    let std = Std::of(ws, TARGET)?;
    let mut cargo = ws.cargo();
    cargo.args(["test", "--package", "daka-core", "--features", "testkit", "--lib", "--tests"]);
    cargo.args(["--no-fail-fast", "--target", TARGET]);
    std.apply(&mut cargo, true);
    let (lower, upper) = (TARGET.replace('-', "_"), TARGET.replace('-', "_").to_uppercase());
    cargo.env(format!("CC_{lower}"), COMPILER).env(format!("AR_{lower}"), ARCHIVER);
    cargo.env(format!("CARGO_TARGET_{upper}_LINKER"), COMPILER);
    let runner = format!("{} -L {ROOT}", emulator.qemu.display());
    // The second is for tests that start themselves again.
    cargo.env(format!("CARGO_TARGET_{upper}_RUNNER"), &runner).env("DAKA_TEST_RUNNER", runner);
    // Changing each byte of a proof file takes hours here; a prime, so that each place in a word and each bit has its turn.
    cargo.env("DAKA_TEST_STRIDE", STRIDE);
    // Judges run on this machine's own processor; tests that want one fail by name without it.
    match setup::judges(ws) {
        Ok(python) => drop(cargo.env("DAKA_JUDGE_PYTHON", python)),
        Err(failure) => session.say(&format!("without the judges' Python: {failure}")),
    }
    let run = session.stream(&mut cargo)?;
    Ok((Done::Ran(counts::cargo(&run.text).with_exit(run.ok)), ()))
}
