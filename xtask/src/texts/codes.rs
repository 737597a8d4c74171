//! The core's codes, read from the sources of the surface: every enumeration without fields that crosses it.
//!
//! They stand there as plain enumerations with `uniffi::Enum` among their derives, or in a macro that writes such a one:
//! `Name of core::Type { Variant, … }`. The macro `open!` adds `Unknown`.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Fields, Ident, Item, Lit, LitStr, Meta, MetaNameValue, Token, Type, braced};

use super::FOLDER;
use super::source::{Catalogue, Entry, Kind};
use crate::check::{Finding, source};
use crate::failure::Outcome;
use crate::workspace::Workspace;

/// Where the surface's enumerations are.
const SURFACE: &str = "bindings/src";

/// Enumerations that no screen names: what only goes into the core.
const SILENT: [&str; 4] = ["FixProvider", "Pace", "Platform", "RadioKind"];

/// What is said of a code: the keys' first part, and the property of the generated tables.
pub(super) struct Facet {
    pub(super) topic: &'static str,
    pub(super) property: &'static str,
    /// All enumerations, or these.
    pub(super) of: Option<&'static [&'static str]>,
}

/// Every code has its sentence; a failure has a next step, too.
pub(super) const FACETS: [Facet; 2] = [
    Facet { topic: "code", property: "text", of: None },
    Facet { topic: "next", property: "next", of: Some(&["FailureCode"]) },
];

/// An enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) name: String,
    /// In Rust's spelling.
    pub(super) variants: Vec<String>,
    /// How many values each variant's documentation names; the sentence of a [`SENTENCES`] takes as many.
    values: Vec<usize>,
}

/// The enumeration whose variants are sentences with values: each value's type stands in its documentation, in code style.
const SENTENCES: &str = "WhyCode";
/// The types of such values.
const VALUES: [&str; 9] =
    ["`Text`", "`Number`", "`Metres`", "`Millis`", "`Time`", "`Reason`", "`Help`", "`Wait`", "`Failure`"];

impl Code {
    /// Without values.
    #[cfg(test)]
    pub(super) fn of(name: &str, variants: &[&str]) -> Self {
        let variants: Vec<String> = variants.iter().map(|name| (*name).to_owned()).collect();
        Self { name: name.to_owned(), values: vec![0; variants.len()], variants }
    }

    /// The facets that this enumeration has.
    pub(super) fn facets(&self) -> impl Iterator<Item = &'static Facet> {
        FACETS.iter().filter(|facet| facet.of.is_none_or(|of| of.contains(&self.name.as_str())))
    }

    /// `code.failure_code.in_use`.
    pub(super) fn key(&self, facet: &Facet, variant: &str) -> String {
        format!("{}.{}.{}", facet.topic, snake(&self.name), snake(variant))
    }
}

/// `PhotoNotJpeg`: `photo_not_jpeg`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// All codes that a screen may name, in alphabetical order.
pub(super) fn read(ws: &Workspace) -> Outcome<Vec<Code>> {
    let mut codes = Vec::new();
    for source in source::below(ws, SURFACE)? {
        codes.extend(codes_in(&source.syntax.items));
    }
    codes.retain(|code| !SILENT.contains(&code.name.as_str()));
    codes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(codes)
}

fn codes_in(items: &[Item]) -> Vec<Code> {
    items.iter().filter_map(code_in).collect()
}

fn code_in(item: &Item) -> Option<Code> {
    match item {
        Item::Enum(item) if crosses(&item.attrs) => {
            let plain = item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
            let variants = item.variants.iter().map(|variant| variant.ident.to_string()).collect();
            let values = item.variants.iter().map(|variant| values(&variant.attrs)).collect();
            plain.then(|| Code { name: item.ident.to_string(), variants, values })
        }
        Item::Macro(item) => {
            let Mirror { name, mut variants, mut values } = syn::parse2(item.mac.tokens.clone()).ok()?;
            if item.mac.path.is_ident("open") {
                variants.push("Unknown".to_owned());
                values.push(0);
            }
            Some(Code { name, variants, values })
        }
        _ => None,
    }
}

/// How many values the documentation names.
fn values(attributes: &[Attribute]) -> usize {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. })
            if path.is_ident("doc") =>
        {
            Some(text.value())
        }
        _ => None,
    };
    let text: String = attributes.iter().filter_map(line).collect();
    VALUES.iter().map(|value| text.matches(value).count()).sum()
}

/// Is `uniffi::Enum` among the derives?
fn crosses(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).any(|attribute| {
        let tokens = attribute.parse_args::<TokenStream>().map(|tokens| tokens.to_string()).unwrap_or_default();
        tokens.replace(' ', "").contains("uniffi::Enum")
    })
}

/// `#[doc] Name of core::Type, "field" { #[doc] Variant, … }`, the field's name being optional.
struct Mirror {
    name: String,
    variants: Vec<String>,
    values: Vec<usize>,
}

impl Parse for Mirror {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        struct Variant(usize, Ident);
        impl Parse for Variant {
            fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
                let attributes = input.call(Attribute::parse_outer)?;
                Ok(Self(values(&attributes), input.parse()?))
            }
        }
        input.call(Attribute::parse_outer)?;
        let name: Ident = input.parse()?;
        let of: Ident = input.parse()?;
        if of != "of" {
            return Err(syn::Error::new(of.span(), "another macro"));
        }
        input.parse::<Type>()?;
        if input.parse::<Option<Token![,]>>()?.is_some() {
            input.parse::<LitStr>()?;
        }
        let body;
        braced!(body in input);
        let variants = Punctuated::<Variant, Token![,]>::parse_terminated(&body)?;
        let values = variants.iter().map(|Variant(values, _)| *values).collect();
        let variants = variants.into_iter().map(|Variant(_, name)| name.to_string()).collect();
        Ok(Self { name: name.to_string(), variants, values })
    }
}

/// A code without its sentence, and a sentence whose code is gone.
pub(super) fn check(codes: &[Code], catalogue: &Catalogue) -> Vec<Finding> {
    let file = format!("{FOLDER}/codes.toml");
    let mut findings = Vec::new();
    let mut wanted = Vec::new();
    for code in codes {
        for facet in code.facets() {
            for (variant, values) in code.variants.iter().zip(&code.values) {
                let key = code.key(facet, variant);
                match catalogue.get(&key) {
                    None => {
                        let what = format!("{key}: missing; {}::{variant} of {SURFACE} needs it", code.name);
                        findings.push(Finding { file: file.clone(), line: 1, what });
                    }
                    Some(entry) if entry.counts() => {
                        findings.push(entry.finding("a code's sentence cannot depend on a number; write it without"));
                    }
                    Some(entry) if entry.args.iter().any(|(_, kind)| *kind != Kind::Text) => {
                        findings.push(entry.finding("a code's arguments come as text; the shell formats them"));
                    }
                    Some(entry) if code.name == SENTENCES && entry.args.len() != *values => {
                        let what = format!("takes {} values; the core gives {values}", entry.args.len());
                        findings.push(entry.finding(what));
                    }
                    Some(entry) if entry.only.is_some() => {
                        findings.push(entry.finding("a code's sentence is for both apps"))
                    }
                    Some(_) => {}
                }
                wanted.push(key);
            }
        }
    }
    let of_codes = |entry: &&Entry| FACETS.iter().any(|facet| entry.key.split('.').next() == Some(facet.topic));
    let gone = catalogue.values().filter(of_codes).filter(|entry| !wanted.contains(&entry.key));
    findings.extend(gone.map(|entry| entry.finding("there is no such code; remove it, or mend its name")));
    findings
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::good;
    use super::*;

    fn codes(text: &str) -> Vec<Code> {
        codes_in(&syn::parse_file(text).unwrap().items)
    }

    fn code(name: &str, variants: &[&str]) -> Code {
        Code::of(name, variants)
    }

    #[test]
    fn enumerations_are_read_from_macros_and_from_derives() {
        let text = "
            macro_rules! open { () => {} }
            outward! { /// Word.
                TimeWord of time::Word { /// One.
                    Verified, Bounded, } }
            open! { Asked of journal::Asked, \"asked\" { In, Out, } }
            #[derive(Clone, uniffi::Enum)] pub enum Plain { A, BigB }
            #[derive(Clone, uniffi::Enum)] pub enum Fields { A { a: u8 }, B }
            #[derive(Clone)] pub enum Inner { A }
        ";
        let expected = [
            code("TimeWord", &["Verified", "Bounded"]),
            code("Asked", &["In", "Out", "Unknown"]),
            code("Plain", &["A", "BigB"]),
        ];
        assert_eq!(codes(text), expected);
    }

    #[test]
    fn a_code_without_a_sentence_and_a_sentence_without_a_code_are_found() {
        let entry = |key: &str| format!("[{key}]\nen = \"x\"\nzh_hans = \"x\"\nzh_hant_hk = \"x\"\n");
        let catalogue = good(&format!("{}{}", entry("code.asked.in"), entry("code.asked.gone")));
        let findings = check(&[code("Asked", &["In", "BreakStart"])], &catalogue);
        let whats: Vec<&str> = findings.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            whats,
            [
                "code.asked.break_start: missing; Asked::BreakStart of bindings/src needs it",
                "code.asked.gone: there is no such code; remove it, or mend its name"
            ]
        );
    }

    #[test]
    fn a_sentence_takes_as_many_values_as_the_core_gives() {
        let text = "outward! { WhyCode of views::WhyCode {
            /// At `Text`, `Metres` from its edge.
            At, } }";
        let codes = codes(text);
        assert_eq!(codes[0].values, [2]);
        let entry = "[code.why_code.at]\nargs = [\"site: text\"]\nen = \"{site}\"\nzh_hans = \"{site}\"\nzh_hant_hk = \"{site}\"\n";
        let findings = check(&codes, &good(entry));
        assert_eq!(findings[0].what, "code.why_code.at: takes 1 values; the core gives 2");
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_failure_has_its_next_step() {
        let catalogue = good("[code.failure_code.closed]\nen = \"x\"\nzh_hans = \"x\"\nzh_hant_hk = \"x\"\n");
        let findings = check(&[code("FailureCode", &["Closed"])], &catalogue);
        assert!(findings.iter().any(|finding| finding.what.starts_with("next.failure_code.closed: missing")));
        assert_eq!(findings.len(), 1);
    }
}
