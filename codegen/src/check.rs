//! check: rules over a document. Each finding has a rule name and a place.

mod examples;
mod grammar;
mod media_types;
mod operations;
mod paths;
mod refs;
mod schemas;

use serde_json::Value;

pub(crate) use media_types::is_date;

use crate::document::Loaded;
use crate::error::{Error, Finding};

type Rule = fn(&Value, &mut Vec<Finding>);

/// In this order: a document whose shape is wrong is not read further, since every later rule would only repeat it.
const SHAPE: &[Rule] = &[grammar::check, refs::check];
const MEANING: &[Rule] = &[operations::check, paths::check, media_types::check, schemas::check, examples::check];

pub(crate) fn check(loaded: &Loaded<'_>) -> Result<(), Error> {
    for stage in [SHAPE, MEANING] {
        let mut findings = Vec::new();
        for rule in stage {
            rule(&loaded.value, &mut findings);
        }
        if !findings.is_empty() {
            return Err(Error { path: String::new(), findings }.locate(loaded));
        }
    }
    Ok(())
}

/// The operations of a document: pointer, method, path, value.
fn operations(document: &Value) -> impl Iterator<Item = (String, &str, &str, &Value)> {
    members(document, "paths").flat_map(|(path, item)| {
        let at = crate::document::child("/paths", path);
        item.as_object()
            .into_iter()
            .flatten()
            .map(move |(method, operation)| (crate::document::child(&at, method), method.as_str(), path, operation))
    })
}

/// The members of the object under `key`.
fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Follows `$ref` (which `refs` has proved to lead somewhere); a value without one is itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|target| document.pointer(target.strip_prefix('#')?)) {
        Some(target) => target,
        None => value,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
