//! The release's code: what R8 leaves, and a look at whether it left what others find by its name.
//!
//! R8 drops what no code reaches and renames the rest. What the system makes (the manifest's classes, by the rules that aapt2 writes, as in
//! Gradle's plugin), what native code calls and what is remembered by its name over an update has to be kept by a rule; a rule that matches
//! nothing is no error to R8, and an app without its own activity is a small APK with a good signature. So the names are looked up in
//! what came out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::App;
use super::apk::{emptied, r8};
use super::build::Built;
use super::dex::Dex;
use super::libraries::{files_below, has_extension};
use crate::failure::{AtPath, Outcome, failed};
use crate::process;

/// Our own rules; the libraries bring theirs.
const RULES: [&str; 2] = ["android-shell/app/proguard-rules.pro", "bindings/kotlin/consumer-rules.pro"];

/// What is called by its name from native code, and the work that the system remembers over an update.
const NAMED: [&str; 6] = [
    "org.daka.AndroidTls.start(Ljava/lang/Object;)I",
    "org.daka.ffi.UniffiLib",
    "com.sun.jna.Native",
    "com.sun.jna.Pointer.peer:J",
    "com.sun.jna.Structure.memory:Lcom/sun/jna/Pointer;",
    "org.daka.app.platform.SyncWorker",
];

/// What came out of R8.
pub(super) struct Shrunk {
    pub(super) dex: Vec<PathBuf>,
    /// Java's registry of implementations, under the new names.
    pub(super) services: BTreeMap<String, Vec<u8>>,
}

/// Shrinks the jars and the app's own classes; `tls` are the names that the certificate verifier's native half calls, if it is there.
pub(super) fn shrink(app: &App<'_>, built: &Built, jars: &[PathBuf], own: &Path, tls: &[&str]) -> Outcome<Shrunk> {
    let out = emptied(app.out.join("dex-r8"))?;
    let mut command = r8(app, "R8")?;
    command.args(["--release", "--output"]).arg(&out);
    command.arg("--pg-map-output").arg(app.out.join("mapping.txt"));
    let own_rules = RULES.iter().map(|rules| app.ws.path(rules)).chain([built.linked.rules.clone()]);
    let theirs = built.main.aars.iter().map(|aar| aar.join("proguard.txt")).filter(|rules| rules.exists());
    for rules in own_rules.chain(theirs) {
        command.arg("--pg-conf").arg(rules);
    }
    let said = process::capture_both(command.args(jars).arg(own))?;
    let said = said.or_fail("R8 found something that a phone would miss")?;
    // A class that is missing is an error by itself, whatever else is odd a warning.
    let warnings = warnings(&said);
    if !warnings.is_empty() {
        return failed(format!("R8 warns:\n{}", warnings.join("\n")));
    }
    let (mut shrunk, mut found) = (Shrunk { dex: Vec::new(), services: BTreeMap::new() }, Dex::default());
    for file in files_below(&out)? {
        let inner = file.strip_prefix(&out).unwrap_or(&file).display().to_string();
        if has_extension(&file, "dex") {
            if found.read(&fs::read(&file).at("read", &file)?).is_none() {
                return failed(format!("{} is no dex file that could be read", file.display()));
            }
            shrunk.dex.push(file);
        } else if inner.starts_with("META-INF/services/") {
            shrunk.services.insert(inner, fs::read(&file).at("read", &file)?);
        }
    }
    let rules = fs::read_to_string(&built.linked.rules).at("read", &built.linked.rules)?;
    whole(&found, kept(&rules).chain(NAMED).chain(tls.iter().copied()))?;
    Ok(shrunk)
}

/// R8's warnings, but for what no phone reads: files beside the classes that two libraries have under one name.
fn warnings(said: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in said.lines() {
        if line.starts_with("Warning") {
            found.push(line.to_owned());
        } else if let Some(last) = found.last_mut() {
            last.push('\n');
            last.push_str(line);
        }
    }
    found.retain(|warning| !(warning.contains("Resource '") && warning.contains("already exists")));
    found
}

/// The classes that aapt2's rules keep.
fn kept(rules: &str) -> impl Iterator<Item = &str> {
    rules.lines().filter_map(|line| line.strip_prefix("-keep class ")?.split_whitespace().next())
}

fn whole<'a>(found: &Dex, wanted: impl Iterator<Item = &'a str>) -> Outcome<()> {
    let lacking: Vec<&str> = wanted.filter(|name| !found.has(name)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    failed(format!("R8 has dropped or renamed what is found by its name: {}; keep it by a rule", lacking.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::dex::tests::small;
    use super::*;

    #[test]
    fn what_aapt2_keeps_is_wanted() {
        // As aapt2 writes them.
        let rules = "# Referenced at main-AndroidManifest.xml:5\n-keep class a.b.MainActivity { <init>(); }\n\
            -keepclassmembers class * { *** punch(android.view.View); }\n-keep class a.b.View { <init>(android.content.Context, \
            android.util.AttributeSet); }\n";
        assert_eq!(kept(rules).collect::<Vec<_>>(), ["a.b.MainActivity", "a.b.View"]);
    }

    #[test]
    fn a_warning_counts_unless_it_is_of_a_file_that_two_libraries_have() {
        let said =
            "Warning in a.jar:x:\nResource 'META-INF/LICENSE' already exists.\nWarning in b.pro (line 3):\n  odd\n";
        assert_eq!(warnings(said), ["Warning in b.pro (line 3):\n  odd"]);
        assert_eq!(warnings("Info: nothing\n"), [""; 0]);
    }

    #[test]
    fn what_is_not_there_under_its_name_is_named() {
        let mut found = Dex::default();
        found.read(&small()).unwrap();
        assert!(whole(&found, ["p.C", "p.C.m(Ljava/lang/String;)I", "p.C.f:I"].into_iter()).is_ok());
        let failure = whole(&found, ["p.C", "p.C.m()V", "p.D"].into_iter()).unwrap_err().to_string();
        assert!(failure.contains("by its name: p.C.m()V, p.D; keep"), "{failure}");
    }
}
