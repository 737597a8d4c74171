//! Which packages are in the dependency tree.
//!
//! One TLS and crypto provider (ring) and no C library but SQLite, on every platform and with every feature; the judges of tests
//! in no product; and no time-zone database in the phone. cargo-deny holds the first of these, too; here it is held where cargo-deny is not installed.

use std::collections::BTreeSet;

use crate::failure::{Outcome, failed};
use crate::process;
use crate::workspace::Workspace;

/// Nowhere, not even in tests.
const NOWHERE: [&str; 5] = ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls"];
/// Judges: the tests hold our signatures, digests and log against them; a product has ring only.
const NOT_IN_A_PRODUCT: [&str; 4] = ["ed25519-dalek", "sha2", "signed_note", "tlog_tiles"];
/// Not in the phone library. chrono-tz alone would add 1.9 MB.
const NOT_IN_THE_PHONE: [&str; 3] = ["chrono-tz", "uniffi_bindgen", "axum"];

/// Fails with the packages that must not be there.
pub(crate) fn check(ws: &Workspace) -> Outcome<()> {
    let everything = packages(ws, &["--workspace", "--all-features", "--edges", "normal,build,dev"])?;
    let products = packages(ws, &["-p", "daka-ffi", "-p", "daka-server", "-p", "daka", "--edges", "normal"])?;
    let phone = packages(ws, &["-p", "daka-ffi", "--edges", "normal"])?;
    let rules = [
        (&NOWHERE[..], &everything, "the tree", ""),
        (&NOT_IN_A_PRODUCT[..], &products, "a product", "-e normal "),
        (&NOT_IN_THE_PHONE[..], &phone, "the phone library", "-e normal -p daka-ffi "),
    ];
    let mut wrong = Vec::new();
    for (names, tree, place, ask) in rules {
        let sentence = |name| format!("{name} is in {place}; ask `cargo tree {ask}-i {name}` who wants it");
        wrong.extend(found(names, tree).map(sentence));
    }
    if wrong.is_empty() { Ok(()) } else { failed(wrong.join("\n")) }
}

fn packages(ws: &Workspace, arguments: &[&str]) -> Outcome<BTreeSet<String>> {
    let mut tree = ws.cargo();
    tree.args(["tree", "--locked", "--target", "all", "--prefix", "none", "--format", "{p}"]).args(arguments);
    Ok(names(&process::capture(&mut tree)?.or_fail("cargo tree failed; is Cargo.lock up to date?")?))
}

/// The first word of each line.
fn names(tree: &str) -> BTreeSet<String> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn found<'a>(names: &'a [&str], tree: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    names.iter().copied().filter(|name| tree.contains(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_whole_name() {
        let tree = names("daka-ffi v0.1.0 (/x/bindings)\nopenssl-probe v0.2.2\naws-lc-rs v1.0.0 (*)\n\n");
        assert_eq!(found(&NOWHERE, &tree).collect::<Vec<_>>(), ["aws-lc-rs"]);
        assert_eq!(found(&NOT_IN_THE_PHONE, &tree).count(), 0);
    }
}
