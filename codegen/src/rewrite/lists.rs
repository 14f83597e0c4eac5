//! Marks the operations that list things with the item type, so that their requests get a stream of
//! items.
//!
//! Before: `#[response(types::SnapshotPage, list_snapshots)] pub struct ListSnapshots`, where a
//! page has `results: Vec<Snapshot>`. After: additionally `#[items(types::Snapshot, numbered,
//! counted)]`: `numbered` because `pageNum` selects the page, and `counted` because Atlas counts
//! all items unless `includeCount` is false. Only for GET: a POST that returns the list of what it
//! created must not be sent once for every page.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::Error;
use heck::ToPascalCase;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Ident, Item, ItemStruct, parse_quote};

use super::shape::{generic, is_marked, type_name};
use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let pages = pages(file);
    let reads = facts
        .operations
        .values()
        .filter(|fact| fact.method == "GET");
    let reads: BTreeSet<String> = reads.map(|fact| fact.id.to_pascal_case()).collect();
    let mut marked = 0;
    for item in &mut file.items {
        let Item::Struct(request) = item else {
            continue;
        };
        let answer = request
            .attrs
            .iter()
            .position(|attribute| attribute.path().is_ident("response"));
        let is_read =
            is_marked(&request.attrs, "request") && reads.contains(&request.ident.to_string());
        let Some(answer) = answer.filter(|_| is_read) else {
            continue;
        };
        let Some(listed) = answer_name(&request.attrs[answer]).and_then(|name| pages.get(&name))
        else {
            continue;
        };
        let flags = [("pageNum", "numbered"), ("includeCount", "counted")];
        let flags = flags
            .iter()
            .filter(|(wire, _)| has_setter(request, wire))
            .map(|(_, flag)| format_ident!("{flag}"));
        request.attrs.insert(
            answer + 1,
            parse_quote!(#[items(types::#listed #(, #flags)*)]),
        );
        marked += 1;
    }
    Ok(marked)
}

/// Maps page types to the types of their results.
fn pages(file: &syn::File) -> BTreeMap<String, Ident> {
    let structs = file.items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    let page = |item: &ItemStruct| {
        let Fields::Named(fields) = &item.fields else {
            return None;
        };
        let results = fields
            .named
            .iter()
            .find(|field| field.ident.as_ref().is_some_and(|name| name == "results"))?;
        Some((
            item.ident.to_string(),
            type_name(generic(&results.ty, "Vec")?)?.clone(),
        ))
    };
    structs.filter_map(page).collect()
}

/// Returns `SnapshotPage` for `#[response(types::SnapshotPage, list_snapshots)]`.
fn answer_name(attribute: &Attribute) -> Option<String> {
    let arguments = attribute
        .parse_args_with(Punctuated::<syn::Type, syn::Token![,]>::parse_terminated)
        .ok()?;
    type_name(arguments.first()?).map(ToString::to_string)
}

fn has_setter(request: &ItemStruct, wire: &str) -> bool {
    let begins = quote!(#wire).to_string();
    let attributes = request.fields.iter().flat_map(|field| &field.attrs);
    let mut queries = attributes.filter(|attribute| attribute.path().is_ident("query"));
    queries.any(|query| matches!(&query.meta, syn::Meta::List(list) if list.tokens.to_token_stream().to_string().starts_with(&begins)))
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Operation};
    use crate::rewrite::rewritten;

    #[test]
    fn a_list_says_what_it_lists() {
        let before = r#"
#[request] #[response(types::Page, list_jobs)] pub struct ListJobs { #[query("pageNum", minimum(1))] page_num: i64, #[query("includeCount")] include_count: bool }
#[request] #[response(types::Page)] pub struct ListAll {}
#[request] #[response(types::Job)] pub struct GetJob {}
#[request] #[response(())] pub struct DeleteJob {}
#[request] #[response(types::Page)] pub struct CreateJobs {}
#[response] pub struct Page { #[wire("results")] pub results: Vec<Job> }
#[response] pub struct Job {}
"#;
        let operation = |(id, method): (&str, &str)| {
            let fact = Operation {
                id: id.into(),
                method: method.into(),
                ..Operation::default()
            };
            (id.to_owned(), fact)
        };
        let calls = [
            ("listJobs", "GET"),
            ("listAll", "GET"),
            ("getJob", "GET"),
            ("deleteJob", "DELETE"),
            ("createJobs", "POST"),
        ];
        let facts = Facts {
            operations: calls.map(operation).into(),
            ..Facts::default()
        };
        let (marked, after) = rewritten(super::rewrite, &facts, before);
        assert_eq!(marked, 2);
        for text in [
            "#[response(types::Page, list_jobs)]\n#[items(types::Job, numbered, counted)]\npub struct ListJobs {",
            "#[response(types::Page)]\n#[items(types::Job)]\npub struct ListAll {}",
            "#[response(types::Job)]\npub struct GetJob {}",
            "#[response(types::Page)]\npub struct CreateJobs {}",
        ] {
            assert!(after.contains(text), "no `{text}` in\n{after}");
        }
    }
}
