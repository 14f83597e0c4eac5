//! Which operations and requests use a type, for its documentation.

use std::collections::{BTreeMap, BTreeSet};

use super::{Model, Ty, Type};

/// How something uses a type, in the order of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// A method takes it as its body.
    Body,
    /// A request has it in a member.
    Part,
    /// It is the response of a method.
    Response,
    /// A method returns a list of it.
    Item,
}

/// What uses a type: how, and the name of the method or the request.
pub(crate) type Usage = BTreeSet<(Use, String)>;

impl Model {
    /// Returns the usage of every type that is used. `shared` has the types that were moved out of
    /// this model.
    pub(crate) fn usage(&self, shared: &BTreeMap<String, Type>) -> BTreeMap<String, Usage> {
        let mut usage: BTreeMap<String, Usage> = BTreeMap::new();
        let mut add = |ty: Option<&Ty>, how: Use, user: &str| {
            if let Some(name) = ty.and_then(Ty::named) {
                let uses = usage.entry(name.to_owned()).or_default();
                uses.insert((how, user.to_owned()));
            }
        };
        for operation in &self.operations {
            add(operation.body.as_ref(), Use::Body, &operation.name);
            add(operation.response.as_ref(), Use::Response, &operation.name);
            add(operation.list.as_ref(), Use::Item, &operation.name);
        }
        let moved = shared.values().filter(|ty| self.shared.contains(&ty.name));
        for ty in self.types.values().chain(moved) {
            let object = ty.object().filter(|object| object.role.is_body());
            for member in object.into_iter().flat_map(|object| &object.members) {
                add(Some(&member.ty), Use::Part, &ty.name);
            }
        }
        usage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;
    use crate::model::sample_tests::{list, model, named, object, operation, optional};

    #[test]
    fn a_type_knows_the_operations_and_requests_that_use_it() {
        let mut put = operation("putThing", Some(named("Thing")));
        put.body = Some(named("Ask"));
        let mut all = operation("listThings", Some(named("Page")));
        all.list = Some(named("Thing"));
        let ask = object(
            "Ask",
            Role::Request,
            vec![optional("parts", list(named("Part")))],
        );
        let page = object(
            "Page",
            Role::Response,
            vec![optional("results", list(named("Thing")))],
        );
        let mut model = model("v2", vec![put, all], vec![page]);
        let shared = [("Ask".to_owned(), ask)].into();
        assert!(
            !model.usage(&shared).contains_key("Part"),
            "not of this model"
        );
        model.shared.insert("Ask".into());
        let usage = model.usage(&shared);
        let user = |how: Use, name: &str| (how, name.to_owned());
        let expected = [
            ("Ask", Usage::from([user(Use::Body, "put_thing")])),
            ("Page", Usage::from([user(Use::Response, "list_things")])),
            ("Part", Usage::from([user(Use::Part, "Ask")])),
            (
                "Thing",
                Usage::from([
                    user(Use::Response, "put_thing"),
                    user(Use::Item, "list_things"),
                ]),
            ),
        ];
        let expected = expected.map(|(name, usage)| (name.to_owned(), usage));
        assert_eq!(usage, expected.into());
    }
}
