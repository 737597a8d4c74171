//! An XCFramework: one folder with the static library of each platform, and the headers that go with it.
//!
//! Xcode finds the right library in it by `Info.plist`; our project names the folders itself. The headers lie in a folder named after their
//! module, so that those of two XCFrameworks do not meet when Xcode copies them into one place. It is put together beside its place and
//! renamed into it. Python's plistlib, which shares no code with us, reads it afterwards (`xcframework.py`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{AtPath, Outcome, failed};
use crate::process;

const LIBRARY: &str = "libdaka_ffi.a";
const CHECK: &str = include_str!("xcframework.py");

/// A library and where it goes.
#[derive(Debug)]
pub(super) struct Slice {
    /// The folder's name: `ios-arm64`, `ios-arm64-simulator`.
    pub(super) identifier: &'static str,
    pub(super) simulator: bool,
    pub(super) library: PathBuf,
}

/// Puts it together at `place` and gives its size in bytes. `headers` is the folder with header and module map of the module of its name.
pub(super) fn assemble(place: &Path, slices: &[Slice], headers: &Path) -> Outcome<u64> {
    let fresh = place.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).at("empty", &fresh)?;
    }
    let mut bytes = 0;
    for slice in slices {
        let folder = fresh.join(slice.identifier);
        let module = folder.join("Headers").join(headers.file_name().unwrap_or_default());
        fs::create_dir_all(&module).at("make", &module)?;
        bytes += fs::copy(&slice.library, folder.join(LIBRARY)).at("copy", &slice.library)?;
        for entry in fs::read_dir(headers).at("read", headers)? {
            let from = entry.at("read", headers)?.path();
            bytes += fs::copy(&from, module.join(from.file_name().unwrap_or_default())).at("copy", &from)?;
        }
    }
    let info = fresh.join("Info.plist");
    fs::write(&info, info_plist(slices)).at("write", &info)?;
    if place.exists() {
        fs::remove_dir_all(place).at("remove the old", place)?;
    }
    fs::rename(&fresh, place).at("write", place)?;
    Ok(bytes)
}

fn info_plist(slices: &[Slice]) -> String {
    let mut libraries = String::new();
    for Slice { identifier, simulator, .. } in slices {
        let variant = if *simulator { entry("SupportedPlatformVariant", "simulator") } else { String::new() };
        libraries.push_str(&format!(
            "\t\t<dict>\n{}{}{}{}\t\t\t<key>SupportedArchitectures</key>\n\t\t\t<array>\n\t\t\t\t<string>arm64</string>\n\t\t\t</array>\n{}{variant}\t\t</dict>\n",
            entry("BinaryPath", LIBRARY),
            entry("HeadersPath", "Headers"),
            entry("LibraryIdentifier", identifier),
            entry("LibraryPath", LIBRARY),
            entry("SupportedPlatform", "ios"),
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\t<key>AvailableLibraries</key>\n\t<array>\n\
         {libraries}\t</array>\n\t<key>CFBundlePackageType</key>\n\t<string>XFWK</string>\n\t<key>XCFrameworkFormatVersion</key>\n\
         \t<string>1.0</string>\n</dict>\n</plist>\n"
    )
}

fn entry(key: &str, value: &str) -> String {
    format!("\t\t\t<key>{key}</key>\n\t\t\t<string>{value}</string>\n")
}

/// Has it looked at by Python.
pub(super) fn judge(python: &Path, place: &Path, slices: &[Slice]) -> Outcome<()> {
    let mut command = Command::new(python);
    command.args(["-c", CHECK]).arg(place).args(slices.iter().map(|slice| slice.identifier));
    process::capture(&mut command)?.or_fail("Python does not find an XCFramework in it:").map(drop)
}

/// The functions that a generated header declares, as Mach-O's symbols: a library without one of them is not the header's.
pub(super) fn declared_functions(header: &Path) -> Outcome<BTreeSet<String>> {
    let text = fs::read_to_string(header).at("read", header)?;
    let names = functions(&text);
    if names.is_empty() { failed(format!("{} declares no function", header.display())) } else { Ok(names) }
}

/// Names in front of a parenthesis that begin as uniffi's do; types of call-backs have other names.
fn functions(header: &str) -> BTreeSet<String> {
    let code = header.lines().filter(|line| !line.trim_start().starts_with(['#', '/', '*']));
    let words = code.flat_map(|line| {
        let ends = line.match_indices('(').map(|(at, _)| at);
        ends.filter_map(|at| line.get(..at)?.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
    });
    let is_ours = |name: &&str| name.starts_with("uniffi_") || name.starts_with("ffi_");
    words.filter(is_ours).map(|name| format!("_{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_together(folder: &Path) -> (PathBuf, Vec<Slice>) {
        let headers = folder.join("daka_ffiFFI");
        fs::create_dir_all(&headers).unwrap();
        fs::write(headers.join("daka_ffiFFI.h"), "void uniffi_a(void);\n").unwrap();
        fs::write(headers.join("module.modulemap"), "module daka_ffiFFI {\n    header \"daka_ffiFFI.h\"\n}\n").unwrap();
        let library = folder.join("libdaka_ffi.a");
        fs::write(&library, b"!<arch>\n").unwrap();
        let slice = |identifier, simulator| Slice { identifier, simulator, library: library.clone() };
        let slices = vec![slice("ios-arm64", false), slice("ios-arm64-simulator", true)];
        let place = folder.join("Daka.xcframework");
        // 8 bytes of library, 21 of header, 50 of module map, twice.
        assert_eq!(assemble(&place, &slices, &headers).unwrap(), 2 * (8 + 21 + 50));
        (place, slices)
    }

    #[test]
    fn the_plist_names_each_slice_with_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let (place, _) = put_together(folder.path());
        let text = fs::read_to_string(place.join("Info.plist")).unwrap();
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
        let strings: Vec<&str> =
            document.descendants().filter(|node| node.has_tag_name("string")).filter_map(|node| node.text()).collect();
        let phone = ["libdaka_ffi.a", "Headers", "ios-arm64", "libdaka_ffi.a", "arm64", "ios"];
        let simulator =
            ["libdaka_ffi.a", "Headers", "ios-arm64-simulator", "libdaka_ffi.a", "arm64", "ios", "simulator"];
        assert_eq!(strings, [&phone[..], &simulator, &["XFWK", "1.0"]].concat());
        assert!(place.join("ios-arm64/Headers/daka_ffiFFI/module.modulemap").is_file());
    }

    #[test]
    fn python_takes_it_and_names_what_is_wrong_with_a_broken_one() {
        let python = process::on_path("python3").expect("the tests need Python 3");
        let folder = tempfile::tempdir().unwrap();
        let (place, slices) = put_together(folder.path());
        judge(&python, &place, &slices).unwrap();
        fs::remove_file(place.join("ios-arm64-simulator/libdaka_ffi.a")).unwrap();
        let info = place.join("Info.plist");
        let text = fs::read_to_string(&info).unwrap();
        fs::write(&info, text.replacen("<string>arm64</string>", "<string>x86_64</string>", 1)).unwrap();
        let said = judge(&python, &place, &slices).unwrap_err().to_string();
        assert!(said.contains("ios-arm64-simulator: libdaka_ffi.a is no static library"), "{said}");
        assert!(said.contains("ios-arm64: the architectures are not arm64 alone"), "{said}");
    }

    #[test]
    fn a_new_one_replaces_the_old_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (place, _) = put_together(folder.path());
        fs::write(place.join("left-over"), "x").unwrap();
        put_together(folder.path());
        assert!(!place.join("left-over").exists());
        assert!(!folder.path().join("Daka.new").exists());
    }

    #[test]
    fn the_headers_functions_are_found_and_its_types_are_not() {
        let header = "#ifndef UNIFFI_X\n#define UNIFFI_X\ntypedef void (*UniffiCallback)(uint64_t, int8_t);\n\
            /*_ uniffi_comment( */\nvoid*_Nonnull uniffi_daka_ffi_fn_clone_daka(void*_Nonnull ptr\n);\n\
            RustBuffer ffi_daka_ffi_rustbuffer_alloc(uint64_t size, RustCallStatus *_Nonnull out_status\n);\n#endif\n";
        let expected = ["_ffi_daka_ffi_rustbuffer_alloc", "_uniffi_daka_ffi_fn_clone_daka"];
        assert_eq!(functions(header).into_iter().collect::<Vec<_>>(), expected);
    }
}
