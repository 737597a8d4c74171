//! The part `ios`: static libraries as they would ship, a link check of each, and an XCFramework of both.
//!
//! The phone's profile, and the static library alone: cargo leaves link-time optimisation out of a package that is built as an rlib in the
//! same go. The C of the dependencies is compiled by zig with Darwin's public headers, or by Xcode's own compiler where there is one.
//! A library is taken only if every object in it is for its platform, if it gives every function that the generated header declares, and
//! if it links.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use object::macho::{PLATFORM_IOS, PLATFORM_IOSSIMULATOR};

use super::archive::Archive;
use super::frameworks::{self, Framework};
use super::link::{self, Imports, Platform};
use super::report::{Done, megabytes};
use super::rust_std::Std;
use super::xcframework::{self, Slice};
use super::zig::Zig;
use super::{Session, libsystem};
use crate::failure::{AtPath, Failure, Outcome, failed};
use crate::generate;
use crate::process;
use crate::setup::python;
use crate::workspace::Workspace;

/// The oldest iOS that the app runs on; a test holds it to the Xcode project.
const LEAST: &str = "17.0";
/// Where the Xcode project looks for it, whatever cargo's target folder is.
const XCFRAMEWORK: &str = "target/apple/Daka.xcframework";
const LIBRARY: &str = "static library";
const LINK: &str = "link check";

/// A platform of Apple's.
struct Target {
    /// rustc's name.
    rust: &'static str,
    /// zig's name.
    zig: &'static str,
    /// The folder in the XCFramework.
    folder: &'static str,
    simulator: bool,
    /// Mach-O's number of the platform.
    number: object::macho::Platform,
    platform: Platform,
}

const TARGETS: [Target; 2] = [
    Target {
        rust: "aarch64-apple-ios",
        zig: "aarch64-ios.17.0",
        folder: "ios-arm64",
        simulator: false,
        number: PLATFORM_IOS,
        platform: Platform { name: "ios", text: "arm64-ios", least: LEAST },
    },
    Target {
        rust: "aarch64-apple-ios-sim",
        zig: "aarch64-ios.17.0-simulator",
        folder: "ios-arm64-simulator",
        simulator: true,
        number: PLATFORM_IOSSIMULATOR,
        platform: Platform { name: "ios-simulator", text: "arm64-ios-simulator", least: LEAST },
    },
];

/// What both targets need.
struct Tools {
    zig: Zig,
    system: BTreeSet<String>,
    frameworks: Vec<Framework>,
    headers: PathBuf,
    functions: BTreeSet<String>,
}

impl Tools {
    fn ready(ws: &Workspace) -> Outcome<Self> {
        let zig = Zig::ready(ws)?;
        let list = zig.lib.join(libsystem::FILE);
        let system = libsystem::exports(&fs::read_to_string(&list).at("read", &list)?);
        let [_, _, headers] = generate::owned_folders(ws)?;
        let headers = ws.path(&headers);
        let name = headers.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let functions = xcframework::declared_functions(&headers.join(format!("{name}.h")))?;
        Ok(Self { zig, system, frameworks: frameworks::declared(ws)?, headers, functions })
    }
}

/// The part.
pub(super) fn run(session: &mut Session<'_>) {
    let tools = match Tools::ready(session.ws) {
        Ok(tools) => tools,
        Err(failure) => return session.not_begun(&TARGETS.map(|target| (target.rust, LIBRARY)), &failure),
    };
    let mut slices = Vec::new();
    for target in &TARGETS {
        let Some(library) = session.step(target.rust, LIBRARY, |session| build(session, target, &tools)) else {
            session.leave_out(target.rust, LINK, "there is no library");
            continue;
        };
        if session.step(target.rust, LINK, |session| check(session.ws, target, &tools, &library)).is_some() {
            slices.push(Slice { identifier: target.folder, simulator: target.simulator, library });
        }
    }
    if slices.len() == TARGETS.len() {
        session.step("Daka.xcframework", "both of them", |session| pack(session.ws, &slices, &tools));
    } else {
        session.leave_out("Daka.xcframework", "both of them", "not both libraries are there; see above");
    }
}

fn build(session: &Session<'_>, target: &Target, tools: &Tools) -> Outcome<(Done, PathBuf)> {
    let ws = session.ws;
    let std = Std::of(ws, target.rust)?;
    let mut cargo = ws.cargo();
    cargo.args(["rustc", "--package", "daka-ffi", "--lib", "--profile", "mobile", "--crate-type", "staticlib"]);
    cargo.args(["--target", target.rust]).env("IPHONEOS_DEPLOYMENT_TARGET", LEAST);
    std.apply(&mut cargo, false);
    if !has_xcode() {
        tools.zig.compile_c(ws, &mut cargo, target.rust, target.zig)?;
        // Without it the cc crate would ask Xcode for the SDK's folder; an empty one is enough.
        let none = ws.target.join("targets/no-sdk");
        fs::create_dir_all(&none).at("make", &none)?;
        cargo.env("SDKROOT", none);
    }
    if !session.stream(&mut cargo)?.ok {
        return failed(format!("daka-ffi does not build for {}; see above", target.rust));
    }
    let library = ws.target.join(target.rust).join("mobile/libdaka_ffi.a");
    let bytes = fs::metadata(&library).at("find", &library)?.len();
    Ok((Done::Built { bytes, note: std.note().to_owned() }, library))
}

/// Apple's own compiler, with a phone's SDK?
fn has_xcode() -> bool {
    let asked = process::capture(Command::new("xcrun").args(["--sdk", "iphoneos", "--show-sdk-path"]));
    cfg!(target_os = "macos") && asked.is_ok_and(|run| run.ok)
}

fn check(ws: &Workspace, target: &Target, tools: &Tools, library: &PathBuf) -> Outcome<(Done, ())> {
    let bytes = fs::read(library).at("read", library)?;
    let archive = Archive::read(&bytes, target.number)
        .map_err(|bad| Failure::Failed(format!("{} cannot go into an app: {bad}", library.display())))?;
    drop(bytes);
    let lacking: Vec<&str> = tools.functions.difference(&archive.given).map(String::as_str).collect();
    if !lacking.is_empty() {
        return failed(format!(
            "the generated header declares what the library does not have: {}; call `cargo xtask generate` and commit",
            lacking.join(", ")
        ));
    }
    let imports = Imports::sort(&archive, &tools.system, &tools.frameworks)?;
    let folder = ws.target.join("targets").join(format!("link-{}", target.rust));
    let linked = link::link(ws, library, &tools.functions, &imports, target.platform, &folder)?;
    Ok((Done::Checked(format!("{}; linked {}", imports.note(), megabytes(linked))), ()))
}

fn pack(ws: &Workspace, slices: &[Slice], tools: &Tools) -> Outcome<(Done, ())> {
    let place = ws.path(XCFRAMEWORK);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).at("make", folder)?;
    }
    let bytes = xcframework::assemble(&place, slices, &tools.headers)?;
    xcframework::judge(&python::system()?, &place, slices)?;
    Ok((Done::Built { bytes, note: format!("at {XCFRAMEWORK}") }, ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_ios_and_the_folders_are_those_of_the_xcode_project() {
        let project = include_str!("../../../ios-shell/Daka.xcodeproj/project.pbxproj");
        let deployed: Vec<&str> =
            project.lines().filter_map(|line| line.trim().strip_prefix("IPHONEOS_DEPLOYMENT_TARGET = ")).collect();
        assert!(!deployed.is_empty() && deployed.iter().all(|version| version.trim_end_matches(';') == LEAST));
        for Target { zig, folder, platform, .. } in TARGETS {
            assert!(zig.contains(LEAST) && platform.least == LEAST);
            assert!(project.contains(&format!("\"$(SRCROOT)/../{XCFRAMEWORK}/{folder}\";")), "{folder}");
        }
    }
}
