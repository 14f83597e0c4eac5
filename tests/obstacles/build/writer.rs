//! Writes a document as JSON, which is YAML too, with the keys in the order that the lint rules
//! prescribe: those of an operation in an order of their own, all others alphabetically.

use serde_json::Value;

const OPERATION: &[&str] = &[
    "operationId",
    "x-atlas-operation-id",
    "tags",
    "summary",
    "description",
    "externalDocs",
    "deprecated",
    "x-atlas-deprecation",
    "x-atlas-roles",
    "x-atlas-effect",
    "parameters",
    "requestBody",
    "responses",
];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// Returns the text of a document.
pub fn text(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let indent = |depth: usize| format!("\n{}", "  ".repeat(depth));
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| (rank(name), *name));
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                text.push_str(&indent(depth + 1));
                text.push_str(&format!("{}: ", Value::from(name.as_str())));
                write(value, depth + 1, text);
            }
            text.push_str(&indent(depth));
            text.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (index, value) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                text.push_str(&indent(depth + 1));
                write(value, depth + 1, text);
            }
            text.push_str(&indent(depth));
            text.push(']');
        }
        _ => text.push_str(&value.to_string()),
    }
}

/// The rank of a key. Only the objects with a prescribed order have several keys of these.
fn rank(key: &str) -> Option<usize> {
    let of = |keys: &[&str]| keys.iter().position(|known| *known == key);
    of(OPERATION).or_else(|| of(METHODS))
}
