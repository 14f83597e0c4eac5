//! share: moves the types that are the same in several documents out of them, so that they are
//! generated once.
//!
//! Before: `Link` in the model of v1 and again in that of v2. After: one `Link`, which both
//! re-export. A type is shared if it is the same in all documents that have it, documentation
//! included, and if all types that it uses are shared as well: otherwise it would need the `Link` of
//! v1 and the `Link` of v2 at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{COMMON, Model, Type};

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
    /// It differs.
    Differs,
    /// It is the same, but uses this type, which cannot be shared.
    Uses(String),
}

/// The types that were moved out of the documents, and those that several documents keep, both in
/// the order of their names.
pub(crate) struct Shared {
    pub(crate) types: BTreeMap<String, Type>,
    pub(crate) duplicates: Vec<Duplicate>,
}

pub(crate) fn share(models: &mut [Model]) -> Shared {
    let (shared, reasons) = decide(models);
    let duplicates = reasons
        .into_iter()
        .map(|(name, reason)| Duplicate {
            apis: models
                .iter()
                .filter(|model| model.types.contains_key(&name))
                .map(|model| model.about.api.clone())
                .collect(),
            name,
            reason,
        })
        .collect();
    let mut types: BTreeMap<String, Type> = BTreeMap::new();
    for model in models {
        for name in &shared {
            let Some(ty) = model.types.remove(name) else {
                continue;
            };
            model.shared.insert(name.clone());
            let module = ty.module.clone();
            let kept = types.entry(name.clone()).or_insert(ty);
            if kept.module != module {
                COMMON.clone_into(&mut kept.module);
            }
        }
    }
    Shared { types, duplicates }
}

/// Returns the types to share, and the reasons why others cannot be shared.
fn decide(models: &[Model]) -> (BTreeSet<String>, BTreeMap<String, Reason>) {
    let mut known: BTreeMap<&str, Vec<&Type>> = BTreeMap::new();
    for (name, ty) in models.iter().flat_map(|model| &model.types) {
        known.entry(name).or_default().push(ty);
    }
    let mut reasons = BTreeMap::new();
    // Each candidate, and the types that it uses.
    let mut candidates: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, types) in &known {
        let [first, others @ ..] = types.as_slice() else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        // Their modules may differ.
        let is_same = |one: &&Type| (&one.facts, &one.shape) == (&first.facts, &first.shape);
        if others.iter().all(is_same) {
            candidates.insert(name, first.mentions().collect());
        } else {
            reasons.insert((*name).to_owned(), Reason::Differs);
        }
    }
    // All candidates are shared until one is found that uses a type that is not: then it is dropped,
    // and the search begins again. Types that use each other stay shared together.
    while let Some((name, used)) = candidates.iter().find_map(|(name, uses)| {
        let used = uses.iter().find(|used| !candidates.contains_key(*used))?;
        Some((*name, (*used).to_owned()))
    }) {
        candidates.remove(name);
        reasons.insert(name.to_owned(), Reason::Uses(used));
    }
    let shared = candidates.into_keys().map(str::to_owned).collect();
    (shared, reasons)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample_tests::{list, model, named, object, object_of, optional, required};
    use crate::model::{Role, Shape, Ty};

    /// The names of the shared types, and the others that both documents have with their reasons.
    fn shared(one: &[Type], other: &[Type]) -> (Vec<String>, Vec<String>) {
        let model = |api, types: &[Type]| model(api, Vec::new(), types.to_vec());
        let mut models = [model("v1", one), model("v2", other)];
        let Shared { types, duplicates } = share(&mut models);
        for model in &models {
            assert!(model.shared.iter().eq(types.keys()));
            assert!(types.keys().all(|name| !model.types.contains_key(name)));
        }
        let reasons = duplicates.iter().map(|duplicate| {
            assert_eq!(duplicate.apis, ["v1", "v2"]);
            match &duplicate.reason {
                Reason::Differs => format!("{}: differs", duplicate.name),
                Reason::Uses(used) => format!("{}: uses `{used}`", duplicate.name),
            }
        });
        (types.into_keys().collect(), reasons.collect())
    }

    fn response(name: &str, member_name: &str, ty: Ty) -> Type {
        object(name, Role::Response, vec![optional(member_name, ty)])
    }

    fn link() -> Type {
        response("Link", "href", Ty::Text)
    }

    fn page() -> Type {
        response("Page", "links", list(named("Link")))
    }

    fn changed(mut ty: Type, change: impl Fn(&mut Type)) -> Type {
        change(&mut ty);
        ty
    }

    #[test]
    fn types_that_are_the_same_are_shared() {
        let both = [link(), page()];
        assert_eq!(
            shared(&both, &both),
            (vec!["Link".to_owned(), "Page".to_owned()], Vec::new())
        );
    }

    #[test]
    fn a_type_of_one_document_is_not_shared() {
        assert_eq!(shared(&[link()], &[]), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_uses_a_type_that_differs_is_not_shared() {
        let list = response("List", "pages", list(named("Page")));
        let free = object("Free", Role::Response, Vec::new());
        let one = [link(), list, page(), free];
        let mut two = one.clone();
        two[0].facts.docs = "A link.".to_owned();
        let (types, reasons) = shared(&one, &two);
        assert_eq!(types, ["Free"]);
        let expected = ["Link: differs", "List: uses `Page`", "Page: uses `Link`"];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn types_that_use_each_other_are_shared_together_or_not_at_all() {
        let tree = response("Tree", "nodes", list(named("Node")));
        let mut node = response("Node", "parent", named("Tree"));
        let links = optional("links", list(named("Link")));
        object_of(&mut node).members.push(links);
        let one = [link(), node.clone(), tree.clone()];
        assert_eq!(shared(&one, &one).0, ["Link", "Node", "Tree"]);
        let other = [response("Link", "url", Ty::Text), node, tree];
        let (types, reasons) = shared(&one, &other);
        assert!(types.is_empty());
        assert_eq!(
            reasons,
            ["Link: differs", "Node: uses `Link`", "Tree: uses `Node`"]
        );
    }

    #[test]
    fn types_that_differ_are_not_shared() {
        let members = vec![optional("a", Ty::Text), optional("b", Ty::Text)];
        let before = object("T", Role::Request, members);
        let member = |change: fn(&mut crate::model::Member)| {
            changed(before.clone(), |ty| change(&mut object_of(ty).members[1]))
        };
        for after in [
            changed(before.clone(), |ty| ty.facts.docs.push('D')),
            changed(before.clone(), |ty| {
                ty.facts.official_names.push("A".into())
            }),
            changed(before.clone(), |ty| ty.facts.update_of = Some("A".into())),
            changed(before.clone(), |ty| object_of(ty).role = Role::Both),
            changed(before.clone(), |ty| drop(object_of(ty).members.pop())),
            changed(before.clone(), |ty| ty.shape = Shape::Enum(Vec::new())),
            member(|b| b.facts.docs.push('D')),
            member(|b| b.facts.secret = true),
            member(|b| b.ty = Ty::Integer),
            member(|b| *b = required("b", Ty::Text)),
        ] {
            let (_, reasons) = shared(std::slice::from_ref(&before), std::slice::from_ref(&after));
            assert_eq!(reasons, ["T: differs"], "{after:?}");
        }
    }

    #[test]
    fn a_type_with_two_modules_is_common() {
        let module_of = |other: Type| {
            let models = [link(), other].map(|ty| model("v1", Vec::new(), vec![ty]));
            share(&mut { models }).types["Link"].module.clone()
        };
        assert_eq!(module_of(link()), "things");
        let elsewhere = changed(link(), |ty| ty.module = "snapshots".to_owned());
        assert_eq!(module_of(elsewhere), COMMON);
    }
}
