//! Lints the `source` of a rule across members: where Atlas states the rule. A rule without a
//! source that can be looked up may not exist in Atlas.
//!
//! Only `cargo xtask upstream` can tell whether a name is published; this rule requires that it is
//! at least an official name recorded in this document.

use serde_json::Value;

use super::{members, operations, text};
use crate::document::child;
use crate::error::Finding;

const KINDS: &[&str] = &["page", "published", "wire"];

/// Lints the source of the rule at `at`. The structure of the rule has been linted already.
pub(super) fn lint(document: &Value, rule: &Value, at: &str, findings: &mut Vec<Finding>) {
    let at = child(at, "source");
    let source = &rule["source"];
    if members(rule, "source").count() != 1 {
        let message = "a rule has one source: `page`, `published` or `wire`";
        let help = "see the table of sources in spec/README.md";
        return findings.push(Finding::new("source", at, message).help(help));
    }
    for kind in KINDS.iter().filter(|kind| source.get(kind).is_some()) {
        let value = text(source, kind);
        let problem = match *kind {
            _ if value.trim().is_empty() => Some("a source that is empty is none".to_owned()),
            "page" => page(value),
            "published" => published(document, value),
            _ => None,
        };
        let help = match *kind {
            "page" => "write `https://`, a host of mongodb.com and the path of the page",
            "published" => {
                "write an `x-atlas-schema`, alone or with `.member`, or an `x-atlas-operation-id` of this document"
            }
            _ => "say in a sentence who refused which request",
        };
        findings.extend(
            problem.map(|message| Finding::new("source", child(&at, kind), message).help(help)),
        );
    }
}

/// Returns what is wrong with the URL of a page of MongoDB's documentation, if anything.
fn page(url: &str) -> Option<String> {
    let (host, path) = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .unwrap_or_default();
    let official = host == "mongodb.com" || host.ends_with(".mongodb.com");
    let plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let valid = official && plain && !path.is_empty() && !path.contains(char::is_whitespace);
    (!valid).then(|| format!("`{url}` is no page of MongoDB's documentation"))
}

/// Returns what is wrong with an official name, if anything: it must be a schema, a member of a
/// schema (`Name.member`) or an operation.
fn published(document: &Value, source: &str) -> Option<String> {
    let (name, member) = source
        .split_once('.')
        .map_or((source, None), |(name, member)| (name, Some(member)));
    let mut schemas = members(&document["components"], "schemas")
        .filter(|(_, schema)| has_official_name(schema, name))
        .peekable();
    let is_schema = schemas.peek().is_some();
    let is_operation =
        operations(document).any(|(.., operation)| text(operation, "x-atlas-operation-id") == name);
    match member {
        None if is_schema || is_operation => None,
        Some(member) if schemas.any(|(_, schema)| schema["properties"].get(member).is_some()) => {
            None
        }
        Some(member) if is_schema => Some(format!(
            "no schema that is officially called `{name}` has a member `{member}` here"
        )),
        Some(_) if is_operation => Some(format!("`{name}` is an operation, which has no members")),
        _ => Some(format!(
            "`{name}` is the official name of no schema and of no operation here"
        )),
    }
}

/// Whether `name` is one of the official names of a schema.
fn has_official_name(schema: &Value, name: &str) -> bool {
    match &schema["x-atlas-schema"] {
        Value::Array(names) => names.iter().any(|official| official == name),
        official => official == name,
    }
}
