//! merge: answers what needs the whole model: where each type is used and generated, and what is a
//! list.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{COMMON, Model, Operation, Presence, Role, Shape, Ty, Type};

pub(crate) fn merge(mut model: Model) -> Model {
    let reachable = |of: fn(&Operation) -> &Option<Ty>| {
        let reached = model.reachable(model.operations.iter().flat_map(of));
        reached
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let (sent, received) = (reachable(|one| &one.body), reachable(|one| &one.response));
    let homes = homes(&model);
    // No operation uses the others, such as the type of errors.
    model.types.retain(|name, _| homes.contains_key(name));
    for ty in model.types.values_mut() {
        ty.module.clone_from(&homes[&ty.name]);
        if let Shape::Object(object) = &mut ty.shape {
            object.role = match (sent.contains(&ty.name), received.contains(&ty.name)) {
                (true, true) => Role::Both,
                (true, false) if ty.facts.update_of.is_some() => Role::Update,
                (true, false) => Role::Request,
                (false, _) => Role::Response,
            };
        }
    }
    for operation in &mut model.operations {
        operation.list = list(operation, &model.types);
    }
    model
}

/// Returns the module of each type that an operation uses: that of a tag if only operations with
/// this tag use the type, otherwise [`COMMON`].
fn homes(model: &Model) -> BTreeMap<String, String> {
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    for operation in &model.operations {
        for name in model.reachable(Operation::tys(operation)) {
            let home = homes
                .entry(name.to_owned())
                .or_insert_with(|| operation.module.clone());
            if *home != operation.module {
                COMMON.clone_into(home);
            }
        }
    }
    homes
}

/// Returns what an operation lists: the type of `results` in its response. Only a GET lists: a POST
/// that returns the list of what it created must not be sent once for every page.
fn list(operation: &Operation, types: &BTreeMap<String, Type>) -> Option<Ty> {
    let response = operation.response.as_ref();
    let Some(Ty::Named(name)) = response.filter(|_| operation.facts.method == "GET") else {
        return None;
    };
    let page = types.get(name)?.object()?;
    let results = page.member("results")?;
    match &results.ty {
        Ty::List(item) if page.presence(results) != Presence::Optional => Some((**item).clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample_tests::{
        list, model, named, object, object_of, operation, optional, required,
    };
    use crate::model::{Object, Type};

    fn object_in<'a>(model: &'a Model, name: &str) -> &'a Object {
        model.types[name].object().expect("the type is an object")
    }

    /// `put` sends `Sent` and returns `Page`, whose items are `Both`, as is a member of `Sent`.
    fn sent_and_received() -> (Vec<Operation>, Vec<Type>) {
        let mut put = operation("put", Some(named("Page")));
        put.facts.method = "PUT".into();
        put.body = Some(named("Sent"));
        let mut elsewhere = operation("elsewhere", Some(named("Both")));
        elsewhere.module = "others".into();
        let both = vec![required("id", Ty::Runtime("ObjectId"))];
        let sent = vec![
            optional("days", Ty::Integer),
            optional("items", list(named("Both"))),
            required("note", Ty::Text),
        ];
        let page = vec![
            optional("note", Ty::Text),
            optional("results", list(named("Both"))),
        ];
        let types = vec![
            object("Both", Role::Response, both),
            object("Error", Role::Response, Vec::new()),
            object("Page", Role::Response, page),
            object("Sent", Role::Response, sent),
        ];
        (vec![put, elsewhere], types)
    }

    #[test]
    fn types_get_a_role_a_home_and_fields_that_can_be_absent() {
        let (operations, types) = sent_and_received();
        let model = merge(model("v2", operations, types));
        let types: Vec<_> = model
            .types
            .values()
            .map(|ty| (&*ty.name, object_in(&model, &ty.name).role, &*ty.module))
            .collect();
        assert_eq!(
            types,
            [
                ("Both", Role::Both, "common"),
                ("Page", Role::Response, "things"),
                ("Sent", Role::Request, "things"),
            ]
        );
        let presence = |ty: &str, index: usize| {
            let object = object_in(&model, ty);
            object.presence(&object.members[index])
        };
        assert_eq!(presence("Both", 0), Presence::Optional);
        assert_eq!(presence("Page", 0), Presence::Optional);
        assert_eq!(presence("Page", 1), Presence::Empty);
        assert_eq!(presence("Sent", 1), Presence::Optional);
        assert_eq!(presence("Sent", 2), Presence::Required);
    }

    #[test]
    fn a_request_that_is_made_from_a_response_is_an_update() {
        let (operations, mut types) = sent_and_received();
        for ty in &mut types {
            ty.facts.update_of = Some("Page".into());
        }
        let model = merge(model("v2", operations, types));
        let role = |name: &str| object_in(&model, name).role;
        assert_eq!(role("Sent"), Role::Update);
        assert_eq!(role("Both"), Role::Both, "it is received too");
        assert_eq!(role("Page"), Role::Response, "it is not sent");
    }

    #[test]
    fn a_get_of_a_page_is_a_list() {
        let (_, mut types) = sent_and_received();
        let list_of = |operation: Operation, types: &[Type]| {
            let merged = merge(model("v2", vec![operation], types.to_vec()));
            merged.operations[0].list.clone()
        };
        let get = operation("listAll", Some(named("Page")));
        assert_eq!(list_of(get.clone(), &types), Some(named("Both")));
        let mut post = get.clone();
        post.facts.method = "POST".into();
        assert_eq!(list_of(post, &types), None);
        let other = operation("get", Some(named("Both")));
        assert_eq!(list_of(other, &types), None);
        let mut sent = get.clone();
        sent.body = Some(named("Page"));
        assert_eq!(list_of(sent, &types), None, "its items may be absent");
        object_of(&mut types[2]).members[1].ty = named("Both");
        assert_eq!(list_of(get, &types), None);
    }
}
