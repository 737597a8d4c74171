//! The rules of the FFI surface in `bindings/src`.
//!
//! - An exported `async fn` says `async_runtime = "tokio"`, or it is polled without the core's runtime and panics.
//! - Every exported function and method returns a `Result`, so that nothing can panic across the boundary uncaught.
//! - None is named `close`: generated Kotlin objects have one already.
//! - Methods of foreign traits are synchronous: asynchronous ones do not compile in Swift 6 mode.
//! - No error type is named `Error`: it collides in Kotlin and Swift.

use proc_macro2::Span;
use syn::{Attribute, ImplItem, Item, Meta, ReturnType, Signature, TraitItem, Type};

use super::Finding;
use super::source::{self, Source};
use crate::failure::Outcome;
use crate::workspace::Workspace;

/// All findings in the repository.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let sources = source::below(ws, "bindings/src")?;
    Ok(sources.iter().flat_map(findings_in).collect())
}

fn findings_in(source: &Source) -> Vec<Finding> {
    let mut exports = Exports { file: &source.file, findings: Vec::new() };
    exports.items(&source.syntax.items);
    exports.findings
}

/// The arguments of `#[uniffi::export(…)]` as text without spaces; empty without arguments; `None` if it is not there.
fn export(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find(|attribute| is(attribute, "export")).map(arguments)
}

fn is(attribute: &Attribute, name: &str) -> bool {
    let mut segments = attribute.path().segments.iter();
    let (first, second) = (segments.next(), segments.next());
    first.is_some_and(|first| first.ident == "uniffi") && second.is_some_and(|second| second.ident == name)
}

fn arguments(attribute: &Attribute) -> String {
    match &attribute.meta {
        Meta::List(list) => list.tokens.to_string().replace(' ', ""),
        Meta::Path(_) | Meta::NameValue(_) => String::new(),
    }
}

struct Exports<'a> {
    file: &'a str,
    findings: Vec<Finding>,
}

impl Exports<'_> {
    fn add(&mut self, span: Span, what: String) {
        self.findings.push(Finding { file: self.file.to_owned(), line: span.start().line, what });
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content {
                        self.items(items);
                    }
                }
                Item::Fn(function) => {
                    if let Some(export) = export(&function.attrs) {
                        self.function(&function.sig, &function.attrs, &export);
                    }
                }
                Item::Impl(block) => {
                    if let Some(export) = export(&block.attrs) {
                        for item in &block.items {
                            if let ImplItem::Fn(method) = item {
                                self.function(&method.sig, &method.attrs, &export);
                            }
                        }
                    }
                }
                Item::Trait(item) => {
                    if let Some(export) = export(&item.attrs) {
                        for method in &item.items {
                            if let TraitItem::Fn(method) = method {
                                self.trait_method(&method.sig, &method.attrs, &export);
                            }
                        }
                    }
                }
                Item::Enum(item) => self.error_name(&item.ident, &item.attrs),
                Item::Struct(item) => self.error_name(&item.ident, &item.attrs),
                _ => {}
            }
        }
    }

    fn trait_method(&mut self, signature: &Signature, attributes: &[Attribute], export: &str) {
        if signature.asyncness.is_some() && export.contains("foreign") {
            let name = &signature.ident;
            self.add(name.span(), format!("foreign method `{name}` is async; those do not compile in Swift 6 mode"));
        }
        self.function(signature, attributes, export);
    }

    fn function(&mut self, signature: &Signature, attributes: &[Attribute], export: &str) {
        let name = &signature.ident;
        if signature.asyncness.is_some() && !export.contains("async_runtime=\"tokio\"") {
            let what = format!("exported `async fn {name}` needs #[uniffi::export(async_runtime = \"tokio\")]");
            self.add(name.span(), what);
        }
        if !returns_result(&signature.output) {
            self.add(name.span(), format!("exported `{name}` must return a Result"));
        }
        let renamed = attributes.iter().any(|attribute| arguments(attribute).contains("name=\"close\""));
        if name == "close" || renamed {
            self.add(
                name.span(),
                format!("exported `{name}` must not be called close; Kotlin's objects have a close()"),
            );
        }
    }

    fn error_name(&mut self, name: &syn::Ident, attributes: &[Attribute]) {
        let is_error = attributes.iter().any(|attribute| {
            attribute.path().is_ident("derive")
                && arguments(attribute).split(',').any(|derived| derived == "uniffi::Error")
        });
        if is_error && name == "Error" {
            self.add(name.span(), "an exported error must not be called Error; say what it is an error of".to_owned());
        }
    }
}

/// `Result<…>` or an alias whose name ends in `Result`.
fn returns_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, output) = output else { return false };
    let Type::Path(path) = &**output else { return false };
    path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Result"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<(usize, String)> {
        let source = source::parse("x.rs", text).unwrap();
        findings_in(&source).into_iter().map(|finding| (finding.line, finding.what)).collect()
    }

    #[test]
    fn what_keeps_to_the_rules_is_silent() {
        let text = r#"
            #[uniffi::export(async_runtime = "tokio")]
            impl Client {
                #[uniffi::constructor]
                pub fn new() -> Result<Arc<Self>, OpenError> { todo() }
                pub async fn punch(&self) -> Result<Receipt, PunchError> { todo() }
                pub fn close_down(&self) -> std::result::Result<(), E> { todo() }
            }
            impl Client { async fn inner(&self) {} fn close(&self) {} }
            #[uniffi::export(foreign)]
            pub trait Clock: Send + Sync { fn now(&self) -> Result<i64, ClockError>; }
            #[uniffi::export(Display)]
            #[derive(uniffi::Error)]
            pub enum PunchError { A }
            #[derive(thiserror::Error)]
            enum Error { A }
        "#;
        assert_eq!(findings(text), []);
    }

    #[test]
    fn an_async_export_without_the_runtime_is_named_with_its_line() {
        let found = findings("#[uniffi::export]\nimpl C {\n    pub async fn sync(&self) -> Result<(), E> {}\n}");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 3);
        assert!(found[0].1.contains("`async fn sync` needs"), "{found:?}");
        assert_eq!(findings("#[uniffi::export(async_runtime = \"tokio\")]\nasync fn f() -> Result<(), E> {}"), []);
        assert_eq!(findings("#[uniffi::export]\nasync fn f() -> Result<(), E> {}").len(), 1);
    }

    #[test]
    fn an_export_without_a_result_is_found_in_functions_methods_and_traits() {
        assert_eq!(findings("#[uniffi::export]\npub fn f() {}").len(), 1);
        assert_eq!(findings("#[uniffi::export]\npub fn f() -> u32 { 1 }").len(), 1);
        assert_eq!(findings("#[uniffi::export]\nimpl C { pub fn f(&self) -> Option<u32> { None } }").len(), 1);
        assert_eq!(findings("#[uniffi::export(foreign)]\npub trait T { fn f(&self); }").len(), 1);
        assert_eq!(findings("mod m { #[uniffi::export]\npub fn f() {} }").len(), 1);
    }

    #[test]
    fn close_async_foreign_methods_and_an_error_named_error_are_found() {
        assert_eq!(findings("#[uniffi::export]\nimpl C { pub fn close(&self) -> Result<(), E> {} }").len(), 1);
        let renamed =
            "#[uniffi::export]\nimpl C { #[uniffi::method(name = \"close\")] pub fn end(&self) -> Result<(), E> {} }";
        assert_eq!(findings(renamed).len(), 1);
        let foreign =
            "#[uniffi::export(foreign, async_runtime = \"tokio\")]\ntrait T { async fn f(&self) -> Result<(), E>; }";
        assert_eq!(findings(foreign).len(), 1);
        assert_eq!(findings("#[derive(Debug, uniffi::Error)]\nenum Error { A }").len(), 1);
    }
}
