//! Official names become `#[doc(alias)]`, and a name with other characters than letters, digits,
//! `_`, `-` and `.` cannot be one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{members, operations, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    twice(document, findings);
    let mut name = |value: &Value, at: String| {
        let name = value.as_str().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            let message = format!("`{name}` is no official name");
            findings.push(
                Finding::new("official-name", at, message)
                    .help("copy the name from the published document; it has letters, digits, `_`, `-` and `.`"),
            );
        }
    };
    for (pointer, _, _, operation) in operations(document) {
        name(
            &operation["x-atlas-operation-id"],
            child(&pointer, "x-atlas-operation-id"),
        );
    }
    for (schema, value) in members(&document["components"], "schemas") {
        let at = child(&child("/components/schemas", schema), "x-atlas-schema");
        match value.get("x-atlas-schema") {
            Some(Value::Array(names)) => {
                for (index, value) in names.iter().enumerate() {
                    name(value, child(&at, &index.to_string()));
                }
            }
            Some(value) => name(value, at),
            None => {}
        }
    }
}

/// One operation of Atlas is one operation here: a second would hide which of them is compared with
/// the published document.
fn twice(document: &Value, findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    for (pointer, _, _, operation) in operations(document) {
        let name = text(operation, "x-atlas-operation-id");
        let at = child(&pointer, "x-atlas-operation-id");
        if let Some(first) = known.get(name) {
            let message = format!("the official name `{name}` stands twice");
            findings.push(
                Finding::new("official-name", at, message)
                    .related(first, "first here")
                    .help("look each up in the published document: every operation has its own"),
            );
        } else {
            known.insert(name, at);
        }
    }
}
