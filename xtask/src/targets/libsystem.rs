//! What Apple's libSystem exports, by the list that zig carries (`libSystem.tbd`, Apple's text form of a library, taken from the macOS SDK).
//!
//! The file has one document for libSystem and one for each library that it passes on. In each, `exports` is a list of groups: the targets
//! that a group is for, then its symbols. Only groups for arm64 count. iOS's libSystem is not the same library as macOS's: a function that
//! Apple has on macOS alone would pass here. Rust's standard library and our dependencies choose by target, so this is rare, but it is
//! not excluded.

use std::collections::BTreeSet;

/// Where it lies in zig's folder of libraries.
pub(super) const FILE: &str = "libc/darwin/libSystem.tbd";

/// All symbols for arm64, with Mach-O's underscore.
pub(super) fn exports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut arm64 = false;
    for (key, items) in lists(text) {
        match key {
            "targets" => arm64 = items.iter().any(|target| target.starts_with("arm64")),
            "symbols" | "weak-symbols" | "thread-local-symbols" if arm64 => {
                found.extend(items.into_iter().map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// `key: [ a, 'b', c ]`, over one line or many, in the order of the file.
fn lists(text: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    text.split(']').filter_map(|piece| {
        let (before, items) = piece.rsplit_once('[')?;
        let key = before.trim_end().strip_suffix(':')?;
        let key = key.rsplit(|c: char| c.is_whitespace()).next()?;
        let item = |item: &'_ str| -> bool { !item.is_empty() };
        let items = items.split(',').map(|one| one.trim().trim_matches(['\'', '"'])).filter(|one| item(one)).collect();
        Some((key, items))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TBD: &str = "--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos, arm64e-macos,
                   arm64e-maccatalyst ]
install-name:    '/usr/lib/libSystem.B.dylib'
reexported-libraries:
  - targets:         [ x86_64-macos, arm64e-macos ]
    libraries:       [ '/usr/lib/system/libcache.dylib' ]
exports:
  - targets:         [ x86_64-macos ]
    symbols:         [ '_old$INODE64' ]
  - targets:         [ arm64e-macos, x86_64-macos ]
    symbols:         [ _malloc, '_dirname$EXT',
                       _open ]
    weak-symbols:    [ __Znwm ]
    objc-classes:    [ OS_object ]
--- !tapi-tbd
targets:         [ arm64e-macos ]
exports:
  - targets:         [ arm64e-macos ]
    thread-local-symbols: [ _errno_tls ]
...
";

    #[test]
    fn symbols_for_arm64_are_read_over_lines_and_documents() {
        let expected = ["__Znwm", "_dirname$EXT", "_errno_tls", "_malloc", "_open"];
        assert_eq!(exports(TBD).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_text_without_lists_exports_nothing() {
        assert!(exports("--- !tapi-tbd\n...\n").is_empty());
    }
}
