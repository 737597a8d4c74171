//! The size of the phone library: `-p daka-ffi` with the `mobile` profile, stripped, as a shared object of this machine; and the budget of
//! the Android app, which `cargo xtask android apk` measures.
//!
//! Two bounds in `tests/budget.json`: `limit` is what was promised and never moves; `recorded` + `slack` catches the change that
//! makes the library grow unnoticed. A wanted growth is recorded in the same change that causes it: `cargo xtask size --record`, and
//! `cargo xtask android apk --record`.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::failure::{AtPath, Outcome, failed};
use crate::process;
use crate::workspace::Workspace;

const BUDGET: &str = "tests/budget.json";

/// What `tests/budget.json` holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Budgets {
    /// The phone library.
    pub(crate) library_bytes: Budget,
    /// The Android app's release, without native libraries.
    pub(crate) apk_bytes: Budget,
    /// The phone apps' own lines of Kotlin and Swift.
    pub(crate) app_lines: Lines,
}

/// Lines of code, imports among them: without comments and blank lines.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Lines {
    /// Not more than this.
    pub(crate) limit: u64,
}

/// Bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Budget {
    /// Never more than this.
    pub(crate) limit: u64,
    /// The size when it was last looked at.
    pub(crate) recorded: u64,
    /// How far above `recorded` a change may come unnoticed.
    pub(crate) slack: u64,
}

impl Budget {
    /// Is a thing of this size within both bounds? If not, which one is broken and what to do.
    pub(crate) fn hold(self, thing: &Thing, bytes: u64) -> Outcome<()> {
        let (Self { limit, recorded, slack }, Thing { name, record }) = (self, thing);
        if bytes > limit {
            return failed(format!("{name} has {bytes} bytes and {BUDGET} allows {limit}; find what grew"));
        }
        if bytes > recorded.saturating_add(slack) {
            let growth = bytes - recorded;
            return failed(format!(
                "{name} has {bytes} bytes, {growth} more than recorded and {slack} may go unnoticed; find what grew, \
                 and if it is wanted call `{record}` and commit {BUDGET}"
            ));
        }
        Ok(())
    }
}

/// What has a budget, and the command that records its size.
pub(crate) struct Thing {
    name: &'static str,
    record: &'static str,
}

const PHONE_LIBRARY: Thing = Thing { name: "the library", record: "cargo xtask size --record" };
const RELEASE: Thing =
    Thing { name: "the release without native libraries", record: "cargo xtask android apk --record" };

/// The command.
pub(crate) fn run(ws: &Workspace, record: bool) -> Outcome<()> {
    let mut budgets = budgets(ws)?;
    let bytes = measure(ws)?;
    if record {
        budgets.library_bytes.recorded = bytes;
        write(ws, &budgets)?;
    }
    budgets.library_bytes.hold(&PHONE_LIBRARY, bytes)?;
    println!("library: {bytes} bytes of {}", budgets.library_bytes.limit);
    Ok(())
}

/// Holds the Android app's release against its budget, recording it before if that is wanted, and gives the limit in bytes.
pub(crate) fn hold_release(ws: &Workspace, bytes: u64, record: bool) -> Outcome<u64> {
    let mut budgets = budgets(ws)?;
    if record {
        budgets.apk_bytes.recorded = bytes;
        write(ws, &budgets)?;
    }
    budgets.apk_bytes.hold(&RELEASE, bytes)?;
    Ok(budgets.apk_bytes.limit)
}

fn write(ws: &Workspace, budgets: &Budgets) -> Outcome<()> {
    let path = ws.path(BUDGET);
    let text = serde_json::to_string_pretty(budgets).unwrap_or_default();
    fs::write(&path, text + "\n").at("write", &path)
}

/// Reads `tests/budget.json`.
pub(crate) fn budgets(ws: &Workspace) -> Outcome<Budgets> {
    let text = ws.read(BUDGET)?;
    serde_json::from_str(&text).or_else(|error| failed(format!("{BUDGET}: {error}")))
}

/// Builds the library as it ships and gives its size in bytes.
///
/// With the packed relocations of Android, as `.cargo/config.toml` links them there: the dynamic linker of a phone reads that form since
/// API 23, and the plain one is 115 kB larger. A desktop's dynamic linker does not load the result, so it has a target folder of its
/// own: nobody shall take it for the library that [`loadable`] builds.
pub(crate) fn measure(ws: &Workspace) -> Outcome<u64> {
    let target = ws.target.join("size");
    let mut build = mobile(ws);
    build.arg("--target-dir").arg(&target);
    if cfg!(target_os = "linux") {
        build.args(["--", "-C", "link-arg=-Wl,--pack-dyn-relocs=android"]);
    }
    run_build(&mut build)?;
    let library = target.join("mobile").join(format!("{DLL_PREFIX}daka_ffi{DLL_SUFFIX}"));
    Ok(fs::metadata(&library).at("find", &library)?.len())
}

/// Builds the same library for this machine, to be loaded and timed.
pub(crate) fn loadable(ws: &Workspace) -> Outcome<()> {
    run_build(&mut mobile(ws))
}

/// As a shared object alone: cargo leaves link-time optimisation out of a package that is built as an rlib in the same go, and the
/// library is then a quarter larger.
fn mobile(ws: &Workspace) -> Command {
    let mut build = ws.cargo();
    build.args(["rustc", "--package", "daka-ffi", "--profile", "mobile", "--lib", "--crate-type", "cdylib"]);
    build
}

fn run_build(build: &mut Command) -> Outcome<()> {
    if process::show(build)? { Ok(()) } else { failed("the mobile profile of daka-ffi does not build; see above") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET_4_MB: Budget = Budget { limit: 5_000_000, recorded: 4_000_000, slack: 100_000 };

    #[test]
    fn the_slack_belongs_to_the_budget_and_one_byte_more_does_not() {
        assert!(BUDGET_4_MB.hold(&PHONE_LIBRARY, 4_100_000).is_ok());
        let failure = BUDGET_4_MB.hold(&PHONE_LIBRARY, 4_100_001).unwrap_err().to_string();
        assert!(failure.contains("100001 more than recorded"), "{failure}");
    }

    #[test]
    fn the_limit_holds_whatever_was_recorded() {
        let budget = Budget { recorded: 5_200_000, ..BUDGET_4_MB };
        assert!(budget.hold(&PHONE_LIBRARY, 5_000_000).is_ok());
        assert!(budget.hold(&PHONE_LIBRARY, 5_000_001).unwrap_err().to_string().contains("allows 5000000"));
    }
}
