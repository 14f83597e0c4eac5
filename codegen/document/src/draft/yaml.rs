//! Writes a document as YAML, in the order and style of `spec/`.

use serde_json::{Map, Value};

use crate::lint::{METHODS, OPERATION};

/// The order of the keywords of all objects but operations and paths. Those that are not listed come
/// last, in alphabetical order.
const KEYWORDS: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "security",
    "tags",
    "paths",
    "components",
    "name",
    "type",
    "x-atlas-schema",
    "format",
    "pattern",
    "x-atlas-pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "nullable",
    "title",
    "version",
    "allOf",
    "deprecated",
    "default",
    "x-atlas-secret",
    "description",
    "url",
    "required",
    "headers",
    "content",
    "x-atlas-sunset",
    "x-atlas-older-versions",
    "schema",
    "examples",
    "summary",
    "value",
];
/// The order of the keywords of a parameter, as for `KEYWORDS`.
const PARAMETER: &[&str] = &["name", "in", "required", "description", "example", "schema"];
/// The keywords below which stand names, in alphabetical order.
const NAMES: &[&str] = &[
    "content",
    "examples",
    "flows",
    "headers",
    "parameters",
    "paths",
    "properties",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
];
/// The keywords below which stands data.
const DATA: &[&str] = &["default", "example", "value"];
/// What the keys of a mapping are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Keywords,
    Names,
    Data,
}

/// Returns a document as YAML, in the order and style of `spec/`.
pub fn text(document: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(map) = document {
        mapping(&mut text, map, Keys::Keywords, 0);
    }
    text
}

/// Returns one entry of a mapping of names (a path, a component) as YAML. If it is an object schema,
/// its members are in the given order.
pub(crate) fn entry(name: &str, value: &Value, members: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut rest = value.clone();
    let properties = match rest.as_object_mut() {
        Some(keywords) if !members.is_empty() => keywords.remove("properties"),
        _ => None,
    };
    let alone: Map<String, Value> = [(name.to_owned(), rest)].into_iter().collect();
    mapping(&mut text, &alone, Keys::Names, indent);
    if let Some(Value::Object(properties)) = properties {
        text.push_str(&format!("{:indent$}  properties:\n", ""));
        for (name, member) in members.iter().filter_map(|it| properties.get_key_value(it)) {
            text.push_str(&entry(name, member, &[], indent + 4));
        }
    }
    text
}

/// Returns one keyword of an object, with names below it, as YAML.
pub(crate) fn section(name: &str, value: &Value, indent: usize) -> String {
    let mut text = String::new();
    let alone: Map<String, Value> = [(name.to_owned(), value.clone())].into_iter().collect();
    mapping(&mut text, &alone, Keys::Keywords, indent);
    text
}

/// Returns one item of a list of objects as YAML.
pub(crate) fn item(object: &Map<String, Value>, indent: usize) -> String {
    let mut text = format!("{:indent$}- ", "");
    mapping(&mut text, object, Keys::Keywords, indent + 2);
    text
}

fn mapping(text: &mut String, map: &Map<String, Value>, keys: Keys, indent: usize) {
    let entries = match keys {
        Keys::Keywords => sorted(map),
        Keys::Names | Keys::Data => map.iter().collect(),
    };
    for (index, (key, value)) in entries.into_iter().enumerate() {
        // The first key of an item stands behind its dash.
        if index > 0 || !text.ends_with("- ") {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str(&scalar(key));
        text.push(':');
        let inner = match keys {
            Keys::Data => Keys::Data,
            Keys::Names => Keys::Keywords,
            Keys::Keywords if DATA.contains(&key.as_str()) => Keys::Data,
            Keys::Keywords if NAMES.contains(&key.as_str()) => Keys::Names,
            Keys::Keywords => Keys::Keywords,
        };
        let is_inline = keys == Keys::Keywords && is_inline(key, value);
        node(text, value, inner, is_inline, indent);
    }
}

/// Writes the value after a key or a dash, and the end of its line.
fn node(text: &mut String, value: &Value, keys: Keys, is_inline: bool, indent: usize) {
    match value {
        // A value that is still to be written: an empty place, which lint points at.
        Value::Null => text.push('\n'),
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            mapping(text, map, keys, indent + 2);
        }
        Value::Array(items) if !items.is_empty() && !is_inline => {
            text.push('\n');
            // The items of a list of parameters are no names.
            let keys = if keys == Keys::Data {
                keys
            } else {
                Keys::Keywords
            };
            for item in items {
                text.extend(std::iter::repeat_n(' ', indent + 2));
                text.push_str("- ");
                match item {
                    Value::Object(map) if !map.is_empty() => mapping(text, map, keys, indent + 4),
                    item => {
                        text.push_str(&flow(item));
                        text.push('\n');
                    }
                }
            }
        }
        value => {
            text.push(' ');
            text.push_str(&flow(value));
            text.push('\n');
        }
    }
}

/// Whether a value is a list that is written in one line: a reference, or what has place there.
fn is_inline(key: &str, value: &Value) -> bool {
    let Value::Array(items) = value else {
        return false;
    };
    let has_place = || items.iter().map(|item| flow(item).len() + 2).sum::<usize>() < 80;
    match key {
        "allOf" => true,
        "x-atlas-older-versions" => has_place(),
        "enum" | "required" | "tags" | "x-atlas-roles" => {
            items.iter().all(Value::is_string) && has_place()
        }
        _ => false,
    }
}

/// Returns a value in one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", scalar(key), flow(value));
            let entries: Vec<_> = sorted(map).into_iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns the keywords of an object in the order in which they stand.
fn sorted(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let order = if map.contains_key("operationId") {
        OPERATION
    } else if METHODS.iter().any(|method| map.contains_key(*method)) {
        METHODS
    } else if map.contains_key("in") {
        PARAMETER
    } else {
        KEYWORDS
    };
    let rank = |key: &str| order.iter().position(|known| *known == key);
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| rank(key).unwrap_or(order.len()));
    entries
}

/// Returns text as YAML: with quotes, unless every reader takes it for text without them.
fn scalar(text: &str) -> String {
    const WORDS: &[&str] = &["false", "n", "no", "null", "off", "on", "true", "y", "yes"];
    let first = |c: char| c.is_ascii_alphabetic() || "/_$".contains(c);
    let plain = |c: char| c.is_ascii_alphanumeric() || " /_-.{}$+'()=".contains(c);
    let is_plain = text.starts_with(first)
        && !text.ends_with(' ')
        // A colon is only a separator before a space, and braces are none behind a slash.
        && text.chars().all(|c| plain(c) || c == ':')
        && !text.contains(": ")
        && !text.ends_with(':')
        && (text.starts_with('/') || !text.contains(['{', '}']))
        && !WORDS.contains(&text.to_lowercase().as_str());
    if is_plain {
        text.to_owned()
    } else if text.contains(char::is_control) || text.contains('\'') {
        Value::from(text).to_string()
    } else if text.contains(['#', '\\', '"']) {
        format!("'{text}'")
    } else {
        format!("\"{text}\"")
    }
}
