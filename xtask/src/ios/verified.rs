//! Does docs/verified.md tell of every file of the iOS app, and does it tell the truth?
//!
//! The page has one table with a row for each file or folder of `ios-shell/`, or several (paths without that folder; a folder ends
//! in `/`). Its cells are read here:
//!
//! | cell | what has to be so |
//! |---|---|
//! | first | the paths are there, and no other row has a file of theirs |
//! | "held against Apple's headers" | the frameworks that the row's sources import and that have a crate ([`standins::CRATES`]), and no others |
//! | "by Apple's documentation alone" | the ones that have a stand-in and no crate |
//! | "run by" | a test file of the app, which names the type that the source is called after; `–` where nothing runs it |
//!
//! So a file that was added, a framework that an adapter took on, or a test that went away is a finding.

use std::collections::BTreeSet;
use std::fs;

use super::standins;
use crate::check::Finding;
use crate::failure::{AtPath, Outcome};
use crate::workspace::Workspace;

const PAGE: &str = "docs/verified.md";
const FOLDER: &str = "ios-shell";
/// The row above the table's own.
const HEAD: &str = "| file | held against Apple's headers | by Apple's documentation alone | run by | how else |";

/// Every file of the app, by its path below `ios-shell/`, in order. Build folders and what an editor leaves begin with a dot.
pub(super) fn files(ws: &Workspace) -> Outcome<Vec<String>> {
    let root = ws.path(FOLDER);
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let path = entry.at("read", &folder)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || name == "xcuserdata" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    line: usize,
    paths: BTreeSet<String>,
    held: BTreeSet<String>,
    documented: BTreeSet<String>,
    run_by: BTreeSet<String>,
}

/// The names in code marks of a cell.
fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows(page: &str) -> Vec<Row> {
    let lines = page.lines().enumerate().skip_while(|(_, line)| *line != HEAD).skip(2);
    let row = |(index, line): (usize, &str)| {
        let mut cells = line.trim_matches('|').split('|').map(names);
        let paths = cells.next().filter(|paths| !paths.is_empty())?;
        let [held, documented, run_by] = [cells.next()?, cells.next()?, cells.next()?];
        Some(Row { line: index + 1, paths, held, documented, run_by })
    };
    lines.take_while(|(_, line)| line.starts_with('|')).filter_map(row).collect()
}

/// What a source imports of these frameworks.
fn imports(source: &str, frameworks: &BTreeSet<String>) -> BTreeSet<String> {
    let lines = source.lines().filter_map(|line| line.trim_start_matches("@_exported ").strip_prefix("import "));
    lines
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .filter(|name| frameworks.contains(name))
        .collect()
}

/// All findings.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let files = files(ws)?;
    let crates: BTreeSet<String> = standins::CRATES.iter().map(|(framework, _)| (*framework).to_owned()).collect();
    let standin = |file: &String| file.strip_prefix("Standins/")?.split('/').next().map(str::to_owned);
    let all: BTreeSet<String> = files.iter().filter_map(standin).collect();
    let bare: BTreeSet<String> = all.difference(&crates).cloned().collect();
    let read = |file: &str| fs::read_to_string(ws.path(FOLDER).join(file)).unwrap_or_default();
    let rows = rows(&ws.read(PAGE)?);
    let mut findings = Vec::new();
    for file in &files {
        let rows = rows.iter().flat_map(|row| &row.paths).filter(|path| covers(path, file)).count();
        if rows != 1 {
            findings.push((1, format!("{rows} rows tell how {FOLDER}/{file} was checked; it takes one")));
        }
    }
    for row in &rows {
        let mut finding = |what: String| findings.push((row.line, what));
        for path in row.paths.iter().filter(|path| !files.iter().any(|file| covers(path, file))) {
            finding(format!("{path} is not there"));
        }
        // What a stand-in or a test imports is its own affair.
        let own = |file: &&String| file.ends_with(".swift") && row.paths.iter().any(|path| covers(path, file));
        let sources: Vec<&String> = files.iter().filter(own).filter(|file| is_shipped(file)).collect();
        for (how, told, frameworks) in
            [("held against headers", &row.held, &crates), ("known by documentation", &row.documented, &bare)]
        {
            let real: BTreeSet<String> = sources.iter().flat_map(|file| imports(&read(file), frameworks)).collect();
            if *told != real {
                finding(format!("of the frameworks {how} the row says {told:?}; its sources import {real:?}"));
            }
        }
        for test in &row.run_by {
            let is_it = |file: &&String| file.starts_with("Tests/") && file.ends_with(&format!("/{test}.swift"));
            let Some(text) = files.iter().find(is_it).map(|file| read(file)) else {
                finding(format!("there is no test file {test}"));
                continue;
            };
            let stems = row.paths.iter().filter_map(|path| path.strip_suffix(".swift")?.rsplit('/').next());
            stems.filter(|stem| !text.contains(stem)).for_each(|stem| finding(format!("{test} does not name {stem}")));
        }
    }
    Ok(findings.into_iter().map(|(line, what)| Finding { file: PAGE.to_owned(), line, what }).collect())
}

/// Whether it is part of the app, not of its tests.
pub(super) fn is_shipped(file: &str) -> bool {
    file.starts_with("Sources/") || file.starts_with("App/")
}

fn covers(row: &str, file: &str) -> bool {
    if row.ends_with('/') { file.starts_with(row) } else { file == row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_of_every_file_and_tells_the_truth() {
        assert_eq!(check(&Workspace::load().unwrap()).unwrap(), []);
    }

    #[test]
    fn a_row_is_read() {
        let page = format!(
            "# Page\n\n{HEAD}\n|---|---|---|---|---|\n| `A/b.swift` | `X`, `Y` | – | `T` | seen |\n| `C/`, `D/` | | `Z` | – | |\n\nEnd\n"
        );
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let rows = rows(&page);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, &rows[0].paths), (5, &set(&["A/b.swift"])));
        assert_eq!((&rows[0].held, &rows[0].documented, &rows[0].run_by), (&set(&["X", "Y"]), &set(&[]), &set(&["T"])));
        assert_eq!(rows[1].paths, set(&["C/", "D/"]));
        assert_eq!((&rows[1].held, &rows[1].documented), (&set(&[]), &set(&["Z"])));
        assert!(covers("C/", "C/d/e.swift") && !covers("C/", "Cd.swift") && covers("A/b.swift", "A/b.swift"));
    }

    #[test]
    fn an_import_is_seen_and_a_word_is_none() {
        let known = ["X".to_owned(), "Y".to_owned()].into();
        let source = "import Foundation\nimport X  // and with it Y\n// import Y\n@_exported import X\n";
        assert_eq!(imports(source, &known), ["X".to_owned()].into());
    }
}
