//! Renders an operation: a constant, a method and a request.
//!
//! The method fills the runtime's `Call`; `request! { pub struct TakeSnapshot { pretty: bool } }`
//! has a setter for each optional argument, and `send`. Everything that operations have in common is
//! in the runtime.

use heck::{ToPascalCase, ToShoutySnakeCase};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::{Piece, Scope, checks, docs, ident};
use crate::facts::{self, code};
use crate::model::{Argument, Operation, Ty};
use crate::runtime;

const SCOPE: Scope = Scope::Operations;

/// The code of one operation.
#[derive(Debug)]
pub(crate) struct Code {
    pub constant: Piece,
    /// An `impl Api` with the method.
    pub method: Piece,
    pub request: Piece,
}

pub(crate) fn operation(operation: &Operation, api: &str) -> Code {
    let id = &operation.facts.id;
    let request = ident(&id.to_pascal_case());
    let constant = ident(&id.to_shouty_snake_case());
    Code {
        method: method(operation, api, &request, &constant),
        constant: constant_of(&operation.facts, &constant),
        request: request_of(operation, &request),
    }
}

fn constant_of(fact: &facts::Operation, constant: &syn::Ident) -> Piece {
    let (id, path, accept) = (&fact.id, &fact.path, &fact.accept);
    let verb = ident(&fact.method);
    let content_type = match &fact.content_type {
        Some(media) => quote!(Some(#media)),
        None => quote!(None),
    };
    let idempotency = ident(runtime::idempotency(fact.idempotency));
    Piece::plain(parse_quote! {
        static #constant: Operation = Operation {
            id: #id,
            method: Method::#verb,
            path: #path,
            accept: #accept,
            content_type: #content_type,
            idempotency: Idempotency::#idempotency,
        };
    })
}

fn method(operation: &Operation, api: &str, request: &syn::Ident, constant: &syn::Ident) -> Piece {
    let fact = &operation.facts;
    let name = ident(&operation.name);
    let docs = docs::operation(operation, api);
    let alias = docs::aliases([&fact.official_id].into_iter().filter(|id| **id != fact.id));
    let deprecated = fact
        .deprecated
        .iter()
        .map(|note| quote!(#[deprecated(note = #note)]));
    // A method that is not generic would be compiled with the client, whether it is called or not.
    let mut required = operation.path.iter().chain(operation.required());
    let inline = (!required.any(|argument| converts(&argument.ty))).then(|| quote!(#[inline]));
    let (parameters, steps) = arguments(operation);
    Piece::plain(parse_quote! {
        impl Api {
            #docs
            #alias
            #(#deprecated)*
            #inline
            pub fn #name(&self, #(#parameters),*) -> #request {
                Call::new(&self.client, &#constant) #(#steps)* .into()
            }
        }
    })
}

/// The required arguments: how the method takes each, and the step of the call that it becomes.
fn arguments(operation: &Operation) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let path = operation.path.iter().map(|one| argument(one, true));
    let query = operation.required().map(|one| argument(one, false));
    let body = operation.required_body().map(|ty| {
        let ty = SCOPE.ty(ty);
        (quote!(body: #ty), quote!(.body(&body)))
    });
    path.chain(query).chain(body).unzip()
}

fn argument(argument: &Argument, in_path: bool) -> (TokenStream, TokenStream) {
    let Argument { wire, ty, .. } = argument;
    let (name, converts, taken, ty) = (
        ident(&argument.name),
        converts(ty),
        passed(ty),
        SCOPE.ty(ty),
    );
    let checks = argument.facts.checks.iter();
    let checks = checks.map(|check| checks::call(check, wire, &quote!(#name)));
    // Without items, nothing would be sent.
    let is_list = matches!(argument.ty, Ty::List(_));
    let some = is_list.then(|| quote!(.check(validate::min_items(#wire, #name, 1))));
    let (taken, step) = match (in_path, converts) {
        (true, true) => (
            quote!(impl TryInto<#ty, Error: Display>),
            quote!(.path::<#ty>(#wire, #name)),
        ),
        (true, false) => (taken, quote!(.path::<#ty>(#wire, #name))),
        (false, true) => (
            quote!(impl Into<#ty>),
            quote!(.query(#wire, Into::<#ty>::into(#name))),
        ),
        (false, false) => (taken, quote!(.query(#wire, #name))),
    };
    (
        quote!(#name: #taken),
        quote!(#some #(.check(#checks))* #step),
    )
}

/// Whether a required argument accepts everything that converts into it: text, ids and open enums
/// do; numbers, booleans, times and lists are taken as they are.
fn converts(ty: &Ty) -> bool {
    !matches!(
        ty,
        Ty::Boolean | Ty::Integer | Ty::Number | Ty::DateTime | Ty::List(_)
    )
}

/// The type of a query argument that is taken as it is.
fn passed(ty: &Ty) -> TokenStream {
    match ty {
        Ty::List(item) => {
            let item = SCOPE.ty(item);
            quote!(&[#item])
        }
        other => SCOPE.ty(other),
    }
}

fn request_of(operation: &Operation, request: &syn::Ident) -> Piece {
    let name = ident(&operation.name);
    let response = match &operation.response {
        Some(ty) => SCOPE.ty(ty),
        None => quote!(()),
    };
    let items = operation.list.as_ref().map(|item| {
        let item = SCOPE.ty(item);
        // How pages are asked for, by the parameters for it.
        let flags = [("pageNum", "numbered"), ("includeCount", "counted")];
        let has = |wire: &str| operation.optional().any(|argument| argument.wire == wire);
        let flags = flags.iter().filter(|(wire, _)| has(wire));
        let flags = flags.map(|(_, flag)| ident(flag));
        quote!(#[items(#item #(, #flags)*)])
    });
    let version = version(&operation.facts.accept).into_iter();
    let body = operation.optional_body().map(|ty| {
        let ty = SCOPE.ty(ty);
        quote!(#[body(#ty)])
    });
    let docs = docs::lines(&docs::response(operation, None));
    let setters = operation.optional().map(setter);
    Piece {
        wrapper: Some("request"),
        item: parse_quote! {
            #docs
            #[response(#response, #name #(, #version)*)]
            #items
            #body
            pub struct #request { #(#setters),* }
        },
    }
}

/// The version that a dated media type names. API v1.0 has none.
fn version(media_type: &str) -> Option<&str> {
    let dated = media_type.strip_prefix("application/vnd.atlas.")?;
    dated.strip_suffix("+json")
}

/// Renders `#[query("itemsPerPage", minimum(1), maximum(500))] items_per_page: i64`, from which the
/// macro generates a setter.
fn setter(argument: &Argument) -> TokenStream {
    let (name, wire, facts) = (ident(&argument.name), &argument.wire, &argument.facts);
    let default = facts.default.as_ref();
    let default = default.map(|value| format!(" Default: {}.", code(value)));
    let docs = format!(
        "{}{}",
        facts.description.trim(),
        default.unwrap_or_default()
    );
    let docs = docs::lines(&docs);
    let checks = facts.checks.iter().map(checks::setting);
    let ty = match &argument.ty {
        Ty::Text => quote!(&str),
        other => passed(other),
    };
    quote! {
        #docs
        #[query(#wire #(, #checks)*)]
        #name: #ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Idempotency, Parameter};
    use crate::model::sample_tests as sample;
    use crate::render::text;

    fn argument(name: &str, wire: &str, ty: Ty, optional: bool) -> Argument {
        Argument {
            name: name.into(),
            wire: wire.into(),
            ty,
            optional,
            facts: Parameter {
                description: "Doc.".into(),
                default: optional.then(|| "1".into()),
                checks: vec![sample::check("minimum", 1)],
            },
        }
    }

    fn rendered(operation: &Operation) -> String {
        let Code {
            constant,
            method,
            request,
        } = super::operation(operation, "v2");
        assert_eq!(request.wrapper, Some("request"));
        [constant, method, request].map(text).concat()
    }

    #[test]
    fn an_operation_is_a_constant_a_method_and_a_request() {
        let mut operation = sample::operation("takeSnapshot", Some(sample::named("Snapshot")));
        operation.path = vec![Argument {
            facts: Parameter::default(),
            ..argument("group_id", "groupId", Ty::Runtime("ObjectId"), false)
        }];
        operation.query = vec![
            Argument {
                facts: Parameter::default(),
                ..argument("kind", "kind", sample::named("Kind"), false)
            },
            argument("size", "size", Ty::Integer, false),
            Argument {
                facts: Parameter::default(),
                ..argument("label", "label", Ty::Text, false)
            },
            Argument {
                facts: Parameter::default(),
                ..argument("tags", "theTags", sample::list(Ty::Text), false)
            },
            argument("page_num", "pageNum", Ty::Integer, true),
            argument("names", "names", sample::list(Ty::Text), true),
        ];
        operation.body = Some(sample::named("Ask"));
        operation.facts = facts::Operation {
            official_id: "takeGroup".into(),
            method: "POST".into(),
            accept: "application/vnd.atlas.2023-01-01+json".into(),
            content_type: Some("application/json".into()),
            idempotency: Idempotency::NotIdempotent,
            deprecated: Some("Use b.".into()),
            ..operation.facts
        };
        operation.list = Some(sample::named("Snapshot"));
        let after = rendered(&operation);
        for line in [
            "static TAKE_SNAPSHOT: Operation = Operation {",
            "accept: \"application/vnd.atlas.2023-01-01+json\",",
            "content_type: Some(\"application/json\"),",
            "idempotency: Idempotency::NotIdempotent,",
            "    #[doc(alias = \"takeGroup\")]\n    #[deprecated(note = \"Use b.\")]\n    pub fn take_snapshot(",
            "group_id: impl TryInto<ObjectId, Error: Display>,",
            "kind: impl Into<types::Kind>,",
            "body: types::Ask,",
            ".path::<ObjectId>(\"groupId\", group_id)",
            ".check(validate::minimum(\"size\", size, 1))",
            ".query(\"size\", size)",
            "label: impl Into<String>,\n        tags: &[String],",
            ".query(\"label\", Into::<String>::into(label))",
            ".check(validate::min_items(\"theTags\", tags, 1))\n            .query(\"theTags\", tags)",
            ".query(\"kind\", Into::<types::Kind>::into(kind))",
            ".body(&body)",
            "/// Response: [`Snapshot`](types::Snapshot) of [`Snapshot`](types::Snapshot).\n#[response(types::Snapshot, take_snapshot, \"2023-01-01\")]\n#[items(types::Snapshot, numbered)]\npub struct TakeSnapshot {",
            "    /// Doc. Default: `1`.\n    #[query(\"pageNum\", minimum(1))]\n    page_num: i64,",
            "names: &[String],",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
    }

    #[test]
    fn a_response_without_content_is_the_unit() {
        let after = rendered(&sample::operation("deleteThing", None));
        assert!(after.contains("#[response((), delete_thing)]\npub struct DeleteThing {}"));
        assert!(
            !after.contains("alias") && !after.contains("items"),
            "{after}"
        );
    }
}
