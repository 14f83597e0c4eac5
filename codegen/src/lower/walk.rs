//! Reads and visits parts of a document, for all passes. What is not there counts as empty: the lint
//! has refused everything else that a pass cannot handle.

use serde_json::Value;

/// The text under a key, or an empty one.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The items of the list under a key.
pub(super) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// The texts of the list under a key.
pub(super) fn texts(value: &Value, key: &str) -> Vec<String> {
    let texts = items(value, key).filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// A scalar as it is shown: texts without quotes.
pub(super) fn shown(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

/// The entries of the mapping under a key.
pub(super) fn entries<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let mapping = value.get(key).and_then(Value::as_object);
    mapping.into_iter().flatten()
}

pub(super) fn entries_mut<'a>(
    value: &'a mut Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    let mapping = value.get_mut(key).and_then(Value::as_object_mut);
    mapping.into_iter().flatten()
}

/// Removes the value under a key and returns it.
pub(super) fn take(value: &mut Value, key: &str) -> Option<Value> {
    value.as_object_mut()?.remove(key)
}

/// Every operation with its method (lower case) and path.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    entries(document, "paths").flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

/// Every operation.
pub(super) fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = entries_mut(document, "paths").filter_map(|(_, item)| item.as_object_mut());
    paths.flat_map(|item| item.values_mut())
}

/// The parameters of an operation; a `$ref` stands for the component that it names.
pub(super) fn parameters<'a>(
    document: &'a Value,
    operation: &'a Value,
) -> impl Iterator<Item = &'a Value> {
    items(operation, "parameters").filter_map(|parameter| match text(parameter, "$ref") {
        "" => Some(parameter),
        target => document.pointer(target.strip_prefix('#')?),
    })
}

/// The shared schemas by name.
pub(super) fn shared_mut(document: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    let components = document.get_mut("components").into_iter();
    components.flat_map(|components| entries_mut(components, "schemas"))
}

/// Visits every schema of the document, outer schemas before inner ones. `$ref`s are not followed.
pub(super) fn schemas(document: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    shared_mut(document).for_each(|(_, shared)| schema(shared, visit));
    for section in ["parameters", "responses"] {
        let components = document.get_mut("components").into_iter();
        components
            .flat_map(|components| entries_mut(components, section))
            .for_each(|(_, component)| schemas_in(component, visit));
    }
    operations_mut(document).for_each(|operation| schemas_in(operation, visit));
}

/// Visits the schemas of the parameters and bodies in a part of a document.
fn schemas_in(part: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match part {
        Value::Array(items) => items.iter_mut().for_each(|item| schemas_in(item, visit)),
        Value::Object(entries) => entries.iter_mut().for_each(|(key, value)| match &**key {
            "schema" => schema(value, visit),
            // Their values can look like anything.
            "example" | "examples" | "x-atlas-other-form-examples" => {}
            _ => schemas_in(value, visit),
        }),
        _ => {}
    }
}

/// Visits a schema and all schemas inside it.
fn schema(one: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    visit(one);
    entries_mut(one, "properties").for_each(|(_, property)| schema(property, visit));
    for inner in ["additionalProperties", "items"] {
        one.get_mut(inner)
            .into_iter()
            .for_each(|inner| schema(inner, visit));
    }
}
