//! read: turns progenitor's code into a [`Model`], once and strictly.
//!
//! Everything that progenitor writes is either read or known word for word. Anything else is an
//! error that names it, at the operation or schema in the document: an upgrade of progenitor must
//! fail here and not in a user's build.

mod exact;
mod operation;
mod request;
mod ty;
mod types;

use std::collections::BTreeMap;

use atlas_backup_document::{Error, Finding};
use quote::ToTokens;
use syn::{ImplItem, Item, parse_quote};

use crate::facts::{self, Facts};
use crate::model::{Model, Operation, Ty, Type};

/// The name of this stage in findings.
const STAGE: &str = "read";

pub(crate) fn read(file: &syn::File, mut facts: Facts) -> Result<Model, Error> {
    let mut model = Model {
        about: facts.about,
        ..Model::default()
    };
    let uses: [Item; 2] = [
        parse_quote! {
            #[allow(unused_imports)]
            pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue,};
        },
        parse_quote! {
            #[allow(unused_imports)]
            use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt,};
        },
    ];
    for item in &file.items {
        match item {
            Item::Use(_) if uses.contains(item) => {}
            Item::Struct(item) if item.ident == "Client" => {}
            Item::Mod(item) if item.ident == "prelude" => {}
            Item::Mod(item) if item.ident == "types" => {
                let items = item.content.iter().flat_map(|(_, items)| items);
                model.types = types(items, &facts.types)?;
            }
            Item::Impl(block) if is_client(block) => match &block.trait_ {
                None => operations(block, &mut facts.operations, &mut model.operations)?,
                Some((_, name, _)) if is_hook(name) => {}
                Some(_) => return Err(unrecognised("an implementation", item)),
            },
            other => return Err(unrecognised("an item", other)),
        }
    }
    complete(&model, &facts.operations)?;
    Ok(model)
}

/// Whether it is a trait through which progenitor's client sends its requests.
fn is_hook(name: &syn::Path) -> bool {
    let last = name.segments.last();
    last.is_some_and(|last| last.ident == "ClientInfo" || last.ident == "ClientHooks")
}

/// Whether the block is for `Client` or `&Client`.
fn is_client(block: &syn::ItemImpl) -> bool {
    let ty = match block.self_ty.as_ref() {
        syn::Type::Reference(reference) => reference.elem.as_ref(),
        other => other,
    };
    matches!(ty, syn::Type::Path(path) if path.path.is_ident("Client"))
}

/// Reads the methods of one `impl Client`. Those that make the client itself are skipped.
fn operations(
    block: &syn::ItemImpl,
    facts: &mut BTreeMap<String, facts::Operation>,
    operations: &mut Vec<Operation>,
) -> Result<(), Error> {
    for item in &block.items {
        let ImplItem::Fn(method) = item else {
            return Err(unrecognised("not a method", item));
        };
        let name = method.sig.ident.to_string();
        match facts.remove(&name) {
            Some(fact) => operations.push(operation::operation(method, fact)?),
            None if ["new", "new_with_client"].contains(&name.as_str()) => {}
            None => {
                return Err(unrecognised(
                    "a method that is no operation of the document",
                    &method.sig,
                ));
            }
        }
    }
    Ok(())
}

/// Fails if progenitor did not generate an operation of the document, or a type that it names.
fn complete(model: &Model, missing: &BTreeMap<String, facts::Operation>) -> Result<(), Error> {
    let error = |pointer: &str, message| Err(Error::one(Finding::new(STAGE, pointer, message)));
    if let Some(fact) = missing.values().next() {
        let message = format!("progenitor generated no method for `{}`", fact.id);
        return error(&fact.pointer, message);
    }
    let in_types = model.types.values();
    let in_types = in_types.flat_map(|ty| ty.uses().map(|name| (&ty.facts.pointer, name)));
    let in_operations = model.operations.iter().flat_map(|operation| {
        let names = operation.tys().filter_map(Ty::named);
        names.map(|name| (&operation.facts.pointer, name))
    });
    let mut named = in_types.chain(in_operations);
    match named.find(|(_, name)| !model.types.contains_key(*name)) {
        Some((pointer, name)) => error(pointer, format!("progenitor generated no type `{name}`")),
        None => Ok(()),
    }
}

/// Reads the types, and verifies that all other items of the module are known.
fn types<'a>(
    items: impl Iterator<Item = &'a Item>,
    facts: &BTreeMap<String, facts::Type>,
) -> Result<BTreeMap<String, Type>, Error> {
    let mut types = BTreeMap::new();
    for item in items {
        let fact = types::name(item).and_then(|name| facts.get(&name));
        let fact = fact.cloned().unwrap_or_default();
        let pointer = fact.pointer.clone();
        let ty = types::ty(item, fact).map_err(|error| at(error, &pointer))?;
        types.extend(ty.map(|ty| (ty.name.clone(), ty)));
    }
    Ok(types)
}

/// Locates an error that has no place yet.
fn at(mut error: Error, pointer: &str) -> Error {
    for finding in &mut error.findings {
        if finding.pointer.is_empty() {
            pointer.clone_into(&mut finding.pointer);
        }
    }
    error
}

/// Creates the error for code that is not known.
fn unrecognised(what: impl std::fmt::Display, code: &impl ToTokens) -> Error {
    refused(what, code.to_token_stream().to_string())
}

fn refused(what: impl std::fmt::Display, mut code: String) -> Error {
    if let Some((cut, _)) = code.char_indices().nth(160) {
        code.truncate(cut);
        code.push('…');
    }
    let finding = Finding::new(
        STAGE,
        "",
        format!("progenitor's code is not as expected: {what}: `{code}`"),
    );
    Error::one(finding.help(
        "either this document needs code that the generator does not support, or progenitor was \
         upgraded: teach codegen/src/read the new form",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{backend, lower};

    /// The code of version 0.14, made by `codegen/tests/fixtures/progenitor.sh`.
    const OTHER: &str = include_str!("../tests/fixtures/progenitor-0.14-sound.rs");

    fn other() -> syn::File {
        syn::parse_file(OTHER).unwrap_or_else(|error| panic!("{error}"))
    }

    fn own() -> (syn::File, Facts) {
        let (openapi, facts) = lower::sound();
        let file = backend::generate(&openapi).unwrap_or_else(|error| panic!("{error}"));
        (file, facts)
    }

    fn message(file: &syn::File, facts: &Facts) -> String {
        match read(file, facts.clone()) {
            Ok(_) => String::new(),
            Err(error) => format!(
                "{}: {}",
                error.findings[0].pointer, error.findings[0].message
            ),
        }
    }

    #[test]
    fn this_version_of_progenitor_is_read() {
        let (file, facts) = own();
        let model = read(&file, facts).unwrap_or_else(|error| panic!("{error}"));
        let operations: Vec<_> = model
            .operations
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(operations, ["make_thing", "get_thing"]);
        let types: Vec<_> = model.types.keys().map(String::as_str).collect();
        assert_eq!(types, ["ApiError", "Colour", "Thing", "ThingRequest"]);
    }

    #[test]
    fn another_version_of_progenitor_is_refused_at_the_schema() {
        assert_eq!(
            message(&other(), &lower::sound().1),
            "/components/schemas/ApiError/properties/error: progenitor's code is not as expected: \
             the member `error`, where `skip_serializing_if` is expected: `# [ serde ( default , \
             skip_serializing_if = \"::std::option::Option::is_none\" ) ] pub error :: : std :: \
             option :: Option < i64 >`"
        );
    }

    /// Everything that differs is refused by itself, not only what comes first.
    #[test]
    fn each_difference_of_another_version_is_named() {
        let (own, _) = own();
        let items = |file: &syn::File| -> Vec<Item> {
            let types = file.items.iter().find_map(|item| match item {
                Item::Mod(item) if item.ident == "types" => item.content.clone(),
                _ => None,
            });
            types.map(|(_, items)| items).unwrap_or_default()
        };
        let known = items(&own);
        let mut refused = Vec::new();
        for mut item in items(&other()) {
            // The first line of the documentation is the same, those of the JSON schema are more.
            if let Item::Struct(syn::ItemStruct { attrs, .. })
            | Item::Enum(syn::ItemEnum { attrs, .. }) = &mut item
            {
                let derive = attrs.pop();
                attrs.truncate(1);
                attrs.extend(derive);
            }
            match types::ty(&item, facts::Type::default()) {
                Ok(_) => continue,
                Err(error) => {
                    let message = &error.findings[0].message;
                    refused.push(message.split(": ").skip(1).collect::<Vec<_>>().join(": "));
                }
            }
            assert!(!known.contains(&item));
        }
        let starts = [
            "the member `error`, where `skip_serializing_if` is expected: `",
            "an item of `types`: `impl :: std :: default :: Default for ApiError",
            "an item of `types`: `impl :: std :: convert :: TryFrom < & :: std :: string :: String > for Colour",
            "the member `colour`, where `skip_serializing_if` is expected: `",
            "the member `size`, where `skip_serializing_if` is expected: `",
            "an item of `types`: `impl :: std :: default :: Default for ThingRequest",
        ];
        assert_eq!(refused.len(), starts.len(), "{refused:#?}");
        for (message, start) in refused.iter().zip(starts) {
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn what_is_missing_or_not_known_is_named() {
        let (file, facts) = own();
        let after = |known: &str, strange: &str| {
            let code = quote::quote!(#file).to_string();
            assert!(code.contains(known), "no `{known}` in {code}");
            let file = syn::parse_str(&code.replace(known, strange));
            message(&file.unwrap_or_else(|error| panic!("{error}")), &facts)
        };
        for (known, strange, expected) in [
            (
                "encode_path , Client",
                "encode_query , Client",
                ": progenitor's code is not as expected: an item",
            ),
            (
                "pub mod prelude",
                "pub mod postlude",
                ": progenitor's code is not as expected: an item",
            ),
            (
                "impl ClientInfo",
                "impl Default",
                ": progenitor's code is not as expected: an implementation",
            ),
            (
                "fn new_with_client",
                "fn with_client",
                ": progenitor's code is not as expected: a method that is no",
            ),
            (
                "async fn get_thing",
                "async fn new",
                "/paths/~1groups~1{groupId}~1things~1{thingId}/get: progenitor generated no method for `getThing`",
            ),
            (
                "Option < Colour >",
                "Option < Color >",
                "/components/schemas/Thing: progenitor generated no type `Color`",
            ),
            (
                "ResponseValue < types :: Thing >",
                "ResponseValue < ByteStream >",
                "/paths/~1groups~1{groupId}~1things/post: progenitor generated no type `ByteStream`",
            ),
            (
                "Option < i64 >",
                "Option < u64 >",
                "/components/schemas/ApiError/properties/error: progenitor's code is not as expected: a type: `u64`",
            ),
        ] {
            let message = after(known, strange);
            assert!(message.starts_with(expected), "{strange}: {message}");
        }
    }
}
