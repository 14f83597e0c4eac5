//! Generates the table through which tests call every operation by name, so that no call has to be
//! written by hand.
//!
//! Before: nothing. After: for each operation a function, marked `#[call]`, that makes the call
//! from JSON arguments, and the decoding of its success response. `emit` puts these into
//! `tests/src/generated/`, not into the crate.

use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::read::{Argument, Method};
use super::shape::generic;
use crate::facts::{Operation, RUNTIME_TYPES};

pub(super) fn call(method: &Method, fact: &Operation, api: &str) -> Item {
    let (name, api) = (&method.name, format_ident!("{api}"));
    let (required, optional): (Vec<_>, Vec<_>) =
        method.query.iter().partition(|argument| !argument.optional);
    let path = method
        .path
        .iter()
        .map(|Argument { wire, .. }| quote!(arguments.path(#wire)));
    let query = required.iter().map(|Argument { wire, ty, .. }| {
        let ty = public(ty, &api);
        quote!(arguments.required::<#ty>(#wire)?)
    });
    let body = method.body.iter().map(|_| quote!(arguments.body()?));
    let inputs = path.chain(query).chain(body);
    let setters = optional.iter().map(|Argument { name, wire, ty, .. }| {
        let ty = public(ty, &api);
        let value = if ty == parse_quote!(String) || generic(&ty, "Vec").is_some() { quote!(&value) } else { quote!(value) };
        quote!(if let Some(value) = arguments.optional::<#ty>(#wire)? { request = request.#name(#value); })
    });
    let mutable = if optional.is_empty() {
        quote!()
    } else {
        quote!(mut)
    };
    let official = &fact.id;
    parse_quote! {
        #[call]
        #[doc = #official]
        fn #name(client: &Client, arguments: &Arguments) -> Result<Call, String> {
            let #mutable request = client.#api().#name(#(#inputs),*);
            #(#setters)*
            Ok(Box::pin(async move { outcome(request.send().await) }))
        }
    }
}

/// Generates the table entry: `Entry { api: "v2", id: "takeSnapshot", …, call: take_snapshot,
/// answer: Some(recode::<types::Snapshot>), … }`.
pub(super) fn entry(method: &Method, fact: &Operation, api: &str) -> Item {
    let Operation {
        id,
        method: verb,
        path,
        success,
        ..
    } = fact;
    let (name, module) = (&method.name, format_ident!("{api}"));
    let recode = |ty: &Option<syn::Type>| match ty {
        Some(ty) => {
            let ty = public(ty, &module);
            quote!(Some(recode::<#ty>))
        }
        None => quote!(None),
    };
    let (answer, body) = (recode(&method.answer), recode(&method.body));
    parse_quote! {
        #[call]
        const #name: Entry = Entry {
            api: #api, id: #id, method: #verb, path: #path, success: #success, call: #name, answer: #answer, body: #body,
        };
    }
}

/// Returns the public path of a type: `types::Snapshot` becomes `v2::types::Snapshot`.
fn public(ty: &syn::Type, api: &syn::Ident) -> syn::Type {
    let text = ty.to_token_stream().to_string();
    let crate_types =
        RUNTIME_TYPES
            .iter()
            .fold(text.clone(), |text, (name, _)| match text == *name {
                true => format!("atlas_backup_api::{name}"),
                false => text,
            });
    let public = crate_types.replace("types ::", &format!("{api} :: types ::"));
    syn::parse_str(&public).unwrap_or_else(|_| ty.clone())
}
