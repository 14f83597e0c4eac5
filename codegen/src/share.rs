//! share: moves the types that are the same in several documents out of them, so that they are
//! generated once.
//!
//! Before: `Link` in the model of v1 and again in that of v2. After: one `Link`, which both
//! re-export. A type is shared if it is the same in all documents that have it, documentation
//! included, and if all types that it uses are shared as well: otherwise it would need the `Link` of
//! v1 and the `Link` of v2 at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{COMMON, Model, Object, Shape, Type, Variant};

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
    /// It differs; the first difference, such as ``description of `href` ``.
    Differs(String),
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
                .map(|model| model.api.clone())
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
            match types.get_mut(name) {
                None => {
                    types.insert(name.clone(), ty);
                }
                Some(kept) if kept.module != ty.module => COMMON.clone_into(&mut kept.module),
                Some(_) => {}
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
        match others.iter().find_map(|other| difference(first, other)) {
            Some(difference) => {
                reasons.insert((*name).to_owned(), Reason::Differs(difference));
            }
            None => {
                let uses = first.mentions().filter(|used| known.contains_key(used));
                candidates.insert(name, uses.collect());
            }
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

/// Describes the first difference between two types that have the same name. Their modules may
/// differ.
fn difference(one: &Type, other: &Type) -> Option<String> {
    if one.docs != other.docs {
        return Some("description".to_owned());
    }
    let kinds = "official names, or whether it is sent or received";
    if one.aliases != other.aliases {
        return Some(kinds.to_owned());
    }
    match (&one.shape, &other.shape) {
        (Shape::Object(one), Shape::Object(other)) if one.role != other.role => {
            Some(kinds.to_owned())
        }
        (Shape::Object(one), Shape::Object(other)) => of_objects(one, other),
        (Shape::Enum(one), Shape::Enum(other)) => of_enums(one, other),
        _ => Some("whether it is an object or an enum".to_owned()),
    }
}

fn of_enums(one: &[Variant], other: &[Variant]) -> Option<String> {
    let only_in = |these: &[Variant], others: &[Variant]| {
        let missing = these.iter().find(|value| !others.contains(value));
        missing.map(|variant| format!("`{}`", variant.name))
    };
    only_in(one, other)
        .or_else(|| only_in(other, one))
        .or_else(|| (one != other).then(|| "order of the values".to_owned()))
}

fn of_objects(one: &Object, other: &Object) -> Option<String> {
    let only_in = |these: &Object, others: &Object| {
        let has = |name: &str| others.members.iter().any(|member| member.name == name);
        let missing = these.members.iter().find(|member| !has(&member.name));
        missing.map(|member| format!("`{}`", member.name))
    };
    let changed = || {
        let mut pairs = one.members.iter().zip(&other.members);
        let (one, other) = pairs.find(|(one, other)| one != other)?;
        Some(match one.docs == other.docs {
            true => format!("`{}`", one.name),
            false => format!("description of `{}`", one.name),
        })
    };
    only_in(one, other)
        .or_else(|| only_in(other, one))
        .or_else(changed)
        .or_else(|| (one.rules != other.rules).then(|| "rules across members".to_owned()))
        .or_else(|| {
            (one.update != other.update).then(|| "how it is made from a response".to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{list, member, model, named, object, object_of};
    use crate::model::{Presence, Role, Ty};

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
                Reason::Differs(difference) => format!("{}: {difference}", duplicate.name),
                Reason::Uses(used) => format!("{}: uses `{used}`", duplicate.name),
            }
        });
        (types.into_keys().collect(), reasons.collect())
    }

    fn response(name: &str, member_name: &str, ty: Ty) -> Type {
        let member = member(member_name, ty, Presence::Optional);
        object(name, Role::Response, vec![member])
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
        two[0].docs = "A link.".to_owned();
        let (types, reasons) = shared(&one, &two);
        assert_eq!(types, ["Free"]);
        let expected = [
            "Link: description",
            "List: uses `Page`",
            "Page: uses `Link`",
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn types_that_use_each_other_are_shared_together_or_not_at_all() {
        let tree = response("Tree", "nodes", list(named("Node")));
        let mut node = response("Node", "parent", named("Tree"));
        let links = member("links", list(named("Link")), Presence::Empty);
        object_of(&mut node).members.push(links);
        let one = [link(), node.clone(), tree.clone()];
        assert_eq!(shared(&one, &one).0, ["Link", "Node", "Tree"]);
        let other = [response("Link", "url", Ty::Text), node, tree];
        let (types, reasons) = shared(&one, &other);
        assert!(types.is_empty());
        assert_eq!(
            reasons,
            ["Link: `href`", "Node: uses `Link`", "Tree: uses `Node`"]
        );
    }

    #[test]
    fn the_first_difference_is_named() {
        let members = vec![
            member("a", Ty::Text, Presence::Optional),
            member("b", Ty::Text, Presence::Optional),
        ];
        let before = object("T", Role::Request, members);
        let member = |index: usize, change: fn(&mut crate::model::Member)| {
            changed(before.clone(), |ty| {
                change(&mut object_of(ty).members[index])
            })
        };
        for (after, difference) in [
            (
                changed(before.clone(), |ty| ty.aliases.push("A".into())),
                "official names, or whether it is sent or received",
            ),
            (
                changed(before.clone(), |ty| object_of(ty).role = Role::Both),
                "official names, or whether it is sent or received",
            ),
            (
                changed(before.clone(), |ty| drop(object_of(ty).members.pop())),
                "`b`",
            ),
            (member(0, |a| a.docs.push('D')), "description of `a`"),
            (member(1, |b| b.ty = Ty::Integer), "`b`"),
            (member(1, |b| b.secret = true), "`b`"),
            (
                changed(before.clone(), |ty| ty.shape = Shape::Enum(Vec::new())),
                "whether it is an object or an enum",
            ),
        ] {
            let (_, reasons) = shared(std::slice::from_ref(&before), &[after]);
            assert_eq!(reasons, [format!("T: {difference}")]);
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
