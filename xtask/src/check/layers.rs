//! `domain` ← `ports` ← `app` ← `adapters`: nobody names a later layer.
//!
//! The core is one crate, so the compiler lets every module see every other one. The check reads paths, in `use` and in code and
//! in the arguments of macros: a layer's name counts as named when it follows `crate::`, `super::`, `self::` or `daka_core::`.
//! Tests may use everything. The server and the terminal client are shells of the core and are held to what each may name, and the crate of
//! the photo splice to bytes.

use proc_macro2::{TokenStream, TokenTree};
use syn::UseTree;
use syn::visit::Visit;

use super::Finding;
use super::source::{self, Source};
use crate::failure::Outcome;
use crate::workspace::Workspace;

/// In this folder, a path through any of these is a mistake; the sentence says why.
struct Rule {
    folder: &'static str,
    forbidden: &'static [&'static [&'static str]],
    /// Paths that begin like a forbidden one and are fine.
    allowed: &'static [&'static [&'static str]],
    why: &'static str,
}

const RULES: [Rule; 5] = [
    Rule {
        folder: "core/src/domain",
        forbidden: &[&["ports"], &["app"], &["adapters"], &["testkit"]],
        allowed: &[],
        why: "domain is pure and comes before every other layer",
    },
    Rule {
        folder: "core/src/ports",
        forbidden: &[&["app"], &["adapters"], &["testkit"]],
        allowed: &[],
        why: "ports may use domain only",
    },
    Rule {
        folder: "core/src/app",
        forbidden: &[&["adapters"], &["testkit"]],
        allowed: &[],
        why: "app reaches the outside world through ports only",
    },
    Rule {
        folder: "core/jpeg/src",
        forbidden: &[&["std", "fs"], &["std", "io"], &["std", "time"], &["std", "env"], &["daka_core"]],
        allowed: &[],
        why: "the splice turns bytes into bytes: no file, no clock, and nothing of punches",
    },
    Rule {
        folder: "server/src",
        forbidden: &[&["daka_core", "adapters"], &["daka_core", "app"]],
        allowed: &[&["daka_core", "adapters", "crypto"]],
        why: "the server takes the core's domain and its crypto adapter, and no part of the phone",
    },
];

/// All findings in the repository.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    for rule in &RULES {
        let mut sources = source::below(ws, rule.folder)?;
        // A layer may be one file instead of a folder.
        let single = format!("{}.rs", rule.folder);
        if let Ok(text) = ws.read(&single) {
            sources.push(source::parse(&single, &text)?);
        }
        for source in &sources {
            findings.extend(findings_in(source, rule));
        }
    }
    Ok(findings)
}

fn findings_in(source: &Source, rule: &Rule) -> Vec<Finding> {
    let mut paths = Paths::default();
    paths.visit_file(&source.syntax);
    let mut findings: Vec<Finding> = paths
        .found
        .iter()
        .filter_map(|(path, line)| {
            let inside = without_start(path);
            let named = rule.forbidden.iter().find(|forbidden| begins(inside, forbidden))?;
            if rule.allowed.iter().any(|allowed| begins(inside, allowed)) {
                return None;
            }
            let what = format!("names `{}`, but {}", named.join("::"), rule.why);
            Some(Finding { file: source.file.clone(), line: *line, what })
        })
        .collect();
    findings.dedup();
    findings
}

fn begins(path: &[String], start: &[&str]) -> bool {
    path.len() >= start.len() && path.iter().zip(start).all(|(ours, theirs)| ours == theirs)
}

/// The path inside the crate, if it leaves the module by `crate`, `super` or `self`; `daka_core::` stays for the shells' rules, and `std::`
/// for the splice's.
fn without_start(path: &[String]) -> &[String] {
    let starts = path.iter().take_while(|segment| matches!(segment.as_str(), "crate" | "super" | "self")).count();
    let starts_outside = path.first().is_some_and(|first| first == "daka_core" || first == "std");
    if starts == 0 && !starts_outside { &[] } else { path.get(starts..).unwrap_or_default() }
}

/// Every path of two or more segments, with its line.
#[derive(Default)]
struct Paths {
    found: Vec<(Vec<String>, usize)>,
}

impl Paths {
    fn add(&mut self, path: Vec<String>, line: usize) {
        if path.len() > 1 {
            self.found.push((path, line));
        }
    }

    fn add_use(&mut self, tree: &UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_use(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.add(with(&name.ident), name.ident.span().start().line),
            UseTree::Rename(name) => self.add(with(&name.ident), name.ident.span().start().line),
            UseTree::Glob(glob) => {
                let mut path = before.to_vec();
                path.push("*".to_owned());
                self.add(path, glob.star_token.spans[0].start().line);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_use(tree, before)),
        }
    }

    /// Macros' arguments are tokens, not syntax: identifiers joined by `::` are read as paths.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path), line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.add(std::mem::take(&mut path), line);
                    self.add_tokens(group.stream());
                    colons = 0;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.add(std::mem::take(&mut path), line);
                    colons = 0;
                }
            }
        }
        self.add(path, line);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.add(segments, line);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(call.tokens.clone());
        syn::visit::visit_macro(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [usize; 0] = [];

    fn lines(folder: &str, text: &str) -> Vec<usize> {
        let rule = RULES.iter().find(|rule| rule.folder == folder).unwrap();
        let source = source::parse("x.rs", text).unwrap();
        findings_in(&source, rule).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_later_layer_is_found_in_use_in_code_and_in_macros() {
        assert_eq!(lines("core/src/domain", "use crate::ports::Clock;"), [1]);
        assert_eq!(lines("core/src/domain", "use crate::{\n    domain::time,\n    app::{punch, sync},\n};"), [3]);
        assert_eq!(lines("core/src/domain", "use super::super::adapters::*;"), [1]);
        assert_eq!(lines("core/src/domain", "use crate::testkit as kit;"), [1]);
        assert_eq!(lines("core/src/domain", "\nfn f(clock: &dyn crate::ports::Clock) {}"), [2]);
        assert_eq!(lines("core/src/app", "fn f() { crate::adapters::sqlite::open(); }"), [1]);
        assert_eq!(lines("core/src/app", "fn f() { assert!(true,\n \"{}\", crate::adapters::x()); }"), [2]);
        assert_eq!(lines("core/src/ports", "use crate::app;"), [1]);
    }

    #[test]
    fn earlier_layers_own_names_and_tests_are_fine() {
        assert_eq!(lines("core/src/app", "use crate::{domain::id, ports::Clock};"), NONE);
        assert_eq!(
            lines("core/src/domain", "use super::app_time::Now; fn app() {} fn g() { app(); let ports = 1; }"),
            NONE
        );
        assert_eq!(lines("core/src/domain", "use some_crate::ports::Port;"), NONE);
        assert_eq!(lines("core/src/domain", "#[cfg(test)] mod tests { use crate::testkit::Kit; }"), NONE);
        let gated = "#[cfg(all(test, feature = \"crypto\"))] mod tests { use crate::adapters::crypto; }";
        assert_eq!(lines("core/src/domain", gated), NONE);
        assert_eq!(lines("core/src/domain", "/// See `crate::app`.\nstruct S;"), NONE);
    }

    #[test]
    fn code_for_all_but_tests_is_no_test() {
        assert_eq!(lines("core/src/domain", "#[cfg(not(test))] mod m { use crate::app::x; }"), [1]);
    }

    #[test]
    fn the_splice_turns_bytes_into_bytes() {
        assert_eq!(lines("core/jpeg/src", "use crate::header::Header; use std::ops::Range;"), NONE);
        assert_eq!(lines("core/jpeg/src", "use std::{ops::Range, fs::File};"), [1]);
        assert_eq!(lines("core/jpeg/src", "\nfn f() -> std::time::Instant { std::time::Instant::now() }"), [2]);
        assert_eq!(lines("core/jpeg/src", "use daka_core::domain::ids::PunchId;"), [1]);
    }

    #[test]
    fn the_server_may_take_crypto_and_no_other_adapter() {
        assert_eq!(lines("server/src", "use daka_core::adapters::crypto::Ring; use crate::app::State;"), NONE);
        assert_eq!(lines("server/src", "use daka_core::adapters::{crypto, sqlite};"), [1]);
        assert_eq!(lines("server/src", "use daka_core::adapters::sqlite::Store;"), [1]);
        assert_eq!(lines("server/src", "use daka_core::app::punch;"), [1]);
    }
}
