//! The tables from the core's codes to their sentences: `CodeTexts.kt` and `CodeTexts.swift`.
//!
//! Both are exhaustive over the enumerations of the façade, without an `else` or `default`: a code that the bindings have and
//! the table does not fails to compile, in both languages.

use std::collections::BTreeMap;
use std::fmt::{Result, Write as _};

use super::apple;
use super::codes::{Code, snake};
use super::source::Catalogue;
use crate::workspace::Workspace;

pub(super) const SWIFT: &str = "ios-shell/Sources/DakaScreens/CodeTexts.swift";
/// The end of the Kotlin file's path; its folder is the package.
pub(super) const KOTLIN_FILE: &str = "/CodeTexts.kt";

const KOTLIN_SOURCES: &str = "android-shell/app/src/main/kotlin";
/// Gradle's description of the app, which names the package of its resources.
const GRADLE: &str = "android-shell/app/build.gradle.kts";
/// Until the description is there.
const NAMESPACE: &str = "org.daka.app";

/// The package of the app's resources.
pub(super) fn android_namespace(ws: &Workspace) -> String {
    ws.read(GRADLE).ok().and_then(|text| namespace_in(&text)).unwrap_or_else(|| NAMESPACE.to_owned())
}

fn namespace_in(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("namespace = \""))?;
    line.split('"').next().map(str::to_owned)
}

/// Both files, by path.
pub(super) fn files(codes: &[Code], catalogue: &Catalogue, namespace: &str) -> BTreeMap<String, String> {
    let (mut kotlin, mut swift) = (String::new(), String::new());
    // Writing to a string cannot fail.
    let _ = write_kotlin(&mut kotlin, codes, namespace);
    let _ = write_swift(&mut swift, codes, catalogue);
    let package = format!("{namespace}.texts").replace('.', "/");
    BTreeMap::from([(format!("{KOTLIN_SOURCES}/{package}{KOTLIN_FILE}"), kotlin), (SWIFT.to_owned(), swift)])
}

fn write_kotlin(out: &mut String, codes: &[Code], namespace: &str) -> Result {
    writeln!(out, "// Generated from texts/ by `cargo xtask generate`.\n")?;
    writeln!(out, "package {namespace}.texts\n\nimport androidx.annotation.StringRes\nimport {namespace}.R")?;
    for code in codes {
        writeln!(out, "import org.daka.ffi.{}", code.name)?;
    }
    for code in codes {
        for facet in code.facets() {
            let (name, property) = (&code.name, facet.property);
            writeln!(out, "\n@get:StringRes\nval {name}.{property}Id: Int\n    get() =\n        when (this) {{")?;
            for variant in &code.variants {
                let resource = code.key(facet, variant).replace('.', "_");
                writeln!(out, "            {name}.{} -> R.string.{resource}", snake(variant).to_ascii_uppercase())?;
            }
            writeln!(out, "        }}")?;
        }
    }
    Ok(())
}

fn write_swift(out: &mut String, codes: &[Code], catalogue: &Catalogue) -> Result {
    writeln!(out, "// Generated from texts/ by `cargo xtask generate`.\n\nimport Daka")?;
    for code in codes {
        writeln!(out, "\nextension {}: Worded {{", code.name)?;
        for (index, facet) in code.facets().enumerate() {
            let blank = if index > 0 { "\n" } else { "" };
            writeln!(out, "{blank}    var {}Key: String {{\n        switch self {{", facet.property)?;
            for variant in &code.variants {
                let key = code.key(facet, variant);
                let key = catalogue.get(&key).map_or(key, apple::key);
                writeln!(out, "        case .{}: \"{key}\"", lower_camel(variant))?;
            }
            writeln!(out, "        }}\n    }}")?;
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// `PhotoNotJpeg`: `photoNotJpeg`, as uniffi names Swift's cases.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::good;
    use super::*;

    #[test]
    fn every_variant_has_its_line_in_both_tables() {
        let catalogue = good(
            "[code.asked.break_start]\nargs = [\"n: text\"]\nen = \"x {n}\"\nzh_hans = \"{n}\"\nzh_hant_hk = \"{n}\"\n",
        );
        let asked = Code::of("Asked", &["In", "BreakStart"]);
        let files = files(&[asked], &catalogue, "org.x");
        let kotlin = &files["android-shell/app/src/main/kotlin/org/x/texts/CodeTexts.kt"];
        assert!(kotlin.contains("package org.x.texts\n") && kotlin.contains("import org.x.R\n"), "{kotlin}");
        assert!(kotlin.contains("val Asked.textId: Int\n"), "{kotlin}");
        assert!(kotlin.contains("            Asked.BREAK_START -> R.string.code_asked_break_start\n"), "{kotlin}");
        let swift = &files[SWIFT];
        assert!(swift.contains("extension Asked: Worded {\n    var textKey: String {\n"), "{swift}");
        assert!(swift.contains("        case .breakStart: \"code.asked.break_start %@\"\n"), "{swift}");
    }

    #[test]
    fn the_package_is_gradles_namespace() {
        assert_eq!(namespace_in("android {\n    namespace = \"org.y\"\n}\n").unwrap(), "org.y");
        assert_eq!(namespace_in("android {}"), None);
    }
}
