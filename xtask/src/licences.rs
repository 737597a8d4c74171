//! What the iOS app shows under "Licences": every crate that its library holds, with its version and its terms.
//!
//! Asked of cargo for the phone's target, from the lock file, with the bindings' own features; crates that only run while others are
//! built (macros, build scripts) are in no phone and not in the list. `cargo xtask generate` writes it, `--check` compares.

use std::collections::BTreeSet;

use crate::failure::Outcome;
use crate::process;
use crate::workspace::Workspace;

/// The file, relative to the repository.
pub(crate) const FILE: &str = "ios-shell/Sources/DakaScreens/Resources/licences.txt";

/// The file's text as the lock file has it now.
pub(crate) fn text(ws: &Workspace) -> Outcome<String> {
    let mut tree = ws.cargo();
    tree.args(["tree", "--locked", "--package", "daka-ffi", "--edges", "normal,no-proc-macro", "--prefix", "none"]);
    tree.args(["--target", "aarch64-apple-ios", "--format", "{p}, {l}"]);
    let listed = process::capture(&mut tree)?.or_fail("cargo cannot list the crates of the phone's library")?;
    Ok(lines(&listed))
}

/// One line for each crate that is not ours: `name 1.2.3, MIT OR Apache-2.0`.
fn lines(listed: &str) -> String {
    // Cargo names a folder for a crate of this repository, and marks what it has listed before. Terms may have brackets, too.
    let of_this_repository = |line: &str| line.split(", ").next().is_some_and(|package| package.contains(" ("));
    let others = listed
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !of_this_repository(line));
    let named = others.filter_map(|line| line.split_once(" v")).map(|(name, rest)| format!("{name} {rest}\n"));
    named.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_of_others_is_listed_once_with_its_terms() {
        let listed = "daka-ffi v0.1.0 (/x/bindings), Apache-2.0 OR MIT\nserde v1.0.2, MIT OR Apache-2.0\n\n\
            base64 v0.22.1, MIT\nserde v1.0.2, MIT OR Apache-2.0 (*)\nbase64 v0.23.1, MIT\n\
            jpeg-encoder v0.7.1, (MIT OR Apache-2.0) AND IJG\n";
        let expected = "base64 0.22.1, MIT\nbase64 0.23.1, MIT\njpeg-encoder 0.7.1, (MIT OR Apache-2.0) AND IJG\n\
            serde 1.0.2, MIT OR Apache-2.0\n";
        assert_eq!(lines(listed), expected);
    }
}
