//! The stock Kotlin compiler with the Compose plugin, from npm, where it comes whole and in one piece.
//!
//! A module is compiled anew when its sources, its class path or the compiler changed, as a whole: there is no incremental compilation. The
//! stamp is taken before and written last, and only if it still holds: what changed meanwhile is compiled again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::libraries::{class_path, files_below, has_extension};
use super::lock::{sha256, sha256_of};
use super::tool;
use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process;
use crate::workspace::{Lock, Workspace};

/// SHA-256 of `kotlin-compiler.jar` by version, from the npm package `kotlin-compiler`.
const COMPILERS: [(&str, &str); 1] = [("2.4.20", "038d406cc51d5fe3f6b5a16366a3f083b783bceb9e576e3103e695c3ce04e0fa")];
const STAMP: &str = ".stamp";

/// What one module is compiled from.
pub(super) struct Module<'a> {
    pub(super) name: &'a str,
    pub(super) sources: Vec<PathBuf>,
    pub(super) class_path: Vec<PathBuf>,
    /// Compiled classes whose `internal` parts may be used.
    pub(super) friend: Option<&'a Path>,
    pub(super) compose: bool,
    pub(super) out: PathBuf,
}

/// The compiler's folder, installed if it is not there.
fn compiler(ws: &Workspace, version: &str) -> Outcome<PathBuf> {
    let Some((_, wanted)) = COMPILERS.iter().find(|(known, _)| *known == version) else {
        return failed(format!("xtask knows no digest for Kotlin {version}; add it in xtask/src/android/kotlin.rs"));
    };
    let folder = ws.cache.join("kotlin").join(version);
    let lib = folder.join("node_modules/kotlin-compiler/lib");
    let (jar, mark) = (lib.join("kotlin-compiler.jar"), folder.join(".checked"));
    if jar.exists() && mark.exists() {
        return Ok(lib);
    }
    if process::on_path("npm").is_none() {
        return unavailable("there is no npm on PATH; install Node (Debian: apt-get install npm)");
    }
    let _lock = Lock::take(&ws.cache, "kotlin")?;
    fs::create_dir_all(&folder).at("make", &folder)?;
    let package = folder.join("package.json");
    fs::write(&package, "{\"private\":true}").at("write", &package)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    let run = process::capture(npm.arg(format!("kotlin-compiler@{version}")))?;
    if !run.ok {
        return unavailable(format!("npm cannot install kotlin-compiler: {}", process::last_lines(&run.text, 5)));
    }
    let found = sha256(&jar)?;
    if found != *wanted {
        return failed(format!("{} is not the compiler that is known (SHA-256 {found})", jar.display()));
    }
    fs::write(&mark, "").at("write", &mark)?;
    Ok(lib)
}

/// Compiles a module, if it has to be.
pub(super) fn compile(ws: &Workspace, version: &str, module: &Module<'_>) -> Outcome<()> {
    let lib = compiler(ws, version)?;
    let stamp = stamp_of(version, module)?;
    let stamp_file = module.out.join(STAMP);
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    if module.out.exists() {
        fs::remove_dir_all(&module.out).at("empty", &module.out)?;
    }
    let mut arguments: Vec<String> =
        ["-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror"].map(str::to_owned).to_vec();
    if module.compose {
        arguments.push(format!("-Xplugin={}", lib.join("compose-compiler-plugin.jar").display()));
    }
    if let Some(friend) = module.friend {
        arguments.push(format!("-Xfriend-paths={}", friend.display()));
    }
    arguments.extend([
        "-cp".to_owned(),
        class_path(&module.class_path),
        "-module-name".to_owned(),
        module.name.to_owned(),
    ]);
    arguments.extend(["-d".to_owned(), module.out.display().to_string()]);
    arguments.extend(module.sources.iter().map(|source| source.display().to_string()));
    // A command line would be too long.
    let file = module.out.with_extension("args");
    let quoted: Vec<String> = arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
    if let Some(above) = file.parent() {
        fs::create_dir_all(above).at("make", above)?;
    }
    fs::write(&file, quoted.join("\n")).at("write", &file)?;
    let parts =
        ["kotlin-compiler", "kotlin-stdlib", "kotlin-reflect", "kotlin-script-runtime", "kotlinx-coroutines-core-jvm"];
    let jars: Vec<PathBuf> = parts.iter().map(|part| lib.join(format!("{part}.jar"))).collect();
    let mut command = tool("2g");
    command.arg("-cp").arg(class_path(&jars)).arg("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler");
    if !process::show(command.arg(format!("@{}", file.display())))? {
        return failed(format!("the module {} does not compile; see above", module.name));
    }
    // Nobody knows which of the two the compiler read.
    if stamp_of(version, module)? != stamp {
        println!("android: a source of {} changed while it was compiled; the next run compiles it again", module.name);
        return Ok(());
    }
    fs::write(&stamp_file, stamp).at("write", &stamp_file)
}

fn stamp_of(version: &str, module: &Module<'_>) -> Outcome<String> {
    let mut parts = vec![version.to_owned(), class_path(&module.class_path)];
    for folder in &module.sources {
        for source in files_below(folder)?.iter().filter(|file| has_extension(file, "kt")) {
            parts.push(format!("{} {}", source.display(), sha256(source)?));
        }
    }
    for folder in module.class_path.iter().map(|part| part.join(STAMP)).filter(|stamp| stamp.exists()) {
        parts.push(fs::read_to_string(&folder).at("read", &folder)?);
    }
    Ok(sha256_of(parts.join("\n").as_bytes()))
}
