//! Empties the places of an imported operation that only a person can fill in: prose, and the values
//! of examples. Lint points at each of them until it is filled in.

use serde_json::{Map, Value, json};

/// More objects within each other than any example has, unless they contain themselves.
const MAX_DEPTH: usize = 8;

/// Empties the places of an operation. `schemas` has all schemas that it refers to.
pub(super) fn operation(operation: &mut Value, schemas: &Map<String, Value>) {
    operation["description"] = "".into();
    operation["externalDocs"]["description"] = "".into();
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        if parameter.get("$ref").is_none() {
            self::parameter(parameter);
        }
    }
    if let Some(body) = operation.get_mut("requestBody") {
        body["description"] = "".into();
        examples(body, "request", schemas);
    }
    let responses = operation["responses"].as_object_mut();
    for (_, response) in responses.into_iter().flatten() {
        examples(response, "answer", schemas);
    }
}

/// Empties the places of a component of this section.
pub(super) fn component(section: &str, component: &mut Value, schemas: &Map<String, Value>) {
    match section {
        "parameters" => parameter(component),
        "responses" => examples(component, "answer", schemas),
        _ => {}
    }
}

fn parameter(parameter: &mut Value) {
    if parameter["in"] == "path" || parameter["required"] == true {
        parameter["example"] = Value::Null;
    }
}

/// Gives every body one example, with all members and no values.
fn examples(holder: &mut Value, name: &str, schemas: &Map<String, Value>) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    for (_, media) in content.into_iter().flatten() {
        if let Some(schema) = media.get("schema") {
            let value = value(schema, schemas, 0);
            media["examples"] = json!({name: {"summary": "", "value": value}});
        }
    }
}

/// Returns a value of a schema that is still to be filled in: its members, each without a value.
fn value(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    let schema = schema.get("allOf").map_or(schema, |parts| &parts[0]);
    let target = schema.get("$ref").and_then(Value::as_str);
    let schema = match target.and_then(|target| target.rsplit('/').next()) {
        Some(name) => schemas.get(name).unwrap_or(&Value::Null),
        None => schema,
    };
    match schema.get("properties").and_then(Value::as_object) {
        Some(members) if depth < MAX_DEPTH => members
            .iter()
            .map(|(name, member)| (name.clone(), value(member, schemas, depth + 1)))
            .collect(),
        _ => list(schema, schemas, depth).unwrap_or_default(),
    }
}

/// Returns a list with one item, if its items are objects.
fn list(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Option<Value> {
    let items = schema.get("items").filter(|_| depth < MAX_DEPTH)?;
    let item = value(items, schemas, depth + 1);
    item.is_object().then(|| json!([item]))
}
