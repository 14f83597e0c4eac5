//! Which operations a finding is about: those that have or use what it points at.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::draft::LeftOut;
use atlas_backup_document::{Error, child};
use serde_json::Value;

/// Returns the operations that have findings, each with its first.
pub fn refusals(document: &Value, error: &Error) -> Vec<LeftOut> {
    let users = users(document);
    let mut refused: BTreeMap<&str, String> = BTreeMap::new();
    for finding in &error.findings {
        // A path has two tokens in its pointer, operations and components have three.
        let tokens: Vec<&str> = finding.pointer.split('/').collect();
        let at = |length: usize| users.get(&tokens[..tokens.len().min(length)].join("/"));
        for operation in at(4).or_else(|| at(3)).into_iter().flatten() {
            let reason = format!("{} [{}]", finding.message, finding.rule);
            refused.entry(operation).or_insert(reason);
        }
    }
    let left_out = |(operation, reason): (&str, String)| LeftOut {
        operation: operation.to_owned(),
        reason,
    };
    refused.into_iter().map(left_out).collect()
}

/// Returns the official ids of the operations that have or use what stands at each pointer.
fn users(document: &Value) -> BTreeMap<String, BTreeSet<&str>> {
    let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["x-atlas-operation-id"]
                .as_str()
                .unwrap_or_default();
            let at = child("/paths", path);
            users.entry(child(&at, method)).or_default().insert(id);
            users.entry(at).or_default().insert(id);
            for target in targets(document, operation) {
                users.entry(target).or_default().insert(id);
            }
        }
    }
    users
}

/// Returns the pointers of all components that a value refers to, directly or through others.
fn targets(document: &Value, value: &Value) -> BTreeSet<String> {
    let mut targets = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                    let target = target.trim_start_matches('#');
                    if targets.insert(target.to_owned()) {
                        open.extend(document.pointer(target));
                    }
                }
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    targets
}
