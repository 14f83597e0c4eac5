//! Renders the table through which tests call every operation by name, so that no call has to be
//! written by hand: for each operation a function that makes the call from JSON arguments, and an
//! entry that names it. `files` puts these into `tests/src/generated/`, not into the client.

use quote::quote;
use syn::{Item, parse_quote};

use super::{Scope, ident};
use crate::model::{Operation, Ty};

const SCOPE: Scope = Scope::Operations;

pub(crate) fn function(operation: &Operation, api: &str) -> Item {
    let (name, api) = (ident(&operation.name), ident(api));
    let path = operation.path.iter().map(|argument| {
        let (wire, ty) = (&argument.wire, SCOPE.ty(&argument.ty));
        match argument.ty {
            Ty::Integer | Ty::DateTime => quote!(arguments.parsed_path::<#ty>(#wire)?),
            _ => quote!(arguments.path(#wire)),
        }
    });
    let query = operation.required().map(|argument| {
        let (wire, ty) = (&argument.wire, SCOPE.ty(&argument.ty));
        let borrow = matches!(argument.ty, Ty::List(_)).then(|| quote!(&));
        quote!(#borrow arguments.required::<#ty>(#wire)?)
    });
    let body = operation.required_body().map(|_| quote!(arguments.body()?));
    let inputs = path.chain(query).chain(body);
    let setters = operation.optional().map(|argument| {
        let (name, wire, ty) = (ident(&argument.name), &argument.wire, SCOPE.ty(&argument.ty));
        let borrow = matches!(argument.ty, Ty::Text | Ty::List(_)).then(|| quote!(&));
        quote!(if let Some(value) = arguments.optional::<#ty>(#wire)? { request = request.#name(#borrow value); })
    });
    let optional_body = operation.optional_body().map(|ty| {
        let ty = SCOPE.ty(ty);
        quote!(if let Some(body) = arguments.optional_body::<#ty>()? { request = request.body(body); })
    });
    parse_quote! {
        fn #name(client: &Client, arguments: &Arguments) -> Result<Call, String> {
            let mut request = client.#api().#name(#(#inputs),*);
            #(#setters)*
            #optional_body
            Ok(Box::pin(async move { outcome(request.send().await) }))
        }
    }
}

/// Renders the table entry: `Entry { api: "v2", id: "takeSnapshot", …, call: take_snapshot,
/// answer: Some(recode::<types::Snapshot>), … }`.
pub(crate) fn entry(operation: &Operation, api: &str) -> syn::Expr {
    let fact = &operation.facts;
    let (id, verb, path, success) = (&fact.id, &fact.method, &fact.path, &fact.success);
    let name = ident(&operation.name);
    let recode = |ty: &Option<Ty>| match ty.as_ref().map(|ty| SCOPE.ty(ty)) {
        Some(ty) => quote!(Some(recode::<#ty>)),
        None => quote!(None),
    };
    let (answer, body) = (recode(&operation.response), recode(&operation.body));
    parse_quote! {
        Entry {
            api: #api, id: #id, method: #verb, path: #path, success: #success, call: #name, answer: #answer, body: #body,
        }
    }
}
