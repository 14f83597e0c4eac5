//! Which operations and requests use a type, for its documentation.

use std::collections::{BTreeMap, BTreeSet};

use super::{Model, Ty, Type};

/// What uses a type, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The methods that take it as their body.
    pub taken_by: BTreeSet<String>,
    /// The methods whose response it is.
    pub returned_by: BTreeSet<String>,
    /// The methods that return a list of it.
    pub listed_by: BTreeSet<String>,
    /// The requests that have it in a member.
    pub held_by: BTreeSet<String>,
}

impl Model {
    /// Returns the usage of every type that is used. `shared` has the types that were moved out of
    /// this model.
    pub(crate) fn usage(&self, shared: &BTreeMap<String, Type>) -> BTreeMap<String, Usage> {
        let mut usage: BTreeMap<String, Usage> = BTreeMap::new();
        let mut of = |ty: Option<&Ty>, add: &dyn Fn(&mut Usage)| {
            if let Some(name) = ty.and_then(Ty::named) {
                add(usage.entry(name.to_owned()).or_default());
            }
        };
        for operation in &self.operations {
            let name = || operation.name.clone();
            of(operation.body.as_ref(), &|usage| {
                usage.taken_by.insert(name());
            });
            of(operation.response.as_ref(), &|usage| {
                usage.returned_by.insert(name());
            });
            of(operation.list.as_ref().map(|list| &list.item), &|usage| {
                usage.listed_by.insert(name());
            });
        }
        let moved = shared.values().filter(|ty| self.shared.contains(&ty.name));
        for ty in self.types.values().chain(moved) {
            let object = ty.object().filter(|object| object.role.is_body());
            for member in object.map_or(&[][..], |object| &object.members) {
                of(Some(&member.ty), &|usage| {
                    usage.held_by.insert(ty.name.clone());
                });
            }
        }
        usage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{list, member, model, named, object, operation};
    use crate::model::{List, Presence, Role};

    #[test]
    fn a_type_knows_the_operations_and_requests_that_use_it() {
        let mut put = operation("putThing", Some(named("Thing")));
        put.body = Some(named("Ask"));
        let mut all = operation("listThings", Some(named("Page")));
        all.list = Some(List {
            item: named("Thing"),
            numbered: true,
            counted: true,
        });
        let ask = object(
            "Ask",
            Role::Request,
            vec![member("parts", list(named("Part")), Presence::Optional)],
        );
        let page = object(
            "Page",
            Role::Response,
            vec![member("results", list(named("Thing")), Presence::Empty)],
        );
        let mut model = model("v2", vec![put, all], vec![page]);
        let shared = [("Ask".to_owned(), ask)].into();
        assert!(
            !model.usage(&shared).contains_key("Part"),
            "not of this model"
        );
        model.shared.insert("Ask".into());
        let usage = model.usage(&shared);
        let one = |name: &str| BTreeSet::from([name.to_owned()]);
        let expected = [
            (
                "Ask",
                Usage {
                    taken_by: one("put_thing"),
                    ..Usage::default()
                },
            ),
            (
                "Page",
                Usage {
                    returned_by: one("list_things"),
                    ..Usage::default()
                },
            ),
            (
                "Part",
                Usage {
                    held_by: one("Ask"),
                    ..Usage::default()
                },
            ),
            (
                "Thing",
                Usage {
                    returned_by: one("put_thing"),
                    listed_by: one("list_things"),
                    ..Usage::default()
                },
            ),
        ];
        assert_eq!(
            usage,
            expected
                .map(|(name, usage)| (name.to_owned(), usage))
                .into()
        );
    }
}
