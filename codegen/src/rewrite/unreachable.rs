//! Removes the types that no operation uses.
//!
//! Before: `ApiError`, which only progenitor's error responses used (the runtime has its own), and
//! the types that only `ApiError` used. After: the types that a body or a response contains,
//! directly or indirectly.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::Error;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

use super::shape::item_name;
use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, _: &Facts) -> Result<usize, Error> {
    let uses = uses(file);
    // A conversion of a type does not count as a use of the type.
    let conversion = |item: &Item| matches!(item, Item::Impl(item) if item.trait_.is_some());
    let roots = file
        .items
        .iter()
        .filter(|item| !is_type(item) && !conversion(item))
        .flat_map(names);
    let reached = closure(roots.collect(), &uses);
    let before = file.items.len();
    file.items.retain(|item| match item {
        Item::Impl(item) if item.trait_.is_some() => names(item)
            .iter()
            .all(|name| !uses.contains_key(name) || reached.contains(name)),
        item if is_type(item) => {
            item_name(item).is_none_or(|name| reached.contains(&name.to_string()))
        }
        _ => true,
    });
    Ok(before - file.items.len())
}

/// Maps each type to the names in its definition.
pub(crate) fn uses(file: &syn::File) -> BTreeMap<String, BTreeSet<String>> {
    let types = file.items.iter().filter(|item| is_type(item));
    types
        .filter_map(|item| Some((item_name(item)?.to_string(), names(item))))
        .collect()
}

/// Returns all types that are reachable from `names`.
pub(crate) fn closure(
    names: BTreeSet<String>,
    uses: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = names.into_iter().collect();
    while let Some(name) = open.pop() {
        if let Some(used) = uses.get(&name)
            && reached.insert(name)
        {
            open.extend(used.iter().cloned());
        }
    }
    reached
}

/// Whether the item defines a type that is sent or received. Requests are structs too, but have no
/// serde derive.
fn is_type(item: &Item) -> bool {
    let attributes = match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Type(_) => return true,
        _ => return false,
    };
    let text = |attribute: &syn::Attribute| attribute.to_token_stream().to_string();
    attributes
        .iter()
        .any(|attribute| text(attribute).contains("serde") || super::objects::is_marker(attribute))
}

/// Returns all names in a piece of code.
pub(crate) fn names(code: &impl ToTokens) -> BTreeSet<String> {
    fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => drop(names.insert(ident.to_string())),
                TokenTree::Group(group) => collect(group.stream(), names),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let mut names = BTreeSet::new();
    collect(code.to_token_stream(), &mut names);
    names
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::rewrite::rewritten;

    #[test]
    fn what_no_operation_reaches_goes() {
        let before = "#[derive(::serde::Serialize)] pub struct A { b: B }\n#[derive(::serde::Serialize)] pub struct B {}\n\
                      #[derive(::serde::Serialize)] pub struct C { b: B }\nimpl From<C> for Vec<B> {}\nimpl Api { fn f() -> types::A {} }";
        let (dropped, after) = rewritten(super::rewrite, &Facts::default(), before);
        assert_eq!(dropped, 2);
        assert!(
            after.contains("struct A") && after.contains("struct B") && !after.contains("C"),
            "{after}"
        );
    }
}
