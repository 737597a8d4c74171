//! Are the stand-ins' declarations Apple's?
//!
//! Each declaration of a stand-in ends in a claim, and each claim is looked up in the crate of the objc2 family that is generated
//! from that framework's headers:
//!
//! | claim | what has to be in the crate |
//! |---|---|
//! | `// = CLLocationManager requestLocation` | this class or protocol, with this selector |
//! | `// = func SecKeyCreateSignature/4` | this C function, with so many arguments |
//! | `// = const kSecAttrKeyType` | this constant |
//! | `// = enum CLAuthorizationStatus denied 2` | this case, with this value |
//! | `// = swift` | nothing: the declaration is Swift's own spelling, and is not checked |
//!
//! A declaration without a claim is a finding, so that nothing slips in. A class that says `@unchecked Sendable` has to be so in the
//! crate (`NS_SWIFT_SENDABLE` becomes `Sync`), and one that the crate keeps on the main thread has to be `@MainActor`: where a
//! stand-in is milder than Apple, the compiler would let a race pass. What this does not see: the Swift name of a selector,
//! availability, `@Sendable` closures, and frameworks that are Swift alone.
//!
//! [`super::crates`] fetches them.

use std::fs;
use std::path::{Path, PathBuf};

use super::crates;
use crate::failure::{AtPath, Outcome, failed};
use crate::test::counts::Counts;
use crate::workspace::Workspace;

const STANDINS: &str = "ios-shell/Standins";

/// Frameworks and their crates. Stand-ins that are not named here have no crate: their declarations are Swift's own.
pub(super) const CRATES: [(&str, &[&str]); 10] = [
    ("AVFoundation", &["objc2-av-foundation"]),
    ("BackgroundTasks", &["objc2-background-tasks"]),
    ("CoreLocation", &["objc2-core-location"]),
    ("CoreMotion", &["objc2-core-motion"]),
    ("DeviceCheck", &["objc2-device-check"]),
    ("NetworkExtension", &["objc2-network-extension"]),
    ("QuartzCore", &["objc2-quartz-core"]),
    // Security's calls speak in CoreFoundation's errors.
    ("Security", &["objc2-security", "objc2-core-foundation"]),
    ("UIKit", &["objc2-ui-kit"]),
    ("UserNotifications", &["objc2-user-notifications"]),
];
/// Of all crates.
const VERSION: &str = "=0.3.2";

/// One claim of a stand-in.
#[derive(Debug, PartialEq, Eq)]
enum Claim<'a> {
    Method { owner: &'a str, selector: &'a str },
    Function { name: &'a str, arguments: usize },
    Constant(&'a str),
    Case { name: &'a str, case: &'a str, value: &'a str },
    Swift,
}

impl<'a> Claim<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(match words.as_slice() {
            ["swift"] => Self::Swift,
            ["const", name] => Self::Constant(name),
            ["func", call] => {
                let (name, arguments) = call.split_once('/')?;
                Self::Function { name, arguments: arguments.parse().ok()? }
            }
            ["enum", name, case, value] => Self::Case { name, case, value },
            [owner, selector] => Self::Method { owner, selector },
            _ => return None,
        })
    }

    /// Does a crate's source say the same?
    fn holds(&self, files: &[String]) -> bool {
        match self {
            Self::Swift => true,
            Self::Method { owner, selector } => {
                let marks = [
                    format!("pub struct {owner};"),
                    format!("pub unsafe trait {owner}:"),
                    format!("pub unsafe trait {owner} "),
                    format!("impl {owner} {{"),
                ];
                let method = format!("(method({selector}))");
                let private =
                    format!("(method({}))", selector.strip_suffix(':').map(|s| format!("{s}:_")).unwrap_or_default());
                files
                    .iter()
                    .filter(|file| marks.iter().any(|mark| file.contains(mark.as_str())))
                    .any(|file| file.contains(&method) || file.contains(&private))
            }
            Self::Function { name, arguments } => {
                let start = format!("fn {name}(");
                files.iter().flat_map(|file| file.split(start.as_str()).skip(1)).any(|rest| arity(rest) == *arguments)
            }
            Self::Constant(name) => {
                let marks = [format!("static {name}:"), format!("const {name}:")];
                files.iter().any(|file| marks.iter().any(|mark| file.contains(mark.as_str())))
            }
            Self::Case { name, case, value } => {
                let mut upper = case.chars();
                let upper: String = upper.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(upper).collect();
                // An enumeration, or an option set of the bitflags crate.
                let starts = [format!("impl {name} {{"), format!("impl {name}: ")];
                files
                    .iter()
                    .flat_map(|file| starts.iter().flat_map(|start| file.split(start.as_str()).skip(1)))
                    .filter_map(|rest| rest.split("\n}").next())
                    .flat_map(str::lines)
                    .any(|line| has_case(line, &upper, value))
            }
        }
    }
}

/// `pub const StatusDenied: Self = Self(2);` and, for option sets, `const Alert = 1<<2;`.
fn has_case(line: &str, case: &str, value: &str) -> bool {
    let Some(rest) = line.trim().trim_start_matches("pub ").strip_prefix("const ") else { return false };
    let Some((name, given)) = rest.split_once([':', '=']) else { return false };
    let given = given.rsplit_once("Self(").map_or(given, |(_, inner)| inner);
    let given: String = given.chars().filter(|c| !matches!(c, ' ' | ')' | ';' | '=')).collect();
    name.trim().ends_with(case) && given == value.replace(' ', "")
}

/// The number of arguments up to the parenthesis that closes the list.
fn arity(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut names = 0;
    for c in rest.chars() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' if depth == 0 => break,
            ')' | '>' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => names += 1,
            _ => {}
        }
    }
    names
}

/// Is this line a declaration that has to claim something?
fn declares(line: &str) -> bool {
    let line = line.trim();
    let starts = [
        "open func ",
        "open var ",
        "open class ",
        "public func ",
        "public let ",
        "public static let ",
        "public class func ",
        "public convenience init",
        "public init",
        "open class func ",
        "open class var ",
        "public static func ",
        "case ",
        "func ",
    ];
    let is_type = line.ends_with(['{', '}'])
        && (line.starts_with("open class ") && !line.contains("func ") && !line.contains(" var "));
    // Every Swift option set has one.
    let is_raw = line.starts_with("public let rawValue");
    starts.iter().any(|start| line.starts_with(start)) && !is_type && !is_raw
}

/// What is wrong with how a class may be used from other threads, against the crate.
fn isolation(line: &str, files: &[String]) -> Option<&'static str> {
    let (before, rest) = line.split_once("class ")?;
    let modifiers = ["@MainActor", "@preconcurrency", "open", "public", "final", "@_spi(Testing)"];
    if !rest.contains('{') || !before.split_whitespace().all(|word| modifiers.contains(&word)) {
        return None;
    }
    let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    let crate_has = |mark: String| files.iter().any(|file| file.contains(mark.as_str()));
    let on_main = || {
        let end = format!("pub struct {name};");
        let heads = files.iter().filter_map(|file| file.split_once(end.as_str()));
        heads.filter_map(|(head, _)| head.rsplit("extern_class!").next()).any(|head| head.contains("= MainThreadOnly]"))
    };
    if rest.contains("@unchecked Sendable") && !crate_has(format!("unsafe impl Sync for {name} {{}}")) {
        Some("the crate does not let other threads use it; take `@unchecked Sendable` away")
    } else if !before.contains("@MainActor") && on_main() {
        Some("the crate keeps it on the main thread; say `@MainActor`")
    } else {
        None
    }
}

/// Checks all stand-ins that have a crate.
pub(super) fn check(ws: &Workspace) -> Outcome<Counts> {
    let names: Vec<(&str, &str)> =
        CRATES.iter().flat_map(|(_, names)| names.iter().map(|name| (*name, VERSION))).collect();
    let crates = crates::sources(ws, "apple-headers", &names)?;
    let mut counts = Counts::default();
    for (framework, names) in CRATES {
        let folder = ws.path(STANDINS).join(framework);
        if !folder.is_dir() {
            return failed(format!("{} is not there, but the check knows it", folder.display()));
        }
        let files: Vec<String> = names.iter().filter_map(|name| crates.get(*name)).flatten().cloned().collect();
        let mut own = Counts::default();
        for file in swift_files(&folder)? {
            let text = fs::read_to_string(&file).at("read", &file)?;
            for (number, line) in text.lines().enumerate() {
                match finding(line, &files) {
                    Ok(held) => own.passed += u64::from(held),
                    Err(what) => {
                        own.failed += 1;
                        println!("{}:{}: {what}", file.display(), number + 1);
                    }
                }
            }
        }
        let names = names.join(" and ");
        println!("stand-in {framework}: {} declarations agree with {names}, {} do not", own.passed, own.failed);
        counts += own;
    }
    Ok(counts)
}

/// Whether a line's claim was held against the crates, or what is wrong with it.
fn finding(line: &str, files: &[String]) -> Result<bool, String> {
    let claim = match line.split_once("// = ") {
        Some((_, claim)) => Some(Claim::parse(claim).ok_or_else(|| format!("not a claim: {claim}"))?),
        None if declares(line) => return Err("claims nothing".to_owned()),
        None => None,
    };
    match claim {
        Some(Claim::Swift) => Ok(false),
        Some(claim) if claim.holds(files) => Ok(true),
        Some(claim) => Err(format!("Apple's headers do not say so: {claim:?}")),
        None => isolation(line, files).map_or(Ok(false), |what| Err(what.to_owned())),
    }
}

fn swift_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).at("read", folder)? {
        let path = entry.at("read", folder)?.path();
        if path.extension().is_some_and(|extension| extension == "swift") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read() {
        assert_eq!(Claim::parse("A b:c:"), Some(Claim::Method { owner: "A", selector: "b:c:" }));
        assert_eq!(Claim::parse("func f/2"), Some(Claim::Function { name: "f", arguments: 2 }));
        assert_eq!(Claim::parse("enum E x 1 << 2"), None);
        assert_eq!(Claim::parse("enum E x 1<<2"), Some(Claim::Case { name: "E", case: "x", value: "1<<2" }));
        assert_eq!(Claim::parse("one"), None);
    }

    #[test]
    fn a_wrong_claim_does_not_hold() {
        let file = "extern_class!(pub struct A;);\nimpl A { #[unsafe(method(go:))] fn go(); }\n\
            unsafe extern \"C-unwind\" { pub fn F(a: &X, b: *mut Y<Z>) -> T; pub static kX: &'static S; }\n\
            impl E {\n    pub const EDenied: Self = Self(2);\n    const EAlert = 1<<3;\n}\n"
            .to_owned();
        let holds = |claim: &str| Claim::parse(claim).unwrap().holds(std::slice::from_ref(&file));
        assert!(holds("A go:") && !holds("A go") && !holds("B go:"));
        assert!(holds("func F/2") && !holds("func F/3") && !holds("func G/2"));
        assert!(holds("const kX") && !holds("const kY"));
        assert!(holds("enum E denied 2") && !holds("enum E denied 3") && !holds("enum E alert 2"));
        assert!(holds("enum E alert 1<<3"));
    }

    /// As the crates write it: attributes between `extern_class!` and the name.
    #[test]
    fn a_class_that_is_milder_than_apples_is_seen() {
        let file = "extern_class!(\n    #[unsafe(super(NSObject))]\n    pub struct Free;\n);\n\
            extern_class!(\n    #[unsafe(super(NSObject))]\n    #[thread_kind = MainThreadOnly]\n    pub struct Main;\n);\n\
            extern_class!(\n    pub struct Shared;\n);\nunsafe impl Send for Shared {}\nunsafe impl Sync for Shared {}\n"
            .to_owned();
        let wrong = |line: &str| isolation(line, std::slice::from_ref(&file)).is_some();
        assert!(!wrong("open class Free: NSObject {") && wrong("open class Free: NSObject, @unchecked Sendable {"));
        assert!(!wrong("@MainActor open class Main: NSObject {") && wrong("open class Main: NSObject {"));
        assert!(!wrong("public final class Shared: NSObject, @unchecked Sendable {}"));
        assert!(!wrong("    open class func main() -> Main { Main() }"));
    }

    #[test]
    fn a_declaration_without_a_claim_is_seen() {
        assert!(declares("    open func go() {}"));
        assert!(declares("public let kX = NSString(string: \"x\")"));
        assert!(!declares("open class A: NSObject {"));
        assert!(!declares("import Foundation"));
        assert_eq!(finding("open func go() {}", &[]), Err("claims nothing".to_owned()));
        assert!(finding("open func go() {}  // = A go", &[]).is_err());
        assert_eq!(finding("open func go() {}  // = swift", &[]), Ok(false));
    }
}
