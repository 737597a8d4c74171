//! The part `android`: the library for each processor that the app is packed for.
//!
//! Without an NDK its types are checked. The C of the dependencies is compiled on the way, since their build scripts want that, by zig and
//! against musl's headers instead of Android's: those objects are good for nothing else and are never linked. With an NDK the libraries
//! are built as they ship, looked at, and laid where Gradle and `cargo xtask android apk` take them from.

use std::fs;

use super::Session;
use super::elf::{self, Abi};
use super::ndk::{self, Ndk};
use super::report::Done;
use super::rust_std::Std;
use super::zig::Zig;
use crate::android::{self, LIBRARIES};
use crate::failure::{AtPath, Failure, Outcome, failed};

const TYPES: &str = "types of the library";
const LIBRARY: &str = "libdaka_ffi.so";

/// A processor of Android.
struct Target {
    /// rustc's name.
    rust: &'static str,
    /// What the NDK's clang is called by.
    clang: &'static str,
    /// zig's name of a system with the same processor.
    zig: &'static str,
    abi: Abi,
}

const TARGETS: [Target; 3] = [
    Target {
        rust: "aarch64-linux-android",
        clang: "aarch64-linux-android",
        zig: "aarch64-linux-musl",
        abi: elf::ARM64,
    },
    Target {
        rust: "armv7-linux-androideabi",
        clang: "armv7a-linux-androideabi",
        zig: "arm-linux-musleabihf",
        abi: elf::ARM32,
    },
    // For emulators on a desk.
    Target { rust: "x86_64-linux-android", clang: "x86_64-linux-android", zig: "x86_64-linux-musl", abi: elf::INTEL64 },
];

/// The part.
pub(super) fn run(session: &mut Session<'_>) {
    match Ndk::given() {
        Ok(Some(ndk)) => {
            for target in &TARGETS {
                session.step(target.rust, LIBRARY, |session| build(session, target, &ndk));
            }
        }
        Ok(None) => check_all(session),
        Err(failure) => session.not_begun(&TARGETS.map(|target| (target.rust, LIBRARY)), &failure),
    }
}

fn check_all(session: &mut Session<'_>) {
    match Zig::ready(session.ws) {
        Ok(zig) => {
            for target in &TARGETS {
                session.step(target.rust, TYPES, |session| check(session, target, &zig));
            }
        }
        Err(failure) => session.not_begun(&TARGETS.map(|target| (target.rust, TYPES)), &failure),
    }
}

fn check(session: &Session<'_>, target: &Target, zig: &Zig) -> Outcome<(Done, ())> {
    let ws = session.ws;
    let std = Std::of(ws, target.rust)?;
    let mut cargo = ws.cargo();
    cargo.args(["check", "--package", "daka-ffi", "--lib", "--target", target.rust]);
    std.apply(&mut cargo, false);
    zig.compile_c(ws, &mut cargo, target.rust, target.zig)?;
    if !session.stream(&mut cargo)?.ok {
        return failed(format!("daka-ffi does not compile for {}; see above", target.rust));
    }
    let note = format!("nothing is built; set {} to an NDK and the library is", ndk::VARIABLE);
    Ok((Done::Checked(note), ()))
}

fn build(session: &Session<'_>, target: &Target, ndk: &Ndk) -> Outcome<(Done, ())> {
    let ws = session.ws;
    let std = Std::of(ws, target.rust)?;
    let mut cargo = ws.cargo();
    cargo.args(["rustc", "--package", "daka-ffi", "--lib", "--profile", "mobile", "--crate-type", "cdylib"]);
    cargo.args(["--target", target.rust]);
    std.apply(&mut cargo, false);
    ndk.compile(&mut cargo, target.rust, target.clang, &android::least_version(ws)?)?;
    if !session.stream(&mut cargo)?.ok {
        return failed(format!("daka-ffi does not build for {}; see above", target.rust));
    }
    let library = ws.target.join(target.rust).join("mobile").join(LIBRARY);
    let bytes = fs::read(&library).at("read", &library)?;
    // Pages of 16 KB for the 32-bit library, too: the flags are the same for all.
    let align = elf::check(&bytes, target.abi, elf::PAGE)
        .map_err(|bad| Failure::Failed(format!("{} cannot go into the app: {bad}", library.display())))?;
    let folder = ws.path(LIBRARIES).join(target.abi.name);
    fs::create_dir_all(&folder).at("make", &folder)?;
    let (fresh, place) = (folder.join("libdaka_ffi.new"), folder.join(LIBRARY));
    fs::write(&fresh, &bytes).at("write", &fresh)?;
    fs::rename(&fresh, &place).at("write", &place)?;
    let note = format!("aligned to {align} bytes, in {LIBRARIES}/{}, NDK {}", target.abi.name, ndk.revision);
    Ok((Done::Built { bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX), note }, ()))
}
