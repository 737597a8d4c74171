//! Apple's frameworks that an app has to link, and what they export.
//!
//! Which ones: `bindings/swift/Package.swift` declares them, and an app that uses the package gets them from there. What they export: no list
//! of it can be had without Apple's SDK, but the objc2 crates are generated from the frameworks' headers, and every C function and constant
//! of the headers is in them. They cover macOS and iOS together and do not say which of the two has a name.

use std::collections::BTreeSet;

use crate::failure::{Outcome, failed};
use crate::ios::crates;
use crate::workspace::Workspace;

/// Where the frameworks are declared.
pub(super) const DECLARED: &str = "bindings/swift/Package.swift";

/// Frameworks and the crates made from their headers.
const CRATES: [(&str, &str, &str); 2] =
    [("CoreFoundation", "objc2-core-foundation", "=0.3.2"), ("Security", "objc2-security", "=0.3.2")];

/// A framework and its symbols, with Mach-O's underscore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Framework {
    pub(super) name: String,
    pub(super) symbols: BTreeSet<String>,
}

/// The declared frameworks. Fails for one whose headers no crate here has.
pub(super) fn declared(ws: &Workspace) -> Outcome<Vec<Framework>> {
    let names = linked(&ws.read(DECLARED)?);
    let mut wanted = Vec::new();
    for name in names {
        match CRATES.iter().find(|(framework, ..)| *framework == name) {
            Some((_, package, version)) => wanted.push((name, *package, *version)),
            None => {
                return failed(format!(
                    "{DECLARED} declares the framework {name}, and the link check does not know what it exports; \
                     name its objc2 crate in xtask/src/targets/frameworks.rs"
                ));
            }
        }
    }
    let packages: Vec<(&str, &str)> = wanted.iter().map(|(_, package, version)| (*package, *version)).collect();
    let sources = crates::sources(ws, "framework-symbols", &packages)?;
    let mut frameworks = Vec::new();
    for (name, package, _) in wanted {
        let Some(files) = sources.get(package) else { return failed(format!("cargo did not name {package}")) };
        let symbols = files.iter().flat_map(|file| names_in(file)).collect();
        frameworks.push(Framework { name, symbols });
    }
    Ok(frameworks)
}

/// The names in `.linkedFramework("NAME"`.
fn linked(package: &str) -> Vec<String> {
    package.split(".linkedFramework(\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// C functions and constants that a crate's source declares, as symbols. Rust's own functions are in small letters throughout, and Apple's
/// names never are.
fn names_in(source: &str) -> BTreeSet<String> {
    let after = |keyword: &'static str| source.split(keyword).skip(1);
    let functions = after(" fn ").filter_map(|rest| name(rest, &['(', '<']));
    let constants = after(" static ").filter_map(|rest| name(rest, &[':']));
    functions.chain(constants).filter(|name| name.contains(char::is_uppercase)).map(|name| format!("_{name}")).collect()
}

/// The word at the beginning, if one of these characters ends it.
fn name<'a>(text: &'a str, ends: &[char]) -> Option<&'a str> {
    let (name, rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?);
    (!name.is_empty() && rest.starts_with(ends)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_constants_of_the_headers_are_symbols_and_rusts_own_are_not() {
        let source = "impl CFArray { pub fn new() -> X {} }\nunsafe extern \"C-unwind\" {\n    \
            pub fn CFArrayGetCount(the_array: &CFArray) -> CFIndex;\n    pub fn SecCopy<T>(a: T);\n}\n\
            extern \"C\" { pub static kCFTypeArrayCallBacks: CFArrayCallBacks; }\nlet x: &'static CFString = y;\n\
            pub type CFHash = Option<unsafe extern \"C-unwind\" fn(*const c_void) -> CFHashCode>;\n";
        let expected = ["_CFArrayGetCount", "_SecCopy", "_kCFTypeArrayCallBacks"];
        assert_eq!(names_in(source).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_declared_frameworks_are_those_of_the_swift_package() {
        let package = include_str!("../../../bindings/swift/Package.swift");
        let declared = linked(package);
        assert_eq!(declared, ["Security", "CoreFoundation"]);
        for name in declared {
            assert!(CRATES.iter().any(|(framework, ..)| *framework == name), "{name} has no crate");
        }
    }
}
