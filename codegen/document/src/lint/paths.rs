//! No request may match two path templates, and a template must agree with its parameters.
//!
//! `/a/{x}` and `/a/{y}` are the same path. `/{x}/b` and `/a/{y}` both match `/a/b` and neither is
//! more specific. A literal beside a parameter (`/a/b` and `/a/{x}`) is allowed, because the
//! literal takes precedence. So does a custom method after a parameter (`/{x}:pin` and `/{x}`), whose
//! colon the client escapes in values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{described, members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::route::parameter;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let paths: Vec<_> = members(document, "paths")
        .map(|(path, item)| (path, path.split('/').collect::<Vec<_>>(), item))
        .collect();
    for (index, (path, segments, item)) in paths.iter().enumerate() {
        for (other, other_segments, other_item) in &paths[..index] {
            if ambiguous(document, (segments, item), (other_segments, other_item)) {
                let message = format!("`{path}` and `{other}` match the same request");
                findings.push(
                    Finding::new("ambiguous-path", child("/paths", path), message)
                        .related(child("/paths", other), "the other one")
                        .help("put the operations of one path below one key; if Atlas really has both, the values of the parameter must differ from the literal"),
                );
            }
        }
    }
    let before = findings.len();
    for (path, ..) in &paths {
        template(path, findings);
    }
    let faulty: BTreeSet<String> = findings[before..]
        .iter()
        .map(|finding| finding.pointer.clone())
        .collect();
    for (pointer, _, path, operation) in operations(document) {
        let is_faulty = faulty.contains(&child("/paths", path));
        parameters(document, &pointer, path, is_faulty, operation, findings);
    }
}

/// A template consists of `/` and segments; each segment is a literal that needs no escaping, or
/// one whole `{parameter}`.
fn template(path: &str, findings: &mut Vec<Finding>) {
    let mut report = |message: String, help: &str| {
        findings.push(Finding::new("path", child("/paths", path), message).help(help))
    };
    let Some(segments) = path.strip_prefix('/') else {
        report(
            format!("`{path}` does not begin with `/`"),
            "write the whole path, as `/api/atlas/v2/…`",
        );
        return;
    };
    let mut names = BTreeSet::new();
    for segment in segments.split('/') {
        match parameter(segment) {
            Some((name, _)) if name.is_empty() || name.contains('{') => report(
                format!("`{segment}` names no parameter"),
                "write one name in braces, as `{groupId}`",
            ),
            Some((_, literal)) if !is_custom_method(literal) => report(
                format!("`{segment}`: a parameter must be a whole segment"),
                "only a custom method may stand after it, as in `{clusterName}:pin`: leave the operation out",
            ),
            Some((name, _)) if !names.insert(name) => report(
                format!("parameter `{name}` stands twice in `{path}`"),
                "give each its own name",
            ),
            Some(_) => {}
            None if segment.contains(['{', '}']) => report(
                format!("`{segment}`: a parameter must be a whole segment"),
                "the client cannot write text before a parameter: leave the operation out",
            ),
            None if segment.is_empty() => report(
                format!("`{path}` has an empty segment"),
                "remove the second `/`, or the one at the end",
            ),
            None if segment == "." || segment == ".." => report(
                format!("`{path}` has the segment `{segment}`"),
                "write the path that a server sees, without `.` and `..`",
            ),
            None => {
                let strange = segment
                    .chars()
                    .find(|c| !c.is_ascii_alphanumeric() && !"-._~:".contains(*c));
                if let Some(strange) = strange {
                    report(
                        format!("`{strange}` cannot stand in a path, as it does in `{segment}`"),
                        "a segment has letters, digits and `-._~:`",
                    );
                }
            }
        }
    }
}

/// Whether the literal after a parameter is empty or names a custom method: `:pin`.
fn is_custom_method(literal: &str) -> bool {
    let name = literal.strip_prefix(':');
    literal.is_empty()
        || name
            .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether two paths, each with its segments and its operations, match the same request.
fn ambiguous(document: &Value, one: (&[&str], &Value), other: (&[&str], &Value)) -> bool {
    let (left, right) = (one.0, other.0);
    if left.len() != right.len() {
        return false;
    }
    let (mut left_wins, mut right_wins) = (false, false);
    for (a, b) in left.iter().zip(right) {
        match (parameter(a), parameter(b)) {
            (None, None) if a != b => return false,
            (Some((_, one)), Some((_, other))) if one != other => return false,
            (Some((name, _)), None) if !admits(document, one.1, name, b) => return false,
            (None, Some((name, _))) if !admits(document, other.1, name, a) => return false,
            (Some(_), None) => right_wins = true,
            (None, Some(_)) => left_wins = true,
            _ => {}
        }
    }
    left_wins == right_wins
}

/// Whether the path parameter can have the value `literal`. It cannot if it is an id, or an enum
/// without that value.
fn admits(document: &Value, item: &Value, name: &str, literal: &str) -> bool {
    let declared = item
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, operation)| parameters_of(document, operation));
    let Some(parameter) = declared
        .into_iter()
        .find(|parameter| text(parameter, "name") == name)
    else {
        return true;
    };
    let schema = resolve(document, parameter.get("schema").unwrap_or(&Value::Null));
    match schema.get("enum").and_then(Value::as_array) {
        Some(values) => values.iter().any(|value| value == literal),
        None => !text(schema, "pattern").contains("{24}"),
    }
}

fn parameters_of<'a>(document: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|parameter| resolve(document, parameter))
}

/// Whether the schema is a string or a number or, in a query, a boolean or a list of these.
fn is_plain(document: &Value, schema: &Value, query: bool) -> bool {
    let schema = resolve(document, described(schema));
    match text(schema, "type") {
        "string" | "integer" => true,
        "boolean" | "number" => query,
        "array" => {
            query
                && schema.get("items").is_some_and(|items| {
                    text(resolve(document, items), "type") != "array"
                        && is_plain(document, items, true)
                })
        }
        _ => false,
    }
}

fn parameters(
    document: &Value,
    pointer: &str,
    path: &str,
    is_faulty: bool,
    operation: &Value,
    findings: &mut Vec<Finding>,
) {
    let in_template = path.split('/').filter_map(parameter);
    let in_template: BTreeSet<&str> = in_template.map(|(name, _)| name).collect();
    let mut declared = BTreeSet::new();
    let entries = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (index, entry) in entries.enumerate() {
        let here = child(&child(pointer, "parameters"), &index.to_string());
        // What is wrong with a shared parameter itself is reported once, where it is defined.
        let at = text(entry, "$ref").strip_prefix('#').unwrap_or(&here);
        let parameter = resolve(document, entry);
        let name = text(parameter, "name");
        let required = parameter
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let problem = match text(parameter, "in") {
            // `template` reports the fault of the path.
            "path" if is_faulty => None,
            "path" if !in_template.contains(name) => Some((
                here.clone(),
                format!("path parameter `{name}` is not in `{path}`"),
                format!("remove it, or write `{{{name}}}` in the path"),
            )),
            "path" if !required => Some((
                child(at, "required"),
                format!("path parameter `{name}` must be `required: true`"),
                "add `required: true`".to_owned(),
            )),
            "path" | "query" => None,
            other => Some((
                child(at, "in"),
                format!("parameter `{name}` is in `{other}`"),
                "only `path` and `query` are supported: leave it out".to_owned(),
            )),
        };
        findings.extend(
            problem.map(|(at, message, help)| Finding::new("parameter", at, message).help(help)),
        );
        if !is_plain(
            document,
            parameter.get("schema").unwrap_or(&Value::Null),
            text(parameter, "in") == "query",
        ) {
            let message = format!("parameter `{name}` cannot be written into a URL");
            let help = "a path takes text and integers; a query also numbers, true and false, and lists of these";
            findings.push(Finding::new("parameter", child(at, "schema"), message).help(help));
        }
        if !declared.insert(name) {
            findings.push(
                Finding::new(
                    "parameter",
                    here,
                    format!("parameter `{name}` stands twice"),
                )
                .help("remove one of them"),
            );
        }
    }
    for name in in_template.difference(&declared).filter(|_| !is_faulty) {
        let message = format!("`{{{name}}}` of the path is not declared");
        findings.push(
            Finding::new("parameter", child(pointer, "parameters"), message).help(format!(
                "add a parameter with `name: {name}` and `in: path` to `parameters`"
            )),
        );
    }
}
