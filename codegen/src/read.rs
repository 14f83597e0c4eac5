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

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::{Error, Finding};
use quote::ToTokens;
use syn::{ImplItem, Item, parse_quote};

use crate::facts::Facts;
use crate::model::{Model, Operation, Ty, Type};

/// The name of this stage in findings.
const STAGE: &str = "read";

pub(crate) fn read(file: &syn::File, facts: &Facts) -> Result<Model, Error> {
    let mut model = Model::default();
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
                model.types = types(items, facts)?;
            }
            Item::Impl(block) if is_client(block) => {
                if let Some((_, name, _)) = &block.trait_ {
                    let known = ["ClientInfo", "ClientHooks"];
                    if !known.iter().any(|known| is_last(name, known)) {
                        return Err(unrecognised("an implementation", item));
                    }
                } else {
                    operations(block, facts, &mut model.operations)?;
                }
            }
            other => return Err(unrecognised("an item", other)),
        }
    }
    complete(&model, facts)?;
    Ok(model)
}

fn is_last(path: &syn::Path, name: &str) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == name)
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
    facts: &Facts,
    operations: &mut Vec<Operation>,
) -> Result<(), Error> {
    for item in &block.items {
        let ImplItem::Fn(method) = item else {
            return Err(unrecognised("not a method", item));
        };
        let name = method.sig.ident.to_string();
        match facts.operations.get(&name) {
            Some(fact) => operations.push(
                operation::operation(method, fact).map_err(|error| at(error, &fact.pointer))?,
            ),
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
fn complete(model: &Model, facts: &Facts) -> Result<(), Error> {
    let error = |pointer: &str, message| Err(Error::one(Finding::new(STAGE, pointer, message)));
    let made: BTreeSet<&str> = model.operations.iter().map(|made| &*made.name).collect();
    if let Some((_, fact)) = facts
        .operations
        .iter()
        .find(|(name, _)| !made.contains(&***name))
    {
        let message = format!("progenitor generated no method for `{}`", fact.id);
        return error(&fact.pointer, message);
    }
    let in_types = model
        .types
        .values()
        .map(|ty| (&ty.pointer, ty.uses().collect::<Vec<_>>()));
    let in_operations = model.operations.iter().filter_map(|operation| {
        let pointer = &facts.operations.get(&operation.name)?.pointer;
        Some((pointer, operation.tys().filter_map(Ty::named).collect()))
    });
    for (pointer, names) in in_types.chain(in_operations) {
        if let Some(name) = names.iter().find(|name| !model.types.contains_key(**name)) {
            return error(pointer, format!("progenitor generated no type `{name}`"));
        }
    }
    Ok(())
}

/// Reads the types, and verifies that all other items of the module are known.
fn types<'a>(
    items: impl Iterator<Item = &'a Item>,
    facts: &Facts,
) -> Result<BTreeMap<String, Type>, Error> {
    let mut types = BTreeMap::new();
    for item in items {
        let name = types::name(item);
        let pointer = name
            .as_ref()
            .and_then(|name| facts.types.get(name))
            .map(|fact| fact.pointer.clone())
            .unwrap_or_default();
        let ty = types::ty(item, &pointer).map_err(|error| at(error, &pointer))?;
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
