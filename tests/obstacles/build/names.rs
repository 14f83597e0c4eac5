//! The places where a document gives a name, and the operations that have awkward names there.

use serde_json::{Map, Value, json};

use crate::awkward::NAMES;
use crate::exercise::Exercise;
use crate::fragment::{Fragment, TAG, content, object, operation, parameter, reference, success};

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    RequestMember,
    ResponseMember,
    PathParameter,
    OptionalQuery,
    RequiredQuery,
    EnumValue,
    Schema,
    Tag,
    Operation,
}

pub const NAMED: &[Named] = &[
    Named::RequestMember,
    Named::ResponseMember,
    Named::PathParameter,
    Named::OptionalQuery,
    Named::RequiredQuery,
    Named::EnumValue,
    Named::Schema,
    Named::Tag,
    Named::Operation,
];

impl Named {
    pub fn name(self) -> &'static str {
        match self {
            Named::RequestMember => "name of a member of a request",
            Named::ResponseMember => "name of a member of a response",
            Named::PathParameter => "name of a path parameter",
            Named::OptionalQuery => "name of an optional query parameter",
            Named::RequiredQuery => "name of a required query parameter",
            Named::EnumValue => "value of an enum",
            Named::Schema => "name of a schema",
            Named::Tag => "name of a tag",
            Named::Operation => "operationId",
        }
    }
}

/// All names, each as a list of names that one document has.
pub fn all() -> impl Iterator<Item = Vec<String>> {
    let owned = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    NAMES.iter().map(owned)
}

/// Spreads names over lists so that no two names of one list are alike in Rust.
pub fn spread(names: &[String]) -> Vec<Vec<String>> {
    let alike = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let mut lists: Vec<Vec<String>> = Vec::new();
    for name in names {
        let free = lists
            .iter_mut()
            .find(|list| list.iter().all(|other| alike(other) != alike(name)));
        match free {
            Some(list) => list.push(name.clone()),
            None => lists.push(vec![name.clone()]),
        }
    }
    lists
}

/// Returns operations with these names. `number` makes everything else in them unique.
pub fn fragment(named: Named, names: &[String], number: usize) -> Fragment {
    match named {
        Named::RequestMember | Named::ResponseMember => members(named, names, number),
        Named::PathParameter | Named::OptionalQuery | Named::RequiredQuery => {
            parameters(named, names, number)
        }
        Named::EnumValue => values(names, number),
        Named::Schema => schemas(names, number),
        Named::Tag | Named::Operation => plain(named, names, number),
    }
}

/// The id and the path of an operation.
fn id(named: Named, number: usize) -> (String, String) {
    let id = format!("names{named:?}{number}");
    let path = format!("/names/{id}");
    (id, path)
}

fn text() -> Value {
    json!({"type": "string", "description": "A text."})
}

fn members(named: Named, names: &[String], number: usize) -> Fragment {
    let (id, path) = id(named, number);
    let is_sent = named == Named::RequestMember;
    let members: Map<String, Value> = names.iter().map(|name| (name.clone(), text())).collect();
    let values = names.iter().map(|name| (name.clone(), json!("a")));
    let value = Value::Object(values.collect());
    let schema = format!("Names{named:?}{number}Object");
    let mut fragment = Fragment::default();
    fragment
        .schemas
        .insert(schema.clone(), object(members, &[]));
    let mut operation = operation(&id, TAG);
    let content = content(reference(&schema), &value);
    let mut exercise = Exercise::new(&id, &path);
    if is_sent {
        operation["requestBody"] = json!({"required": true, "content": content});
        exercise.body = Some(value);
    } else {
        operation["responses"] = success(content);
        exercise.answer = Some(value);
    }
    fragment.operation(&path, if is_sent { "post" } else { "get" }, operation);
    fragment.exercises.push(exercise.json());
    fragment
}

fn parameters(named: Named, names: &[String], number: usize) -> Fragment {
    let (id, mut path) = id(named, number);
    let is_path = named == Named::PathParameter;
    let mut parameters = Vec::new();
    for name in names {
        if is_path {
            path.push_str(&format!("/{{{name}}}"));
        }
        let is_in = if is_path { "path" } else { "query" };
        let example = (named != Named::OptionalQuery).then(|| json!("a b"));
        parameters.push(parameter(
            name,
            is_in,
            example.as_ref(),
            json!({"type": "string"}),
        ));
    }
    let mut exercise = Exercise::new(&id, &path);
    for name in names {
        match is_path {
            true => exercise.path(name, "a b"),
            false => exercise.query(name, json!("a b")),
        }
    }
    let mut operation = operation(&id, TAG);
    operation["parameters"] = json!(parameters);
    let mut fragment = Fragment::default();
    fragment.operation(&path, "get", operation);
    fragment.exercises.push(exercise.json());
    fragment
}

fn values(names: &[String], number: usize) -> Fragment {
    let (id, path) = id(Named::EnumValue, number);
    let (list, one) = (format!("Names{number}List"), format!("Names{number}Value"));
    let items = json!({"type": "array", "description": "All.", "items": reference(&one)});
    let members = [("all".to_owned(), items)].into_iter().collect();
    let value = json!({"all": names});
    let mut fragment = Fragment::default();
    let choices = json!({"type": "string", "description": "A value.", "enum": names});
    fragment.schemas.insert(one, choices);
    fragment.schemas.insert(list.clone(), object(members, &[]));
    let mut operation = operation(&id, TAG);
    operation["requestBody"] =
        json!({"required": true, "content": content(reference(&list), &value)});
    operation["responses"] = success(content(reference(&list), &value));
    fragment.operation(&path, "put", operation);
    let mut exercise = Exercise::new(&id, &path);
    exercise.body = Some(value);
    let mut answered = names.to_vec();
    answered.push("a value of tomorrow".to_owned());
    exercise.answer = Some(json!({"all": answered}));
    fragment.exercises.push(exercise.json());
    fragment
}

fn schemas(names: &[String], number: usize) -> Fragment {
    let (id, path) = id(Named::Schema, number);
    let mut fragment = Fragment::default();
    let (mut members, mut values) = (Map::new(), Map::new());
    for (index, name) in names.iter().enumerate() {
        let member = [("text".to_owned(), text())].into_iter().collect();
        fragment.schemas.insert(name.clone(), object(member, &[]));
        let target = name.replace('~', "~0").replace('/', "~1");
        let schema = json!({"allOf": [reference(&target)], "description": "An object."});
        members.insert(format!("member{index}"), schema);
        values.insert(format!("member{index}"), json!({"text": "a"}));
    }
    let holder = format!("Names{number}Holder");
    fragment
        .schemas
        .insert(holder.clone(), object(members, &[]));
    let value = Value::Object(values);
    let content = content(reference(&holder), &value);
    let mut operation = operation(&id, TAG);
    operation["requestBody"] = json!({"required": true, "content": content});
    operation["responses"] = success(content);
    fragment.operation(&path, "put", operation);
    let mut exercise = Exercise::new(&id, &path);
    exercise.body = Some(value.clone());
    exercise.answer = Some(value);
    fragment.exercises.push(exercise.json());
    fragment
}

/// An operation for each name, which is its tag or its id.
fn plain(named: Named, names: &[String], number: usize) -> Fragment {
    let mut fragment = Fragment::default();
    for (index, name) in names.iter().enumerate() {
        let (id, path) = id(named, number);
        let (id, path) = (format!("{id}x{index}"), format!("{path}x{index}"));
        let (id, tag) = match named {
            Named::Tag => (id.as_str(), name.as_str()),
            _ => (name.as_str(), TAG),
        };
        fragment.operation(&path, "get", operation(id, tag));
        fragment.exercises.push(Exercise::new(id, &path).json());
    }
    fragment
}
