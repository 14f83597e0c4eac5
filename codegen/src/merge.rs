//! merge: adds the facts of the document to the model, and answers what needs both: which types are
//! used where, what is a list, and how an update is made.

mod objects;
mod operations;

use std::collections::BTreeMap;

use atlas_backup_document::{Document, Error, Finding};

use crate::facts::{self, Facts};
use crate::model::{Model, Role, Shape};

/// The name of this stage in findings.
const STAGE: &str = "merge";

pub(crate) fn merge(mut model: Model, document: &Document, facts: Facts) -> Result<Model, Error> {
    model.document.clone_from(&document.path);
    model.api = facts.api;
    model.title = facts.title;
    model.description = facts.description;
    model.tags = facts.tags;
    keep_reachable(&mut model);
    let roles = roles(&model, &facts.types);
    for ty in model.types.values_mut() {
        let fact = facts.types.get(&ty.name).cloned().unwrap_or_default();
        ty.aliases = fact.official_names.clone();
        ty.aliases.retain(|alias| *alias != ty.name);
        if let (Shape::Object(object), Some(role)) = (&mut ty.shape, roles.get(&ty.name)) {
            objects::merge(object, *role, fact)?;
        }
    }
    objects::updates(&mut model, &facts.types)?;
    let mut operations = std::mem::take(&mut model.operations);
    let mut known = facts.operations;
    for operation in &mut operations {
        if let Some(fact) = known.remove(&operation.name) {
            operations::merge(operation, fact, &model)?;
        }
    }
    model.operations = operations;
    Ok(model)
}

/// Removes the types that no operation uses, such as the errors of progenitor's methods, and finds
/// the modules of the others.
fn keep_reachable(model: &mut Model) {
    let homes = model.homes();
    model.types.retain(|name, ty| match homes.get(name) {
        Some(home) => {
            ty.module.clone_from(home);
            true
        }
        None => false,
    });
}

/// Finds out for each type whether operations send it, receive it, or both.
fn roles(model: &Model, facts: &BTreeMap<String, facts::Type>) -> BTreeMap<String, Role> {
    let operations = model.operations.iter();
    let sent = model.reachable(operations.clone().flat_map(|operation| &operation.body));
    let received = model.reachable(operations.flat_map(|operation| &operation.response));
    let is_update = |name: &str| facts.get(name).is_some_and(|fact| fact.update_of.is_some());
    let role = |name: &str| match (sent.contains(name), received.contains(name)) {
        (true, true) => Role::Both,
        (true, false) if is_update(name) => Role::Update,
        (true, false) => Role::Request,
        (false, _) => Role::Response,
    };
    let names = model.types.keys();
    names.map(|name| (name.clone(), role(name))).collect()
}

fn error(pointer: &str, message: String) -> Error {
    Error::one(Finding::new(STAGE, pointer, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Check, Member, MemberRule, OtherForm, Parameter};
    use crate::model::sample::{list, member, model, named, object, operation};
    use crate::model::{Argument, Copied, Object, Operation, Presence, Ty, Type};

    fn merged(model: Model, facts: Facts) -> Result<Model, String> {
        let document = Document {
            api: "v2".into(),
            path: "test.yaml".into(),
            text: String::new(),
        };
        merge(model, &document, facts).map_err(|error| error.to_string())
    }

    fn object_in<'a>(model: &'a Model, name: &str) -> &'a Object {
        model.types[name].object().expect("an object")
    }

    fn query(wire: &str, ty: Ty, optional: bool) -> Argument {
        Argument {
            name: facts::method_name(wire),
            wire: wire.into(),
            ty,
            optional,
            facts: Parameter::default(),
        }
    }

    fn few() -> Parameter {
        Parameter {
            checks: vec![Check::MaxItems(3)],
            ..Parameter::default()
        }
    }

    /// The facts of these operations, with this method.
    fn facts_of(operations: &[Operation], method: &str) -> Facts {
        let fact = |operation: &Operation| facts::Operation {
            method: method.into(),
            ..operation.facts.clone()
        };
        Facts {
            operations: operations
                .iter()
                .map(|one| (one.name.clone(), fact(one)))
                .collect(),
            ..Facts::default()
        }
    }

    /// `put` sends `Sent` and returns `Page`, whose items are `Both`, as is a member of `Sent`.
    fn sent_and_received() -> (Vec<Operation>, Vec<Type>) {
        let mut put = operation("put", Some(named("Page")));
        put.body = Some(named("Sent"));
        let mut elsewhere = operation("elsewhere", Some(named("Both")));
        elsewhere.module = "others".into();
        let both = vec![member("id", Ty::Runtime("ObjectId"), Presence::Required)];
        let sent = vec![
            member("days", Ty::Integer, Presence::Optional),
            member("items", list(named("Both")), Presence::Optional),
            member("note", Ty::Text, Presence::Required),
        ];
        let page = vec![
            member("note", Ty::Text, Presence::Optional),
            member("results", list(named("Both")), Presence::Optional),
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
        let facts = facts_of(&operations, "PUT");
        let model = merged(model("v2", operations, types), facts).expect("merged");
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
        let presence = |ty: &str, index: usize| object_in(&model, ty).members[index].presence;
        assert_eq!(presence("Both", 0), Presence::Optional);
        assert_eq!(presence("Page", 1), Presence::Empty);
        assert_eq!(presence("Sent", 1), Presence::Optional);
        assert_eq!(presence("Sent", 2), Presence::Required);
    }

    #[test]
    fn facts_of_members_and_rules_go_into_the_model() {
        let (operations, types) = sent_and_received();
        let mut facts = facts_of(&operations, "PUT");
        let days = Member {
            secret: true,
            other_form: Some(OtherForm::DateTime),
            checks: vec![Check::Minimum(1)],
        };
        let rule = |wire: &str| MemberRule {
            when: Some(("days".into(), vec!["1".into()])),
            lists: vec![("forbid", vec![wire.into()])],
            reason: "r".into(),
        };
        let fact = facts::Type {
            pointer: "/sent".into(),
            official_names: vec!["Sent".into(), "Old".into()],
            members: [("days".into(), days.clone())].into(),
            rules: vec![rule("note")],
            ..facts::Type::default()
        };
        facts.types = [
            ("Sent".into(), fact.clone()),
            ("Page".into(), facts::Type::default()),
        ]
        .into();
        let of = |facts: &Facts| {
            merged(
                model("v2", operations.clone(), types.clone()),
                facts.clone(),
            )
        };
        let merged = of(&facts).expect("merged");
        let sent = object_in(&merged, "Sent");
        assert_eq!(merged.types["Sent"].aliases, ["Old"]);
        assert!(sent.members[0].secret);
        assert_eq!(sent.members[0].checks, days.checks);
        assert_eq!(sent.members[0].other_form, days.other_form);
        assert_eq!(sent.rules, [rule("note")]);

        let strange = facts::Type {
            rules: vec![rule("nothing")],
            ..fact.clone()
        };
        facts.types.insert("Sent".into(), strange);
        let error = of(&facts).expect_err("refused");
        assert!(
            error.contains("a rule names `nothing`, which is no member"),
            "{error}"
        );
        let strange = facts::Type {
            members: [("nothing".into(), days)].into(),
            ..fact
        };
        facts.types.insert("Sent".into(), strange);
        let error = of(&facts).expect_err("refused");
        assert!(
            error.contains("the member `nothing` is not in the generated struct"),
            "{error}"
        );
    }

    #[test]
    fn an_update_is_made_from_its_response() {
        let (operations, mut types) = sent_and_received();
        let mut facts = facts_of(&operations, "PUT");
        let fact = facts::Type {
            update_of: Some("Page".into()),
            ..facts::Type::default()
        };
        facts.types = [("Sent".into(), fact)].into();
        let of = |types: &[Type]| {
            merged(
                model("v2", operations.clone(), types.to_vec()),
                facts.clone(),
            )
        };
        let made = of(&types).expect("merged");
        let sent = object_in(&made, "Sent");
        let update = sent.update.as_ref().expect("an update");
        assert_eq!((sent.role, &*update.of), (Role::Update, "Page"));
        assert_eq!(update.only_read, ["results"]);
        assert_eq!(
            update.fields,
            [
                ("days".into(), Copied::Nothing),
                ("items".into(), Copied::Nothing),
                ("note".into(), Copied::OrDefault("note".into())),
            ]
        );
        types[2].shape = object(
            "Page",
            Role::Response,
            vec![member("note", Ty::Integer, Presence::Optional)],
        )
        .shape;
        let error = of(&types).expect_err("refused");
        assert!(
            error.contains("`note` is not the same in `Page`"),
            "{error}"
        );
    }

    #[test]
    fn a_get_of_a_page_is_a_list() {
        let (_, types) = sent_and_received();
        let mut get = operation("listAll", Some(named("Page")));
        get.query = vec![
            query("pageNum", Ty::Integer, true),
            query("includeCount", Ty::Boolean, true),
        ];
        let list_of = |method: &str, operation: &Operation| {
            let facts = facts_of(std::slice::from_ref(operation), method);
            let model = model("v2", vec![operation.clone()], types.clone());
            let list = merged(model, facts)
                .expect("merged")
                .operations
                .remove(0)
                .list;
            list.map(|list| (list.item, list.numbered, list.counted))
        };
        assert_eq!(list_of("GET", &get), Some((named("Both"), true, true)));
        assert_eq!(list_of("POST", &get), None);
        get.query.clear();
        assert_eq!(list_of("GET", &get), Some((named("Both"), false, false)));
        assert_eq!(list_of("GET", &operation("get", Some(named("Both")))), None);
    }

    #[test]
    fn what_the_client_cannot_send_is_refused() {
        let (_, types) = sent_and_received();
        let get = || operation("get", Some(named("Both")));
        let with = |change: fn(&mut Operation)| {
            let mut operation = get();
            change(&mut operation);
            let facts = facts_of(std::slice::from_ref(&operation), "GET");
            merged(model("v2", vec![operation], types.clone()), facts)
        };
        assert!(with(|_| {}).is_ok());
        assert!(with(|get| get.query.push(query("names", list(Ty::Text), true))).is_ok());
        for (refused, message) in [
            (
                with(|get| get.path.push(query("size", Ty::Number, false))),
                "cannot write `size` into a path: it is a f64",
            ),
            (
                with(|get| get.query.push(query("size", Ty::Json, true))),
                "cannot write `size` into a query: it is a Value",
            ),
            (
                with(|get| get.query.push(query("names", list(list(Ty::Text)), false))),
                "cannot write `names` into a query: it is a Vec",
            ),
            (
                with(|get| get.query.push(query("thing", named("Both"), true))),
                "cannot write `thing` into a query: it is a Both",
            ),
            (
                with(|get| {
                    get.query.push(query("names", list(Ty::Text), true));
                    get.facts.parameters = [("names".to_owned(), few())].into();
                }),
                "the client cannot check `max_items` of `names` in a query",
            ),
            (
                with(|get| get.body = Some(Ty::Text)),
                "cannot send a String as a body",
            ),
        ] {
            let error = refused.err().unwrap_or_else(|| panic!("{message}"));
            assert!(error.contains(message), "{error}");
        }
    }
}
