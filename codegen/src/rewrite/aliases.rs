//! Adds the official names as aliases, so that a search of the docs for
//! `takeGroupClusterBackupSnapshots` finds `take_snapshot`.
//!
//! Before: `pub fn take_snapshot`. After: `#[doc(alias = "takeGroupClusterBackupSnapshots")] pub fn
//! take_snapshot`; the same for types.

use atlas_backup_document::Error;
use syn::{Attribute, ImplItem, Item, parse_quote};

use super::shape::item_name;
use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut added = 0;
    for item in &mut file.items {
        let name = item_name(item).map(ToString::to_string);
        let aliases = name
            .and_then(|name| facts.types.get(&name))
            .map(|fact| fact.official_names.clone())
            .unwrap_or_default();
        match item {
            Item::Impl(item) if item.self_ty == parse_quote!(Api) => {
                for item in &mut item.items {
                    let ImplItem::Fn(method) = item else { continue };
                    let Some(fact) = facts.operations.get(&method.sig.ident.to_string()) else {
                        continue;
                    };
                    added += add(
                        &mut method.attrs,
                        std::slice::from_ref(&fact.official_id),
                        &fact.id,
                    );
                }
            }
            Item::Struct(item) => added += add(&mut item.attrs, &aliases, &item.ident.to_string()),
            Item::Enum(item) => added += add(&mut item.attrs, &aliases, &item.ident.to_string()),
            _ => {}
        }
    }
    Ok(added)
}

fn add(attributes: &mut Vec<Attribute>, aliases: &[String], own: &str) -> usize {
    let other: Vec<&String> = aliases.iter().filter(|alias| *alias != own).collect();
    match other.as_slice() {
        [] => {}
        [one] => attributes.push(parse_quote!(#[doc(alias = #one)])),
        several => attributes.push(parse_quote!(#[doc(alias(#(#several),*))])),
    }
    other.len()
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Operation, Type};
    use crate::rewrite::rewritten;

    #[test]
    fn official_names_are_aliases() {
        let operation = Operation {
            id: "take".into(),
            official_id: "takeGroup".into(),
            ..Operation::default()
        };
        let ty = Type {
            official_names: vec!["A".into(), "DiskA".into()],
            ..Type::default()
        };
        let facts = Facts {
            operations: [("take".into(), operation)].into(),
            types: [("A".into(), ty)].into(),
            ..Facts::default()
        };
        let (added, after) = rewritten(
            super::rewrite,
            &facts,
            "impl Api { fn take() {} }\nstruct A;",
        );
        assert_eq!(added, 2);
        assert_eq!(
            after,
            "impl Api {\n    #[doc(alias = \"takeGroup\")]\n    fn take() {}\n}\n#[doc(alias = \"DiskA\")]\nstruct A;\n"
        );
    }
}
