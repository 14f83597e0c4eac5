//! Keywords of members and of objects at schemas that are neither, and responses without content.

use heck::{ToLowerCamelCase, ToPascalCase};
use serde_json::{Value, json};

use crate::exercise::Exercise;
use crate::fragment::{Fragment, TAG, content, object, operation, reference, success};
use crate::modifiers;

/// Returns all cells: each with its name and its operation.
pub fn all() -> Vec<(String, Fragment)> {
    let text = json!({"type": "string", "description": "A text."});
    let choices = json!({"type": "string", "description": "A text.", "enum": ["a", "b"]});
    let members = [("name".to_owned(), text)].into_iter().collect();
    let shared = [
        ("a shared enum", choices),
        ("a shared object", object(members, &[])),
    ];
    let keywords = [
        ("rules", "x-atlas-rules", modifiers::rules()),
        ("update of", "x-atlas-update-of", json!("BothPlain")),
        ("form one-item", "x-atlas-other-form", json!("one-item")),
    ];
    let mut cells = Vec::new();
    for (name, keyword, value) in keywords {
        let with_keyword = |schema: &Value| {
            let mut schema = schema.clone();
            schema[keyword] = value.clone();
            schema
        };
        for (place, schema) in &shared {
            let fragment = of_shared(&format!("{place} {name}"), with_keyword(schema));
            cells.push((format!("{place} / {name}"), fragment));
        }
        let fragment = of_header(with_keyword(&json!({"type": "string"})));
        cells.push((format!("a header of a response / {name}"), fragment));
    }
    let without_content = [
        ("post", 200),
        ("put", 201),
        ("delete", 202),
        ("patch", 204),
        ("get", 204),
        ("get", 200),
    ];
    for (method, status) in without_content {
        let fragment = of_no_content(method, status);
        cells.push((format!("{method} / {status} without content"), fragment));
    }
    cells
}

/// An operation that answers an object with a member of this schema.
fn of_shared(name: &str, schema: Value) -> Fragment {
    let id = name.to_lower_camel_case();
    let [name, holder] = ["held", "holder"].map(|what| format!("{name} {what}").to_pascal_case());
    let member = json!({"allOf": [reference(&name)], "description": "A member."});
    let members = [("held".to_owned(), member)].into_iter().collect();
    let mut operation = operation(&id, TAG);
    operation["responses"] = success(content(reference(&holder), &json!({})));
    let mut fragment = Fragment::default();
    fragment.schemas.insert(name, schema);
    fragment.schemas.insert(holder, object(members, &[]));
    fragment.operation(&format!("/elsewhere/{id}"), "get", operation);
    fragment
}

/// An operation whose response has a header of this schema.
fn of_header(schema: Value) -> Fragment {
    let mut operation = operation("header", TAG);
    operation["responses"]["204"]["headers"] =
        json!({"X-Thing": {"description": "A header.", "schema": schema}});
    let mut fragment = Fragment::default();
    fragment.operation("/elsewhere/header", "get", operation);
    fragment
}

/// An operation that answers a status and nothing else.
fn of_no_content(method: &str, status: u16) -> Fragment {
    let id = format!("without content {method} {status}").to_lower_camel_case();
    let path = format!("/elsewhere/{id}");
    let mut operation = operation(&id, TAG);
    operation["responses"] = json!({status.to_string(): {"description": "Done."}});
    let mut fragment = Fragment::default();
    fragment.operation(&path, method, operation);
    let mut exercise = Exercise::new(&id, &path);
    exercise.status = status;
    fragment.exercises.push(exercise.json());
    fragment
}
