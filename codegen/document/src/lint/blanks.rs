//! No place for prose may be empty, and no value of an example. `cargo xtask import` leaves all these
//! places empty, so that this rule asks for each of them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Loaded, child};
use crate::error::Finding;

const RULE: &str = "blank";
/// The keywords whose value is prose.
const PROSE: &[&str] = &["description", "note", "summary", "title"];
/// The keywords below which stands data, which may be an empty text.
const DATA: &[&str] = &["default", "enum", "example", "value"];

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let before = findings.len();
    for section in ["info", "tags", "paths"] {
        prose(&loaded.value[section], &child("", section), findings);
    }
    // `schemas` lints the descriptions of schemas.
    for section in ["parameters", "responses", "headers"] {
        let at = child("/components", section);
        prose(&loaded.value["components"][section], &at, findings);
    }
    // `prose` and `schemas` report the prose that is not there.
    let prose: BTreeSet<_> = findings[before..]
        .iter()
        .map(|it| it.pointer.clone())
        .collect();
    let is_description = |pointer: &str| {
        pointer.starts_with("/components/schemas/") && pointer.ends_with("/description")
    };
    let is_reported = |pointer: &str| prose.contains(pointer) || is_description(pointer);
    for pointer in loaded.empty.iter().filter(|pointer| !is_reported(pointer)) {
        findings.push(
            Finding::new(RULE, pointer, "there is no value here")
                .at_key()
                .help("write a value that Atlas sends or takes, `null` if it is null, or remove the key"),
        );
    }
}

/// Reports the empty prose in a value.
fn prose(value: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object
                .iter()
                .filter(|(name, _)| !DATA.contains(&name.as_str()))
            {
                let at = child(pointer, name);
                let text = value.as_str().filter(|_| PROSE.contains(&name.as_str()));
                match text {
                    Some(text) if text.trim().is_empty() => findings.push(empty(name, at)),
                    _ => prose(value, &at, findings),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                prose(item, &child(pointer, &index.to_string()), findings);
            }
        }
        _ => {}
    }
}

fn empty(keyword: &str, pointer: String) -> Finding {
    Finding::new(RULE, pointer, format!("`{keyword}` is empty"))
        .at_key()
        .help("write a short sentence of our own")
}
