//! Everything in `components` and every tag must be in use: codegen generates nothing for the rest,
//! so what it says would be lost.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{operations, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let used = used(document);
    let sections = document.get("components").and_then(Value::as_object);
    for (section, entries) in sections.into_iter().flatten() {
        for (name, _) in entries.as_object().into_iter().flatten() {
            let at = child(&child("/components", section), name);
            let (is_used, what) = match section.as_str() {
                "securitySchemes" => (is_required(document, name), "no security requirement"),
                _ => (used.contains(&format!("#{at}")), "no operation"),
            };
            if !is_used {
                let message = format!("{what} uses `{name}`");
                findings.push(
                    Finding::new("unused", at, message)
                        .at_key()
                        .help("remove it, or refer to it where it belongs"),
                );
            }
        }
    }
    let used_tags: BTreeSet<&str> = operations(document)
        .filter_map(|(.., operation)| operation.get("tags")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let tags = document.get("tags").and_then(Value::as_array);
    for (index, tag) in tags.into_iter().flatten().enumerate() {
        if !used_tags.contains(text(tag, "name")) {
            let at = child(&child("/tags", &index.to_string()), "name");
            let message = format!("no operation has the tag {}", tag["name"]);
            findings.push(
                Finding::new("unused", at, message)
                    .help("remove it, or write it under `tags` of an operation"),
            );
        }
    }
}

fn is_required(document: &Value, scheme: &str) -> bool {
    let requirements = document.get("security").and_then(Value::as_array);
    requirements
        .into_iter()
        .flatten()
        .any(|requirement| requirement.get(scheme).is_some())
}

/// Returns the references that operations contain, and those in what these refer to.
pub(crate) fn used(document: &Value) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut open: Vec<&Value> = document.get("paths").into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some(target) = object.get("$ref").and_then(Value::as_str)
                    && used.insert(target.to_owned())
                {
                    open.extend(target.strip_prefix('#').and_then(|at| document.pointer(at)));
                }
                // An example is data, and refers to nothing.
                let inner = object
                    .iter()
                    .filter(|(name, value)| !name.ends_with("examples") || !is_examples(value));
                open.extend(inner.map(|(_, value)| value));
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    used
}

/// Whether this is the keyword `examples`, and not a member of that name.
fn is_examples(value: &Value) -> bool {
    let mut examples = value.as_object().into_iter().flatten();
    examples.all(|(_, example)| example.get("value").is_some())
}
