//! share: moves the types that are the same in several documents out of them, so that they are
//! generated once.
//!
//! Before: `Link` in the code of v1 and again in that of v2. After: one `Link`, which both
//! re-export. A type is shared if all documents that have it generate the same code for it,
//! documentation included, and if all types that it uses are shared as well: otherwise it would
//! need the `Link` of v1 and the `Link` of v2 at once.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item};

use crate::group::{COMMON, Code, Group};
use crate::rewrite::{doc_text, names};

/// A type that several documents have, and that is generated for each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The type's name.
    pub name: String,
    /// The API generations that have it: `v1`, `v2`.
    pub apis: Vec<String>,
    /// Why it cannot be shared.
    pub reason: Reason,
}

/// Why a type cannot be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its code differs; the first difference, such as ``description of `href` ``.
    Differs(String),
    /// Its code is the same, but uses this type, which cannot be shared.
    Uses(String),
}

/// The types that were moved out of the documents, and those that several documents keep, both in
/// the order of their names.
pub(crate) struct Shared {
    pub(crate) types: BTreeMap<String, Group>,
    pub(crate) duplicates: Vec<Duplicate>,
}

pub(crate) fn share(documents: &mut [Code]) -> Shared {
    let (shared, reasons) = decide(documents);
    let duplicates = reasons
        .into_iter()
        .map(|(name, reason)| Duplicate {
            apis: documents
                .iter()
                .filter(|code| code.types.contains_key(&name))
                .map(|code| code.facts.api.clone())
                .collect(),
            name,
            reason,
        })
        .collect();
    let mut types: BTreeMap<String, Group> = BTreeMap::new();
    for code in documents {
        for name in &shared {
            let Some(group) = code.types.remove(name) else {
                continue;
            };
            code.shared.insert(name.clone());
            let kept = types.entry(name.clone()).or_insert_with(|| Group {
                module: group.module.clone(),
                items: group.items,
            });
            if kept.module != group.module {
                COMMON.clone_into(&mut kept.module);
            }
        }
    }
    Shared { types, duplicates }
}

/// Returns the types to share, and the reasons why others cannot be shared.
fn decide(documents: &[Code]) -> (BTreeSet<String>, BTreeMap<String, Reason>) {
    let known: BTreeSet<&String> = documents
        .iter()
        .flat_map(|code| code.types.keys())
        .collect();
    let mut reasons = BTreeMap::new();
    // Each candidate, and the types that it uses.
    let mut candidates: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for name in &known {
        let groups: Vec<&Group> = documents
            .iter()
            .filter_map(|code| code.types.get(*name))
            .collect();
        let [first, others @ ..] = groups.as_slice() else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        match others.iter().find(|other| other.items != first.items) {
            Some(other) => {
                let difference = first_difference(&first.items, &other.items);
                reasons.insert((*name).clone(), Reason::Differs(difference));
            }
            None => {
                let uses = first.items.iter().flat_map(names);
                candidates.insert(name, uses.filter(|used| known.contains(used)).collect());
            }
        }
    }
    // All candidates are shared until one is found that uses a type that is not: then it is dropped,
    // and the search begins again. Types that use each other stay shared together.
    while let Some((name, used)) = candidates.iter().find_map(|(name, uses)| {
        let used = uses.iter().find(|used| !candidates.contains_key(used))?;
        Some(((*name).clone(), used.clone()))
    }) {
        candidates.remove(&name);
        reasons.insert(name, Reason::Uses(used));
    }
    let shared = candidates.into_keys().cloned().collect();
    (shared, reasons)
}

/// Describes the first difference between the code of two types that have the same name.
fn first_difference(one: &[Item], other: &[Item]) -> String {
    let different = one.iter().zip(other).find(|(one, other)| one != other);
    let Some((one, other)) = different else {
        return "implementations".to_owned();
    };
    if docs(attributes(one)) != docs(attributes(other)) {
        return "description".to_owned();
    }
    if attributes(one) != attributes(other) {
        return "official names, or whether it is sent or received".to_owned();
    }
    let (one, other) = (members(one), members(other));
    let only_in = |these: &[Member], others: &[Member]| {
        let has = |name: &str| others.iter().any(|member| member.name == name);
        let missing = these.iter().find(|member| !has(&member.name));
        missing.map(|member| format!("`{}`", member.name))
    };
    let changed = || {
        one.iter().zip(&other).find_map(|(one, other)| {
            if one.docs != other.docs {
                Some(format!("description of `{}`", one.name))
            } else {
                (one.code != other.code).then(|| format!("`{}`", one.name))
            }
        })
    };
    only_in(&one, &other)
        .or_else(|| only_in(&other, &one))
        .or_else(changed)
        .unwrap_or_else(|| "implementations".to_owned())
}

/// A member of an object, a value of an enum, or a method.
struct Member {
    name: String,
    docs: Vec<String>,
    code: String,
}

impl Member {
    fn new(name: &syn::Ident, attributes: &[Attribute], code: &impl ToTokens) -> Self {
        Member {
            name: name.to_string(),
            docs: docs(attributes),
            code: code.to_token_stream().to_string(),
        }
    }
}

fn members(item: &Item) -> Vec<Member> {
    match item {
        Item::Struct(item) => match &item.fields {
            Fields::Named(fields) => fields
                .named
                .iter()
                .filter_map(|field| Some(Member::new(field.ident.as_ref()?, &field.attrs, field)))
                .collect(),
            Fields::Unnamed(_) | Fields::Unit => Vec::new(),
        },
        Item::Enum(item) => item
            .variants
            .iter()
            .map(|value| Member::new(&value.ident, &value.attrs, value))
            .collect(),
        Item::Impl(item) => item
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Fn(method) => Some(Member::new(&method.sig.ident, &method.attrs, method)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn docs(attributes: &[Attribute]) -> Vec<String> {
    attributes.iter().filter_map(doc_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    /// The code of a document that has these types, each in the module `things`.
    fn code(api: &str, types: &[(&str, &str)]) -> Code {
        let group = |code: &str| Group {
            module: "things".to_owned(),
            items: syn::parse_file(code)
                .unwrap_or_else(|error| panic!("{code}: {error}"))
                .items,
        };
        Code {
            path: format!("{api}.yaml"),
            facts: Facts {
                api: api.to_owned(),
                ..Facts::default()
            },
            operations: BTreeMap::new(),
            types: types
                .iter()
                .map(|(name, code)| ((*name).to_owned(), group(code)))
                .collect(),
            shared: BTreeSet::new(),
            calls: BTreeMap::new(),
        }
    }

    /// The names of the shared types, and the others that both documents have with their reasons.
    fn shared(one: &[(&str, &str)], other: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut documents = [code("v1", one), code("v2", other)];
        let Shared { types, duplicates } = share(&mut documents);
        for code in &documents {
            assert!(code.shared.iter().eq(types.keys()));
            assert!(types.keys().all(|name| !code.types.contains_key(name)));
        }
        let reasons = duplicates.iter().map(|duplicate| {
            assert_eq!(duplicate.apis, ["v1", "v2"]);
            match &duplicate.reason {
                Reason::Differs(difference) => format!("{}: {difference}", duplicate.name),
                Reason::Uses(used) => format!("{}: uses `{used}`", duplicate.name),
            }
        });
        (types.into_keys().collect(), reasons.collect())
    }

    const LINK: &str = "/// A link.\n pub struct Link { /** URL. */ pub href: Option<String> }";
    const PAGE: &str = "pub struct Page { pub links: Vec<Link> }";
    const LIST: &str = "pub struct List { pub pages: Vec<Page> }";

    #[test]
    fn types_that_are_the_same_are_shared() {
        let both = [("Link", LINK), ("Page", PAGE)];
        assert_eq!(
            shared(&both, &both),
            (vec!["Link".to_owned(), "Page".to_owned()], Vec::new())
        );
    }

    #[test]
    fn a_type_of_one_document_is_not_shared() {
        assert_eq!(shared(&[("Link", LINK)], &[]), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_description_is_a_difference() {
        let other = LINK.replace("URL.", "Its URL.");
        let (types, reasons) = shared(&[("Link", LINK)], &[("Link", &other)]);
        assert!(types.is_empty());
        assert_eq!(reasons, ["Link: description of `href`"]);
    }

    #[test]
    fn what_uses_a_type_that_differs_is_not_shared() {
        let other = LINK.replace("A link.", "One link.");
        let free = ("Free", "pub enum Free { Yes }");
        let one = [("Link", LINK), ("List", LIST), ("Page", PAGE), free];
        let two = [("Link", &*other), ("List", LIST), ("Page", PAGE), free];
        let (types, reasons) = shared(&one, &two);
        assert_eq!(types, ["Free"]);
        assert_eq!(
            reasons,
            [
                "Link: description",
                "List: uses `Page`",
                "Page: uses `Link`"
            ]
        );
    }

    #[test]
    fn types_that_use_each_other_are_shared_together_or_not_at_all() {
        let tree = ("Tree", "pub struct Tree { pub nodes: Vec<Node> }");
        let node = "pub struct Node { pub parent: Option<Tree>, pub links: Vec<Link> }";
        let both = [("Link", LINK), ("Node", node), tree];
        assert_eq!(shared(&both, &both).0, ["Link", "Node", "Tree"]);
        let other = LINK.replace("href", "url");
        let other = [("Link", &*other), ("Node", node), tree];
        let (types, reasons) = shared(&both, &other);
        assert!(types.is_empty());
        assert_eq!(
            reasons,
            ["Link: `href`", "Node: uses `Link`", "Tree: uses `Node`"]
        );
    }

    #[test]
    fn the_first_difference_is_named() {
        let before =
            "#[doc(alias = \"A\")] pub struct T { pub a: A, pub b: B }\nimpl T { fn new() {} }";
        for (after, difference) in [
            (before.replace("\"A\"", "\"B\""), "official names"),
            (before.replace(", pub b: B", ""), "`b`"),
            (before.replace("pub b: B", "pub b: B, pub c: C"), "`c`"),
            (before.replace("b: B", "b: Option<B>"), "`b`"),
            (before.replace("new() {}", "new() { f() }"), "`new`"),
            (
                format!("{before}\nimpl From<T> for T {{}}"),
                "implementations",
            ),
        ] {
            let (_, reasons) = shared(&[("T", before)], &[("T", &after)]);
            assert!(reasons[0].contains(difference), "{reasons:?}: {after}");
        }
    }

    #[test]
    fn a_type_with_two_modules_is_common() {
        let (one, mut other) = (code("v1", &[("Link", LINK)]), code("v2", &[("Link", LINK)]));
        let module_of = |documents: &mut [Code]| share(documents).types["Link"].module.clone();
        let same = [("Link", LINK)];
        assert_eq!(
            module_of(&mut [code("v1", &same), code("v2", &same)]),
            "things"
        );
        for group in other.types.values_mut() {
            group.module = "snapshots".to_owned();
        }
        assert_eq!(module_of(&mut [one, other]), COMMON);
    }
}
