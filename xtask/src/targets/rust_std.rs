//! Rust's standard library for another target: installed, fetched by rustup, or built from its source.
//!
//! rustup has most targets; where it is asked for one that its server does not have, it takes back all targets of that one call, so each is
//! asked for by itself. The source of the standard library (`rust-src`) serves for the rest: cargo's `-Zbuild-std` builds it like any other
//! package, which stable cargo does only when `RUSTC_BOOTSTRAP` is set.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Outcome, unavailable};
use crate::process;
use crate::workspace::Workspace;

/// Where the standard library comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Std {
    Installed,
    FromSource,
}

impl Std {
    /// Finds or fetches it.
    pub(super) fn of(ws: &Workspace, target: &str) -> Outcome<Self> {
        if installed(ws, target)? {
            return Ok(Self::Installed);
        }
        if process::on_path("rustup").is_none() {
            return unavailable(format!(
                "this Rust has no standard library for {target} and there is no rustup to fetch it; install rustup, or a Rust with {target}"
            ));
        }
        eprintln!("setup: rustup target add {target}");
        let fetched = process::capture(Command::new("rustup").args(["target", "add", target]).current_dir(&ws.root))?;
        if fetched.ok && installed(ws, target)? {
            return Ok(Self::Installed);
        }
        eprintln!("setup: rustup has no {target}; taking the standard library's source");
        let source =
            process::capture(Command::new("rustup").args(["component", "add", "rust-src"]).current_dir(&ws.root))?;
        if source.ok {
            return Ok(Self::FromSource);
        }
        let said = reason(&fetched.text);
        unavailable(format!("rustup can fetch neither the standard library for {target} nor its source: {said}"))
    }

    /// Tells cargo. Tests need a crate of the standard library more.
    pub(super) fn apply(self, cargo: &mut Command, tests: bool) {
        if self == Self::FromSource {
            let more = if tests { ",test" } else { "" };
            cargo.arg(format!("-Zbuild-std=std,panic_unwind{more}")).env("RUSTC_BOOTSTRAP", "1");
        }
    }

    /// For the table.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::Installed => "",
            Self::FromSource => "with Rust's standard library built from source",
        }
    }
}

/// The folder of this target's libraries is there, and is not empty.
fn installed(ws: &Workspace, target: &str) -> Outcome<bool> {
    let folder = PathBuf::from(rustc(ws, &["--print", "target-libdir", "--target", target])?);
    Ok(folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()))
}

/// What rustc answers, without the line's end.
pub(super) fn rustc(ws: &Workspace, arguments: &[&str]) -> Outcome<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(program);
    let text = process::capture(command.args(arguments).current_dir(&ws.root))?.or_fail("rustc does not answer")?;
    Ok(text.trim_end().to_owned())
}

/// The line of rustup's output that begins with "error:", else the last.
fn reason(text: &str) -> String {
    let error = text.lines().find(|line| line.trim_start().starts_with("error:"));
    error.map_or_else(|| process::last_lines(text, 1), |line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustups_reason_is_its_error_line_and_not_the_trace_below_it() {
        let text = "info: rolling back changes\nerror: component download failed for rust-std-x\n\nStack backtrace:\n  0: anyhow\n";
        assert_eq!(reason(text), "error: component download failed for rust-std-x");
        assert_eq!(reason("a\nb\n"), "b");
    }

    #[test]
    fn only_a_library_from_source_changes_the_call() {
        let arguments = |std: Std, tests| {
            let mut cargo = Command::new("cargo");
            std.apply(&mut cargo, tests);
            let arguments: Vec<_> = cargo.get_args().map(|one| one.to_string_lossy().into_owned()).collect();
            (arguments.join(" "), cargo.get_envs().count())
        };
        assert_eq!(arguments(Std::Installed, true), (String::new(), 0));
        assert_eq!(arguments(Std::FromSource, false), ("-Zbuild-std=std,panic_unwind".to_owned(), 1));
        assert_eq!(arguments(Std::FromSource, true), ("-Zbuild-std=std,panic_unwind,test".to_owned(), 1));
    }
}
