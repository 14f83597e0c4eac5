//! The parts of a document that is checked already. What is not there counts as empty.

use serde_json::Value;

use crate::document::child;

/// Returns the text under `key`, or an empty one.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the items of the list under `key`.
pub fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Returns the members of the object under `key`.
pub fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.get(key).and_then(Value::as_object);
    let members = object.into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

/// Returns the operations of a document as (pointer, method, path, value).
pub fn operations(document: &Value) -> impl Iterator<Item = (String, &str, &str, &Value)> {
    members(document, "paths").flat_map(|(path, item)| {
        let at = child("/paths", path);
        let operations = item.as_object().into_iter().flatten();
        operations
            .map(move |(method, operation)| (child(&at, method), method.as_str(), path, operation))
    })
}

/// Follows a `$ref`. Returns a value without `$ref` unchanged.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = text(value, "$ref").strip_prefix("#/components/");
    let target = target.and_then(|target| target.split_once('/'));
    let target = target.and_then(|(section, name)| document["components"][section].get(name));
    target.unwrap_or(value)
}

/// Returns a scalar as text: texts without quotes.
pub fn shown(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}
