//! Android's NDK, where `ANDROID_NDK_HOME` says that it is.
//!
//! Of it three programs per processor are used: clang for the oldest Android that the app runs on (as compiler and linker), and LLVM's archiver.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Outcome, failed};

/// The variable that names it.
pub(super) const VARIABLE: &str = "ANDROID_NDK_HOME";

/// An NDK that has a toolchain for this machine.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ndk {
    programs: PathBuf,
    /// `27.2.12479018`, or empty when it does not say.
    pub(super) revision: String,
}

impl Ndk {
    /// None when the variable is not set or empty; a failure when it names something else.
    pub(super) fn given() -> Outcome<Option<Self>> {
        match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            Some(folder) => Self::at(Path::new(&folder)).map(Some),
            None => Ok(None),
        }
    }

    /// The NDK in this folder.
    pub(super) fn at(folder: &Path) -> Outcome<Self> {
        let prebuilt = folder.join("toolchains/llvm/prebuilt");
        let hosts = fs::read_dir(&prebuilt).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
        // Google builds one for each system; whatever the system, one is all that there is.
        let Some(programs) = hosts.filter(|programs| programs.is_dir()).min() else {
            return failed(format!(
                "{VARIABLE} names {}, which has no toolchain in toolchains/llvm/prebuilt; name the folder of an NDK (r25 or newer) for this machine",
                folder.display()
            ));
        };
        let properties = fs::read_to_string(folder.join("source.properties")).unwrap_or_default();
        Ok(Self { programs, revision: revision(&properties) })
    }

    /// Lets cargo compile and link for `target` (rustc's name), whose clang is called `triple` (clang's name), from this version of Android on.
    pub(super) fn compile(&self, cargo: &mut Command, target: &str, triple: &str, least: &str) -> Outcome<()> {
        let clang = self.program(&format!("{triple}{least}-clang"))?;
        let archiver = self.program("llvm-ar")?;
        let name = target.replace('-', "_");
        cargo.env(format!("CC_{name}"), &clang).env(format!("AR_{name}"), archiver);
        cargo.env(format!("CARGO_TARGET_{}_LINKER", name.to_uppercase()), clang);
        Ok(())
    }

    fn program(&self, name: &str) -> Outcome<PathBuf> {
        let path = self.programs.join(name);
        if path.is_file() {
            return Ok(path);
        }
        failed(format!("the NDK has no {}; {VARIABLE} has to name an NDK r25 or newer, whole", path.display()))
    }
}

/// `Pkg.Revision = 27.2.12479018`
fn revision(properties: &str) -> String {
    let value = properties.lines().find_map(|line| line.strip_prefix("Pkg.Revision"));
    value.and_then(|rest| rest.split_once('=')).map(|(_, version)| version.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("toolchains/llvm/prebuilt/linux-x86_64/bin");
        fs::create_dir_all(&bin).unwrap();
        for program in programs {
            fs::write(bin.join(program), "").unwrap();
        }
        fs::write(folder.path().join("source.properties"), "Pkg.Desc = Android NDK\nPkg.Revision = 27.2.1\n").unwrap();
        folder
    }

    #[test]
    fn compiler_linker_and_archiver_are_those_of_the_ndk() {
        let folder = fake(&["armv7a-linux-androideabi26-clang", "llvm-ar"]);
        let ndk = Ndk::at(folder.path()).unwrap();
        assert_eq!(ndk.revision, "27.2.1");
        let mut cargo = Command::new("cargo");
        ndk.compile(&mut cargo, "armv7-linux-androideabi", "armv7a-linux-androideabi", "26").unwrap();
        let set: Vec<(String, String)> = cargo
            .get_envs()
            .filter_map(|(name, value)| {
                let value = Path::new(value?).file_name()?.to_string_lossy().into_owned();
                Some((name.to_string_lossy().into_owned(), value))
            })
            .collect();
        let clang = "armv7a-linux-androideabi26-clang";
        let expected = [
            ("AR_armv7_linux_androideabi", "llvm-ar"),
            ("CARGO_TARGET_ARMV7_LINUX_ANDROIDEABI_LINKER", clang),
            ("CC_armv7_linux_androideabi", clang),
        ];
        assert_eq!(set, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_no_ndk_and_an_ndk_without_this_clang_are_told() {
        let empty = tempfile::tempdir().unwrap();
        let failure = Ndk::at(empty.path()).unwrap_err().to_string();
        assert!(failure.contains("no toolchain in toolchains/llvm/prebuilt; name the folder of an NDK"), "{failure}");
        let folder = fake(&["llvm-ar"]);
        let ndk = Ndk::at(folder.path()).unwrap();
        let failure =
            ndk.compile(&mut Command::new("cargo"), "t", "aarch64-linux-android", "26").unwrap_err().to_string();
        assert!(failure.contains("aarch64-linux-android26-clang; ANDROID_NDK_HOME has to name"), "{failure}");
    }
}
