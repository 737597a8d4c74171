//! The phone apps are shells: they call the façade and nothing behind it, and the façade decides nothing.
//!
//! **Shells** (`android-shell`, `ios-shell`). Kotlin: of `org.daka.ffi` an app names values alone: records (`data class`), codes (`enum class`),
//! sums of them (`sealed class`) and the interfaces that an app implements for the core (those with an `…Impl`). The generated objects, functions,
//! converters and the raw failure stay behind `org.daka`, and so does JNA. Swift: an app imports `Daka`, and neither `DakaFFI` nor the C module.
//! What is declared is read from the generated file, so that the line moves with the surface.
//!
//! **Façade** (`org.daka`, `Sources/Daka`). A rule of the business needs a branch, a comparison or a sum. Each line that has one is
//! listed in [`DECLARED`] with what it is for; another one is a finding, and so is an entry whose line is gone. What is left is declarations,
//! calls and mappings.
//!
//! **Thin.** The apps' own lines of code in Kotlin and Swift are counted, imports among them, without tests, generated tables, comments and
//! blank lines, and held to `tests/budget.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Finding;
use crate::failure::{AtPath, Outcome, failed};
use crate::size;
use crate::texts;
use crate::workspace::Workspace;

const KOTLIN_APP: &str = "android-shell/app/src/main/kotlin";
const SWIFT_APP: [&str; 2] = ["ios-shell/Sources", "ios-shell/App"];
const KOTLIN_FACADE: &str = "bindings/kotlin/src/main/kotlin/org/daka";
const SWIFT_FACADE: &str = "bindings/swift/Sources/Daka";
const GENERATED: &str = "bindings/kotlin/src/main/kotlin/org/daka/ffi/daka_ffi.kt";

/// (file, line, what it is for): every branch, comparison and sum of the façade.
const DECLARED: &[(&str, &str, &str)] = &[
    (
        "AndroidTls.kt",
        "if (Platform.isAndroid()) answered { load(context) }",
        "elsewhere there is nothing to initialise",
    ),
    ("AndroidTls.kt", "when (load()) {", "the native half's answers, as one code with a reason"),
    ("Daka.kt", "if (change != ENDED) {", "the stream's end"),
    ("Daka.kt", "change != ENDED", "the stream's end"),
    ("Daka.kt", "val pace = if (inFront) Pace.FOREGROUND else Pace.BACKGROUND", "a Boolean as the core's code"),
    ("Daka.kt", "while (true) {", "counts signals without a lock"),
    ("Daka.kt", "if (now == ENDED || changes.compareAndSet(now, now + 1)) return", "counts signals without a lock"),
    ("Daka.kt", "if (e.code != FailureCode.CLOSED) throw e", "a stream waits while the journal is paused"),
    (
        "Requests.kt",
        "utcOffsetMin = (TimeZone.getDefault().getOffset(System.currentTimeMillis()) / 60_000).toShort(),",
        "milliseconds as minutes",
    ),
    (
        "Codes.swift",
        r#"text += character.isUppercase ? "_" + character.lowercased() : String(character)"#,
        "a code as text",
    ),
    (
        "DakaError.swift",
        r#"public var description: String { detail.isEmpty ? code.text : "\(code.text): \(detail)" }"#,
        "an empty detail is left out of the text",
    ),
    ("DakaError.swift", "switch error {", "the bindings' errors as the façade's"),
    (
        "EventHub.swift",
        "if case .event(let event) = change { event } else { nil }",
        "picks the events out of the stream",
    ),
    ("EventHub.swift", "guard let state = await ask(), state != shown else { return }", "a state is told once"),
    (
        "EventHub.swift",
        "tell: { change in if let element = element(change) { continuation.yield(element) } },",
        "a stream",
    ),
    ("EventHub.swift", "guard readers != nil else { return nil }", "the stream's end"),
    ("EventHub.swift", "last += 1", "numbers readers"),
    ("EventHub.swift", "guard let number else {", "the stream's end"),
    ("EventHub.swift", "guard let self else { return }", "a reader that outlives the hub"),
    (
        "Waiting.swift",
        "guard answer.awaited(by: caller) else { return }",
        "who waits for an answer, and who was cancelled",
    ),
    ("Waiting.swift", "if case .given(let result) = state { return result }", "who waits for an answer"),
    ("Waiting.swift", "if let given { caller.resume(with: given) }", "who waits for an answer"),
    ("Waiting.swift", "return given == nil", "who waits for an answer"),
    ("Waiting.swift", "defer { if case .given = state {} else { state = .given(result) } }", "who waits for an answer"),
    ("Waiting.swift", "if case .awaited(let caller) = state { return caller }", "who waits for an answer"),
];

/// All findings; says how long the apps are.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let generated = Surface::read(&ws.read(GENERATED)?);
    let mut findings = Vec::new();
    let facade = sources(ws, KOTLIN_FACADE, "kt")?.into_iter().filter(|(file, _)| !inner(file)).collect::<Vec<_>>();
    let own: BTreeSet<String> =
        facade.iter().flat_map(|(_, text)| text.lines().filter_map(declared).map(|d| d.1)).collect();
    for (file, text) in sources(ws, KOTLIN_APP, "kt")? {
        findings.extend(kotlin(&file, &text, &generated, &own));
    }
    for folder in SWIFT_APP {
        for (file, text) in sources(ws, folder, "swift")? {
            findings.extend(swift(&file, &text));
        }
    }
    let mut lines = facade;
    lines.extend(sources(ws, SWIFT_FACADE, "swift")?);
    findings.extend(rules(&lines, DECLARED));
    length(ws)?;
    Ok(findings)
}

/// The generated bindings and the fakes are below the façade and no part of it.
fn inner(file: &str) -> bool {
    file.strip_prefix(KOTLIN_FACADE).is_some_and(|rest| rest.trim_start_matches('/').contains('/'))
}

/// Files of a folder with their texts, in alphabetical order.
fn sources(ws: &Workspace, folder: &str, extension: &str) -> Outcome<Vec<(String, String)>> {
    let mut files = Vec::new();
    collect(&ws.path(folder), extension, &mut files)?;
    files.sort();
    let name = |path: &Path| path.strip_prefix(&ws.root).unwrap_or(path).to_string_lossy().into_owned();
    files.iter().map(|path| Ok((name(path), fs::read_to_string(path).at("read", path)?))).collect()
}

fn collect(folder: &Path, extension: &str, files: &mut Vec<std::path::PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder).at("read", folder)? {
        let path = entry.at("read", folder)?.path();
        if path.is_dir() {
            collect(&path, extension, files)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(())
}

/// What the generated Kotlin declares, and what of it is a value.
struct Surface {
    all: BTreeSet<String>,
    values: BTreeSet<String>,
}

impl Surface {
    fn read(text: &str) -> Self {
        let found: Vec<(&str, String)> = text.lines().filter_map(declared).collect();
        let all: BTreeSet<String> = found.iter().map(|(_, name)| name.clone()).collect();
        let is_value = |kind: &str, name: &str| match kind {
            "data class" | "enum class" => true,
            "sealed class" => name != "DakaFailure",
            "interface" => all.contains(&format!("{name}Impl")),
            _ => false,
        };
        let values = found.iter().filter(|(kind, name)| is_value(kind, name)).map(|(_, name)| name.clone()).collect();
        Self { all, values }
    }
}

/// Kind and name of what a line declares at the top level.
fn declared(line: &str) -> Option<(&'static str, String)> {
    const KINDS: [&str; 10] =
        ["data class", "enum class", "sealed class", "class", "interface", "object", "fun", "typealias", "val", "var"];
    const MODIFIERS: [&str; 9] =
        ["public", "internal", "private", "open", "abstract", "inline", "suspend", "const", "external"];
    let mut rest = line;
    while let Some(modifier) = MODIFIERS.iter().find(|m| rest.strip_prefix(**m).is_some_and(|r| r.starts_with(' '))) {
        rest = rest.get(modifier.len() + 1..)?;
    }
    let kind = KINDS.iter().find(|kind| rest.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' ')))?;
    let after = rest.get(kind.len() + 1..)?;
    let after = after.trim_start_matches(['`', ' ']);
    let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some((*kind, name))
}

fn finding(file: &str, line: usize, what: String) -> Finding {
    Finding { file: file.to_owned(), line, what }
}

/// What an app's Kotlin names of what is behind the façade.
fn kotlin(file: &str, text: &str, surface: &Surface, facade: &BTreeSet<String>) -> Vec<Finding> {
    let code: Vec<String> = bare(text);
    let star = code.iter().any(|line| line.trim() == "import org.daka.ffi.*");
    let mut findings = Vec::new();
    for (index, line) in code.iter().enumerate() {
        let mut say = |name: &str| {
            let what = format!(
                "names `{name}`, which is behind the façade; an app takes values of `org.daka.ffi` and calls `org.daka`"
            );
            findings.push(finding(file, index + 1, what));
        };
        if line.contains("com.sun.jna") || line.contains("loadLibrary") {
            say("JNA");
        }
        for (at, path) in line.match_indices("org.daka.ffi.") {
            let name: String =
                line.get(at + path.len()..).unwrap_or_default().chars().take_while(|c| part(*c)).collect();
            if !name.is_empty() && !surface.values.contains(&name) {
                say(&name);
            }
        }
        if star && !line.trim_start().starts_with("import ") {
            for name in unqualified(line) {
                if surface.all.contains(&name) && !surface.values.contains(&name) && !facade.contains(&name) {
                    say(&name);
                }
            }
        }
    }
    findings
}

fn part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words that stand for themselves: not after a dot, and not the name of what is declared there.
fn unqualified(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = String::new();
    for word in line.split_inclusive(|c: char| !part(c)) {
        let name: String = word.chars().take_while(|c| part(*c)).collect();
        let start = before.trim_end();
        if !name.is_empty() && !start.ends_with('.') && !start.ends_with("fun") && !start.ends_with("val") {
            names.push(name);
        }
        before.push_str(word);
    }
    names
}

fn swift(file: &str, text: &str) -> Vec<Finding> {
    let hidden = ["DakaFFI", "daka_ffiFFI", "daka_ffi"];
    let names = |line: &str| line.split(|c: char| !part(c)).any(|word| hidden.contains(&word));
    let lines = bare(text).into_iter().enumerate().filter(|(_, line)| names(line));
    lines.map(|(index, _)| finding(file, index + 1, "names what is behind `Daka`".to_owned())).collect()
}

/// Lines without comments and without what stands between quotes. Nested quotes in a template are taken as code, which is stricter.
fn bare(text: &str) -> Vec<String> {
    let mut block = false;
    text.lines()
        .map(|line| {
            let (mut kept, mut quoted, mut before) = (String::new(), false, ' ');
            let mut characters = line.chars().peekable();
            while let Some(c) = characters.next() {
                let next = characters.peek().copied();
                match c {
                    '*' if block && next == Some('/') => {
                        block = false;
                        characters.next();
                    }
                    _ if block => {}
                    '"' if before != '\\' => {
                        quoted = !quoted;
                        kept.push(c);
                    }
                    _ if quoted => {}
                    '/' if next == Some('/') => break,
                    '/' if next == Some('*') => block = true,
                    _ => kept.push(c),
                }
                before = c;
            }
            kept
        })
        .collect()
}

/// Lines of the façade that decide or reckon, and entries of the list without their line.
fn rules(files: &[(String, String)], known: &[(&str, &str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, text) in files {
        for (index, (code, line)) in bare(text).iter().zip(text.lines()).enumerate() {
            if !decides(code) {
                continue;
            }
            let name = file.rsplit('/').next().unwrap_or_default();
            if known.iter().any(|(at, what, _)| *at == name && *what == line.trim()) {
                seen.insert((name.to_owned(), line.trim().to_owned()));
            } else {
                let what = format!(
                    "the façade decides or reckons: `{}`; move it into the core, or declare it in xtask/src/check/shells.rs",
                    line.trim()
                );
                findings.push(finding(file, index + 1, what));
            }
        }
    }
    let gone = known.iter().filter(|(at, what, _)| !seen.contains(&((*at).to_owned(), (*what).to_owned())));
    findings.extend(gone.map(|(at, what, _)| finding(at, 0, format!("is declared and not there: `{what}`"))));
    findings
}

/// A branch, an order or a sum: words and operators with a blank on each side, as both formatters leave them.
fn decides(code: &str) -> bool {
    const OPERATORS: [&str; 14] = ["?", "+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=", "&&", "||"];
    let words = ["if", "when", "switch", "guard", "while"];
    let word = |wanted: &str| code.split(|c: char| !part(c)).any(|found| found == wanted);
    let operator =
        |wanted: &str| code.split(' ').any(|found| found == wanted) || code.contains("+=") || code.contains("-=");
    words.iter().any(|w| word(w)) || OPERATORS.iter().any(|o| operator(o))
}

/// Lines of code: those with more on them than blanks and comments.
fn code(text: &str) -> u64 {
    bare(text).iter().filter(|line| !line.trim().is_empty()).count() as u64
}

/// Says how long the apps are; too long is a failure.
fn length(ws: &Workspace) -> Outcome<()> {
    let limit = size::budgets(ws)?.app_lines.limit;
    let mut all = 0;
    let mut count = |folder: &str, extension: &str| -> Outcome<u64> {
        let own = sources(ws, folder, extension)?.into_iter().filter(|(file, _)| !texts::is_generated(file));
        Ok(own
            .map(|(_, text)| {
                all += text.lines().count();
                code(&text)
            })
            .sum())
    };
    let kotlin = count(KOTLIN_APP, "kt")?;
    let swift = SWIFT_APP.iter().map(|folder| count(folder, "swift")).sum::<Outcome<u64>>()?;
    let sum = kotlin + swift;
    println!(
        "the apps: {kotlin} lines of code in Kotlin, {swift} in Swift, {sum} of {limit}; {all} with comments and blank lines"
    );
    if sum > limit {
        return failed(format!("the apps have {sum} lines of code of their own, and {limit} are allowed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FFI: &str = "data class HomeState (\nopen class DakaClient: Disposable\nsuspend fun `verifyBundle`(x)\nenum class Asked {\n\
        public interface DeviceKey {\nopen class DeviceKeyImpl: X\npublic interface DakaClientInterface {\nsealed class DakaFailure: E\nopen class DakaPhone\n";

    fn names(text: &str) -> Vec<usize> {
        let facade = BTreeSet::from(["DakaPhone".to_owned()]);
        kotlin("x.kt", text, &Surface::read(FFI), &facade).iter().map(|f| f.line).collect()
    }

    #[test]
    fn a_line_of_code_has_more_than_blanks_and_comments() {
        let text =
            "package a\nimport a.b\n\n/** Says\n * so. */\nfun f() = // why\n    \"text\"\n    // no\n/* a */ x\n  }\n";
        // The package, the import, the function, its text, x and the brace.
        assert_eq!(code(text), 6);
    }

    #[test]
    fn an_app_takes_values_and_no_object_function_or_failure_of_the_bindings() {
        assert_eq!(
            names("import org.daka.ffi.HomeState\nimport org.daka.ffi.Asked\nimport org.daka.ffi.DeviceKey\n"),
            [0; 0]
        );
        for hidden in ["DakaClient", "verifyBundle", "DakaFailure", "DakaClientInterface", "DeviceKeyImpl", "NotThere"]
        {
            assert_eq!(names(&format!("import org.daka.ffi.{hidden}")), [1], "{hidden}");
        }
        assert_eq!(names("import org.daka.ffi.*\nval x = DakaClient.open()\n"), [2]);
        assert_eq!(names("import org.daka.ffi.*\nval x = api.verifyBundle(y) // DakaClient\n"), [0; 0]);
        assert_eq!(names("import org.daka.ffi.*\nval x = verifyBundle(y)\n"), [2]);
        // The façade has one of the same name.
        assert_eq!(names("import org.daka.DakaPhone\nimport org.daka.ffi.*\nval x = DakaPhone.open()\n"), [0; 0]);
        assert_eq!(names("val x = org.daka.ffi.DakaPhone.open()\n"), [1]);
        assert_eq!(names("import com.sun.jna.Native\n"), [1]);
    }

    #[test]
    fn the_apps_and_the_facade_are_so() {
        let found = check(&Workspace::load().unwrap()).unwrap();
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_swift_app_imports_the_facade_alone() {
        assert_eq!(swift("x.swift", "import Daka\nimport DakaFFI\n// DakaFFI\nlet x = DakaFFI.home()\n").len(), 2);
    }

    #[test]
    fn a_branch_a_comparison_and_a_sum_are_seen_and_mappings_are_not() {
        for rule in ["if (x) y", "when (code) {", "val due = a + b", "x -> a < b", "x == y", "switch error {", "n += 1"]
        {
            assert!(decides(rule), "{rule}");
        }
        for plain in [
            "fun f(x: List<String>): Int = call { client.f(x) }",
            "override val a get() = b",
            "(a: Int) -> Unit",
            "x?.toULong()",
        ] {
            assert!(!decides(plain), "{plain}");
        }
    }

    #[test]
    fn a_declared_line_is_fine_once_it_is_there() {
        let files = [("a/F.kt".to_owned(), "fun f() {\n    if (x) y\n}\n".to_owned())];
        assert_eq!(rules(&files, &[]).iter().map(|f| f.line).collect::<Vec<_>>(), [2]);
        assert!(rules(&files, &[("F.kt", "if (x) y", "a test")]).is_empty());
        assert_eq!(rules(&files, &[("F.kt", "if (x) y", ""), ("F.kt", "if (z) y", "")]).len(), 1);
    }

    #[test]
    fn comments_and_quotes_are_no_code() {
        let text = "/** a < b\n * if x\n */\nval t = \"a + b\" // x == y\n";
        assert!(bare(text).iter().all(|line| !decides(line)), "{:?}", bare(text));
    }
}
