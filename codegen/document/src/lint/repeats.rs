//! A list of names has each name once: the second would be ignored, and is often a slip for another.

use serde_json::Value;

use super::{members, operations};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    list(document, "security", "", findings);
    for (pointer, .., operation) in operations(document) {
        for keyword in ["tags", "x-atlas-roles", "parameters"] {
            list(operation, keyword, &pointer, findings);
        }
    }
    for (name, schema) in members(&document["components"], "schemas") {
        let at = child("/components/schemas", name);
        for keyword in ["required", "x-atlas-rules", "x-atlas-schema"] {
            list(schema, keyword, &at, findings);
        }
    }
}

/// Reports the items of a list that stand in it already.
fn list(holder: &Value, keyword: &str, pointer: &str, findings: &mut Vec<Finding>) {
    let items = holder.get(keyword).and_then(Value::as_array);
    let items = items.map(Vec::as_slice).unwrap_or_default();
    let at = |index: usize| child(&child(pointer, keyword), &index.to_string());
    for (index, item) in items.iter().enumerate() {
        if let Some(first) = items[..index].iter().position(|other| other == item) {
            let message = format!("this item of `{keyword}` stands twice");
            findings.push(
                Finding::new("repeated", at(index), message)
                    .related(at(first), "first here")
                    .help("remove one of them"),
            );
        }
    }
}
