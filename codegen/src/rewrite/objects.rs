//! Turns every struct into a `response!`, a `request_body!` or, if requests and responses use it, a
//! `resource!`.
//!
//! Before: `#[serde(rename = "createdAt", skip_serializing_if = …)] pub created_at:
//! Option<Timestamp>` in a struct with serde's derives. After: `#[wire("createdAt")] pub
//! created_at: Option<Timestamp>`. The macros read and write members through common code that
//! treats null as absent and loses nothing; serde's derive generates 300 lines for each struct and
//! does neither.

use std::collections::BTreeSet;

use atlas_backup_document::Error;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Ident, Item, parse_quote};

use super::shape::generic;
use super::unreachable::{closure, names, uses};
use super::unrecognised;
use crate::facts::Facts;

const PASS: &str = "rewrite/objects";
const MARKERS: &[&str] = &["response", "request_body", "resource", "open_enum"];

pub(crate) fn is_marker(attribute: &Attribute) -> bool {
    matches!(attribute.meta, syn::Meta::Path(_))
        && MARKERS
            .iter()
            .any(|marker| attribute.path().is_ident(marker))
}

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let uses = uses(file);
    let (bodies, answers) = roots(file);
    let (bodies, answers) = (closure(bodies, &uses), closure(answers, &uses));
    let mut written = 0;
    for item in &mut file.items {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let marker = match (bodies.contains(&name), answers.contains(&name)) {
            (true, true) => parse_quote!(#[resource]),
            // A request that writes a response back carries the members that this version does not
            // know.
            (true, false)
                if facts
                    .types
                    .get(&name)
                    .is_some_and(|fact| fact.update_of.is_some()) =>
            {
                parse_quote!(#[resource])
            }
            (true, false) => parse_quote!(#[request_body]),
            (false, true) => parse_quote!(#[response]),
            (false, false) => continue,
        };
        let role = match (bodies.contains(&name), answers.contains(&name)) {
            (true, true) => Role::Both,
            (true, false) => Role::Body,
            _ => Role::Answer,
        };
        item.attrs
            .retain(|attribute| attribute.path().is_ident("doc"));
        item.attrs.push(marker);
        members(item, role).map_err(|error| at(error, &name, facts))?;
        written += 1;
    }
    Ok(written)
}

/// Locates an error in a type at its schema.
pub(super) fn at(mut error: Error, name: &str, facts: &Facts) -> Error {
    for finding in &mut error.findings {
        finding.pointer = facts
            .types
            .get(name)
            .map(|fact| fact.pointer.clone())
            .unwrap_or_default();
    }
    error
}

/// Returns the types that operations send and those that they receive.
fn roots(file: &syn::File) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut bodies, mut answers) = (BTreeSet::new(), BTreeSet::new());
    for item in &file.items {
        if let Item::Struct(request) = item {
            answers.extend(
                request
                    .attrs
                    .iter()
                    .filter(|attribute| attribute.path().is_ident("response"))
                    .flat_map(names),
            );
        }
        let Item::Impl(item) = item else { continue };
        for item in &item.items {
            let syn::ImplItem::Fn(method) = item else {
                continue;
            };
            let inputs = method
                .sig
                .inputs
                .iter()
                .filter(|input| input.to_token_stream().to_string().starts_with("body :"));
            bodies.extend(inputs.flat_map(names));
        }
    }
    (bodies, answers)
}

/// Where a type is used.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Answer,
    Body,
    Both,
}

fn members(item: &mut syn::ItemStruct, role: Role) -> Result<(), Error> {
    let name = item.ident.clone();
    let Fields::Named(fields) = &mut item.fields else {
        return Err(unrecognised(PASS, format!("`{name}` has no members"), item));
    };
    for field in &mut fields.named {
        let ident = field.ident.clone().ok_or_else(|| {
            unrecognised(
                PASS,
                format!("a member of `{name}` without a name"),
                &field.ty,
            )
        })?;
        let wire = serde_name(PASS, &field.attrs, &ident)?;
        if ident == "extra" {
            return Err(unrecognised(
                PASS,
                format!("`{name}` has a member called extra, which the macro adds"),
                field,
            ));
        }
        let optional = field.attrs.iter().any(|attribute| {
            attribute
                .to_token_stream()
                .to_string()
                .contains("skip_serializing_if")
        });
        // Atlas may leave out any member of a type that it also sends; `validate` enforces what a
        // request needs.
        if role == Role::Both && !optional {
            let ty = &field.ty;
            field.ty = parse_quote!(Option<#ty>);
        }
        let list = generic(&field.ty, "Vec").is_some() || generic(&field.ty, "BTreeMap").is_some();
        if optional && list && role != Role::Answer {
            // In a request, an empty list has another meaning than an absent list.
            let ty = &field.ty;
            field.ty = parse_quote!(Option<#ty>);
        }
        let required = if optional || role == Role::Both {
            quote!()
        } else {
            quote!(, required)
        };
        field
            .attrs
            .retain(|attribute| attribute.path().is_ident("doc"));
        field.attrs.push(parse_quote!(#[wire(#wire #required)]));
    }
    Ok(())
}

/// Returns the wire name: the one in `#[serde(rename = "…")]`, or the Rust name. Fails on any other
/// serde setting that is not known to mean "optional".
pub(super) fn serde_name(
    pass: &'static str,
    attributes: &[Attribute],
    ident: &Ident,
) -> Result<String, Error> {
    let mut name = ident.to_string().trim_start_matches("r#").to_owned();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
                Ok(())
            } else if meta.path.is_ident("skip_serializing_if") {
                meta.value()?.parse::<syn::LitStr>().map(drop)
            } else if meta.path.is_ident("default") && !meta.input.peek(syn::Token![=]) {
                Ok(())
            } else {
                Err(meta.error("unknown"))
            }
        });
        read.map_err(|_| unrecognised(pass, format!("a serde setting of `{ident}`"), attribute))?;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::rewrite::rewritten;

    const OPERATIONS: &str = "impl Api { pub fn f(&self, id: X, body: types::B) -> R {} }\n#[request] #[response(types::A)] pub struct R {}\n";

    #[test]
    fn structs_are_marked_by_what_holds_them() {
        let types = r#"
#[derive(::serde::Serialize)] pub struct A {
    #[serde(rename = "createdAt", skip_serializing_if = "O")] pub created_at: Option<T>,
    #[serde(default, skip_serializing_if = "V")] pub links: Vec<Both>,
    pub id: String,
}
#[derive(::serde::Serialize)] pub struct B { #[serde(default, skip_serializing_if = "V")] pub links: Vec<Both> }
#[derive(::serde::Serialize)] pub struct Both {}
"#;
        let (written, after) = rewritten(
            super::rewrite,
            &Facts::default(),
            &format!("{OPERATIONS}{types}"),
        );
        assert_eq!(written, 3);
        for line in [
            "#[response]\npub struct A {\n    #[wire(\"createdAt\")]\n    pub created_at: Option<T>,\n    #[wire(\"links\")]\n    pub links: Vec<Both>,",
            "    #[wire(\"id\", required)]\n    pub id: String,",
            "#[request_body]\npub struct B {\n    #[wire(\"links\")]\n    pub links: Option<Vec<Both>>,",
            "#[resource]\npub struct Both {}",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
    }

    #[test]
    fn an_unknown_serde_setting_is_refused() {
        let types = "#[derive(::serde::Serialize)] pub struct A { #[serde(default = \"seven\")] pub n: i64 }";
        let mut file = syn::parse_file(&format!("{OPERATIONS}{types}"))
            .unwrap_or_else(|error| panic!("{error}"));
        let error = super::rewrite(&mut file, &Facts::default())
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("a serde setting of `n`"), "{error}");
    }
}
