//! Rust sources for the checks: which files there are, and what of them goes into a product.

use std::fs;
use std::path::Path;

use syn::{Attribute, File, Item};

use crate::failure::{AtPath, Outcome, failed};
use crate::workspace::Workspace;

/// A parsed file without its tests.
pub(crate) struct Source {
    /// Relative to the repository.
    pub(crate) file: String,
    pub(crate) syntax: File,
}

/// All Rust files below a folder of the repository, in alphabetical order; none if there is no such folder. Files that are
/// called `tests.rs` or are in a folder `tests` are a module's tests.
pub(crate) fn below(ws: &Workspace, folder: &str) -> Outcome<Vec<Source>> {
    let mut files = Vec::new();
    collect(&ws.path(folder), &mut files)?;
    files.sort();
    let mut sources = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).at("read", &path)?;
        let file = path.strip_prefix(&ws.root).unwrap_or(&path).to_string_lossy().into_owned();
        sources.push(parse(&file, &text)?);
    }
    Ok(sources)
}

/// One file, as [`below`] gives it.
pub(crate) fn parse(file: &str, text: &str) -> Outcome<Source> {
    match syn::parse_file(text) {
        Ok(mut syntax) => {
            syntax.items.retain(|item| !is_test(item));
            Ok(Source { file: file.to_owned(), syntax })
        }
        Err(error) => failed(format!("{file}:{}: {error}", error.span().start().line)),
    }
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Outcome<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).at("read", folder)? {
        let path = entry.at("read", folder)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, files)?;
        } else if name.ends_with(".rs") && name != "tests.rs" {
            files.push(path);
        }
    }
    Ok(())
}

/// Is the item compiled for tests only: `#[cfg(test)]` or `#[cfg(all(test, …))]`?
fn is_test(item: &Item) -> bool {
    attributes(item).iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let condition = list.tokens.to_string();
        let condition = condition.replace(' ', "");
        list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all(test,"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
