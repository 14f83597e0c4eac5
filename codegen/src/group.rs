//! group: finds the operation or the type that each item of a document's code belongs to, and the
//! module that it is written to.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::{Document, Error, Finding};
use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use syn::{ImplItem, parse_quote};

use crate::facts::Facts;
use crate::rewrite::{closure, item_name, names, type_name, uses};

/// The module of the types that operations with several tags use.
pub(crate) const COMMON: &str = "common";

/// The code of one document.
pub(crate) struct Code {
    /// The document's path, for the headers of files.
    pub(crate) path: String,
    pub(crate) facts: Facts,
    /// By operation id.
    pub(crate) operations: BTreeMap<String, Group>,
    /// By name, without those that `share` has moved out.
    pub(crate) types: BTreeMap<String, Group>,
    /// The names of the types that `share` has moved out.
    pub(crate) shared: BTreeSet<String>,
    /// The entries of the test table, by module.
    pub(crate) calls: BTreeMap<String, Calls>,
}

/// An operation with its request, or a type with its implementations.
pub(crate) struct Group {
    /// The module's name: that of a tag, or [`COMMON`].
    pub(crate) module: String,
    pub(crate) items: Vec<syn::Item>,
}

/// The entries of the test table for one tag.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) entries: Vec<syn::Expr>,
    pub(crate) functions: Vec<syn::Item>,
}

pub(crate) fn group(document: &Document, facts: Facts, mut code: syn::File) -> Result<Code, Error> {
    let (calls, items) = std::mem::take(&mut code.items)
        .into_iter()
        .partition(is_call);
    code.items = items;
    let calls = calls_by_module(calls, &facts)?;
    let homes = homes(&code, &facts);
    let mut grouped = Code {
        path: document.path.clone(),
        facts,
        operations: BTreeMap::new(),
        types: BTreeMap::new(),
        shared: BTreeSet::new(),
        calls,
    };
    for item in code.items {
        let ty = item_name(&item)
            .map(ToString::to_string)
            .filter(|name| homes.contains_key(name));
        let (groups, name, module) = match (ty, operation_of(&item, &grouped.facts)) {
            (Some(name), _) => {
                let module = homes[&name].clone();
                (&mut grouped.types, name, module)
            }
            (None, Some(method)) => {
                let fact = &grouped.facts.operations[&method];
                let module = fact.tag.to_snake_case();
                (&mut grouped.operations, fact.id.clone(), module)
            }
            (None, None) => return Err(Error::one(stray(&item, &grouped.facts))),
        };
        let items = Vec::new();
        let group = groups.entry(name).or_insert(Group { module, items });
        group.items.push(item);
    }
    Ok(grouped)
}

fn is_call(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Const(item) => &item.attrs,
        _ => return false,
    };
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("call"))
}

fn calls_by_module(items: Vec<syn::Item>, facts: &Facts) -> Result<BTreeMap<String, Calls>, Error> {
    let mut modules: BTreeMap<String, Calls> = BTreeMap::new();
    for item in items {
        let name = match &item {
            syn::Item::Fn(item) => item.sig.ident.to_string(),
            syn::Item::Const(item) => item.ident.to_string(),
            _ => continue,
        };
        let fact = facts
            .operations
            .get(&name)
            .ok_or_else(|| Error::one(stray(&item, facts)))?;
        let calls = modules.entry(fact.tag.to_snake_case()).or_default();
        match item {
            syn::Item::Fn(mut item) => {
                item.attrs.clear();
                calls.functions.push(syn::Item::Fn(item));
            }
            syn::Item::Const(item) => calls.entries.push(*item.expr),
            _ => {}
        }
    }
    Ok(modules)
}

/// Maps each type to its module: that of a tag if only operations with this tag use the type,
/// otherwise [`COMMON`].
fn homes(code: &syn::File, facts: &Facts) -> BTreeMap<String, String> {
    let uses = uses(code);
    let mut tags: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for item in &code.items {
        let Some(fact) = operation_of(item, facts).and_then(|method| facts.operations.get(&method))
        else {
            continue;
        };
        for ty in closure(names(item), &uses) {
            tags.entry(ty).or_default().insert(&fact.tag);
        }
    }
    let home = |tags: BTreeSet<&str>| match tags.len() {
        1 => tags
            .first()
            .map(|tag| tag.to_snake_case())
            .unwrap_or_default(),
        _ => COMMON.to_owned(),
    };
    tags.into_iter()
        .map(|(ty, tags)| (ty, home(tags)))
        .collect()
}

/// Returns the method name of the operation that an item belongs to.
fn operation_of(item: &syn::Item, facts: &Facts) -> Option<String> {
    let name = match item {
        syn::Item::Static(item) => item.ident.to_string(),
        syn::Item::Struct(item)
            if item
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("request")) =>
        {
            item.ident.to_string()
        }
        syn::Item::Impl(item) if item.self_ty == parse_quote!(Api) => match item.items.first() {
            Some(ImplItem::Fn(method)) => return Some(method.sig.ident.to_string()),
            _ => return None,
        },
        syn::Item::Impl(item) => type_name(&item.self_ty)?.to_string(),
        _ => return None,
    };
    let is_named = |id: &str| id.to_shouty_snake_case() == name || id.to_pascal_case() == name;
    facts
        .operations
        .iter()
        .find(|(_, fact)| is_named(&fact.id))
        .map(|(method, _)| method.clone())
}

/// Reports code that belongs to no file: a type that no operation uses, or an item that progenitor
/// did not generate before.
fn stray(item: &syn::Item, facts: &Facts) -> Finding {
    let name = item_name(item).map(ToString::to_string).unwrap_or_default();
    match facts.types.get(&name) {
        Some(fact) => Finding::new(
            "group",
            &fact.pointer,
            format!("no operation sends or answers `{name}`"),
        )
        .help("remove it, or name it where it is used"),
        None => {
            let text = quote::ToTokens::to_token_stream(item).to_string();
            Finding::new(
                "group",
                "",
                format!("code that belongs to no operation and no type: `{text:.160}`"),
            )
        }
    }
}
