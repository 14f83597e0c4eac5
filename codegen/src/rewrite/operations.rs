//! Turns every operation into a constant, a method and a request.
//!
//! Before: progenitor's 50-line async method that builds a URL and a request. After: `pub fn
//! take_snapshot(&self, …) -> TakeSnapshot`, which fills the runtime's `Request`, and `request! {
//! pub struct TakeSnapshot { pretty: bool } }`, which has a setter for each optional argument and
//! `send`. Everything that operations have in common is in the runtime.

use atlas_backup_document::{Error, Finding};
use heck::{ToPascalCase, ToShoutySnakeCase};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, ImplItem, Item, parse_quote};

use super::read::{self, Argument, Method};
use super::shape::generic;
use super::{calls, checks, unrecognised};
use crate::facts::{self, Facts, Idempotency, Operation};

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut written = 0;
    let mut items = Vec::new();
    for item in std::mem::take(&mut file.items) {
        match item {
            Item::Impl(operations) if operations.self_ty == parse_quote!(Client) => {
                for method in operations.items {
                    let ImplItem::Fn(method) = method else {
                        return Err(unrecognised("rewrite/operations", "not a method", &method));
                    };
                    let name = method.sig.ident.to_string();
                    let fact = facts.operations.get(&name);
                    let fact = fact.ok_or_else(|| {
                        unrecognised(
                            "rewrite/operations",
                            "an operation the spec lacks",
                            &method.sig,
                        )
                    })?;
                    let method = read::method(&method, fact).map_err(|error| at(error, fact))?;
                    items.extend(write(&method, fact));
                    items.push(calls::call(&method, fact, &facts.api));
                    items.push(calls::entry(&method, fact, &facts.api));
                    written += 1;
                }
            }
            other => items.push(other),
        }
    }
    file.items = items;
    if written != facts.operations.len() {
        let message = format!(
            "progenitor made {written} operations of {}",
            facts.operations.len()
        );
        return Err(Error::one(Finding::new(
            "rewrite/operations",
            "/paths",
            message,
        )));
    }
    Ok(written)
}

/// Locates an error in a method at its operation.
fn at(mut error: Error, fact: &Operation) -> Error {
    for finding in &mut error.findings {
        finding.pointer.clone_from(&fact.pointer);
    }
    error
}

fn write(method: &Method, fact: &Operation) -> Vec<Item> {
    let name = &method.name;
    let request = format_ident!("{}", fact.id.to_pascal_case());
    let constant = format_ident!("{}", fact.id.to_shouty_snake_case());
    let (required, optional): (Vec<_>, Vec<_>) =
        method.query.iter().partition(|argument| !argument.optional);
    let parameters = parameters(method, &required);
    let steps = steps(method, &required, fact);
    let setters = optional.iter().map(|argument| setter(argument, fact));
    let answer = method
        .answer
        .as_ref()
        .map_or_else(|| quote!(()), |ty| quote!(#ty));
    vec![
        constant_item(&constant, method, fact),
        parse_quote! {
            impl Api {
                pub fn #name(&self, #(#parameters),*) -> #request {
                    Call::new(&self.client, &#constant) #(#steps)* .into()
                }
            }
        },
        parse_quote! {
            #[request]
            #[response(#answer, #name)]
            pub struct #request { #(#setters),* }
        },
    ]
}

fn constant_item(constant: &Ident, method: &Method, fact: &Operation) -> Item {
    let (id, path, accept) = (&fact.id, &fact.path, &fact.accept);
    let verb = format_ident!("{}", method.verb);
    let content_type = match &fact.content_type {
        Some(media) => quote!(Some(#media)),
        None => quote!(None),
    };
    let idempotency = format_ident!(
        "{}",
        match fact.idempotency {
            Idempotency::Safe => "Safe",
            Idempotency::Idempotent => "Idempotent",
            Idempotency::NotIdempotent => "NotIdempotent",
        }
    );
    parse_quote! {
        static #constant: Operation = Operation {
            id: #id,
            method: Method::#verb,
            path: #path,
            accept: #accept,
            content_type: #content_type,
            idempotency: Idempotency::#idempotency,
        };
    }
}

fn parameters(method: &Method, required: &[&Argument]) -> Vec<TokenStream> {
    let path = method
        .path
        .iter()
        .map(|Argument { name, ty, .. }| quote!(#name: impl TryInto<#ty, Error: Display>));
    let query = required
        .iter()
        .map(|Argument { name, ty, .. }| value_parameter(name, ty));
    let body = method.body.iter().map(|ty| quote!(body: #ty));
    path.chain(query).chain(body).collect()
}

/// Returns the type of a method parameter: text and open enums accept everything that converts into
/// them; numbers, booleans and times are taken as they are.
fn value_parameter(name: &Ident, ty: &syn::Type) -> TokenStream {
    match ty.to_token_stream().to_string().as_str() {
        "bool" | "i64" | "f64" | "Timestamp" => quote!(#name: #ty),
        _ => quote!(#name: impl Into<#ty>),
    }
}

fn steps(method: &Method, required: &[&Argument], fact: &Operation) -> Vec<TokenStream> {
    let path = method
        .path
        .iter()
        .map(|Argument { name, wire, ty, .. }| quote!(.path::<#ty>(#wire, #name)));
    let query = required.iter().map(|argument| query_step(argument, fact));
    let body = method.body.iter().map(|_| quote!(.body(&body)));
    path.chain(query).chain(body).collect()
}

fn query_step(argument: &Argument, fact: &Operation) -> TokenStream {
    let (name, wire) = (&argument.name, &argument.wire);
    let value = match value_parameter(name, &argument.ty)
        .to_string()
        .contains("Into")
    {
        true => {
            let ty = &argument.ty;
            quote!(Into::<#ty>::into(#name))
        }
        false => quote!(#name),
    };
    let checks = fact
        .parameters
        .get(wire)
        .map(|parameter| parameter.checks.as_slice())
        .unwrap_or_default();
    let checks = checks
        .iter()
        .map(|check| checks::call(*check, wire, &quote!(#name)));
    quote!(#(.check(#checks))* .query(#wire, #value))
}

/// Generates `#[query("itemsPerPage", minimum(1), maximum(500))] items_per_page: i64`, from which
/// the macro generates a setter.
fn setter(argument: &Argument, fact: &Operation) -> TokenStream {
    let Argument { name, wire, ty, .. } = argument;
    let nothing = facts::Parameter::default();
    let parameter = fact.parameters.get(wire).unwrap_or(&nothing);
    let default = parameter
        .default
        .as_ref()
        .map(|value| format!(" Default: `{value}`."))
        .unwrap_or_default();
    let doc = format!("{}{default}", parameter.description.trim());
    let checks = parameter.checks.iter().map(|check| checks::setting(*check));
    let ty = match (
        generic(ty, "Vec"),
        ty.to_token_stream().to_string().as_str(),
    ) {
        (Some(item), _) => quote!(&[#item]),
        (None, "String") => quote!(&str),
        (None, _) => quote!(#ty),
    };
    quote! {
        #[doc = #doc]
        #[query(#wire #(, #checks)*)]
        #name: #ty
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Idempotency, Operation};
    use crate::rewrite::rewritten;

    fn facts() -> Facts {
        let operation = Operation {
            id: "takeSnapshot".into(),
            pointer: "/paths/~1a/post".into(),
            method: "POST".into(),
            path: "/g/{groupId}/s".into(),
            accept: "application/vnd.atlas.2023-01-01+json".into(),
            idempotency: Idempotency::NotIdempotent,
            ..Operation::default()
        };
        Facts {
            api: "v2".into(),
            operations: [("take_snapshot".into(), operation)].into(),
            ..Facts::default()
        }
    }

    const BEFORE: &str = r#"
impl Client {
    pub async fn take_snapshot<'a>(&'a self, group_id: &'a ObjectId, pretty: Option<bool>)
        -> Result<ResponseValue<types::Snapshot>, Error<types::ApiError>>
    {
        let url = format!("{}/g/{}/s", self.baseurl, encode_path(&group_id.to_string()),);
        #[allow(unused_mut)]
        let mut request = self.client.post(url)
            .query(&progenitor_client::QueryParam::new("pretty", &pretty))
            .build()?;
        let response = result?;
        match response.status().as_u16() { _ => Err(Error::UnexpectedResponse(response)) }
    }
}"#;

    #[test]
    fn a_method_becomes_a_request() {
        let (written, after) = rewritten(super::rewrite, &facts(), BEFORE);
        assert_eq!(written, 1);
        for line in [
            "static TAKE_SNAPSHOT: Operation = Operation {",
            "accept: \"application/vnd.atlas.2023-01-01+json\",",
            "pub fn take_snapshot(",
            ".path::<ObjectId>(\"groupId\", group_id)",
            "#[response(types::Snapshot, take_snapshot)]\npub struct TakeSnapshot {",
            "#[query(\"pretty\")]\n    pretty: bool,",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
    }

    #[test]
    fn what_is_not_recognised_is_named() {
        for (known, strange) in [
            ("let response = result?;", "let response = retry(result)?;"),
            (".build()?;", ".timeout(1).build()?;"),
            ("self.client.post(url)", "self.client.get(url)"),
            ("\"{}/g/{}/s\"", "\"{}/h/{}/s\""),
            ("encode_path(&group_id.to_string())", "group_id"),
            (
                "pretty: Option<bool>)",
                "pretty: Option<bool>, unused: bool)",
            ),
        ] {
            let mut file = syn::parse_file(&BEFORE.replace(known, strange))
                .unwrap_or_else(|error| panic!("{error}"));
            let Err(error) = super::rewrite(&mut file, &facts()) else {
                panic!("`{strange}` was accepted")
            };
            let message = error.to_string();
            assert!(
                message.contains("progenitor's code is not as expected"),
                "{message}"
            );
            assert_eq!(error.findings[0].pointer, "/paths/~1a/post");
        }
    }
}
