//! No request may match two path templates, and a template must agree with its parameters.
//!
//! `/a/{x}` and `/a/{y}` are the same path. `/{x}/b` and `/a/{y}` both match `/a/b` and neither is
//! more specific. A literal beside a parameter (`/a/b` and `/a/{x}`) is allowed, because the
//! literal takes precedence. So does a custom method after a parameter (`/{x}:pin` and `/{x}`), whose
//! colon the client escapes in values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::types::has_no_type;
use super::{described, members, nearest, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;
use crate::route::parameter;

/// The places where a parameter can stand.
const PLACES: [&str; 2] = ["path", "query"];

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
    for (path, ..) in paths
        .iter()
        .filter(|(.., item)| item.as_object().is_some_and(|it| it.is_empty()))
    {
        let message = format!("`{path}` has no operations");
        findings.push(
            Finding::new("path", child("/paths", path), message)
                .at_key()
                .help("write its operations, or remove it"),
        );
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
            None if segment.matches('{').count() != segment.matches('}').count() => {
                report(
                    format!("`{segment}` has a brace without the other"),
                    "write one name in braces, as `{groupId}`, without `/`",
                );
                return;
            }
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
        // `types` reports a list without `items`.
        "array" => {
            query
                && schema.get("items").is_none_or(|items| {
                    text(resolve(document, items), "type") != "array"
                        && is_plain(document, items, true)
                })
        }
        _ => has_no_type(schema),
    }
}

/// Returns the parameter of the template that a declared one was probably meant to be: the one with
/// the nearest name, or the only one.
fn counterpart<'a>(name: &str, undeclared: &BTreeSet<&'a str>) -> Option<&'a str> {
    let only = undeclared.first().filter(|_| undeclared.len() == 1);
    nearest::nearest(name, undeclared.iter().copied()).or(only.copied())
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
    let mut undeclared = in_template.clone();
    for parameter in parameters_of(document, operation) {
        undeclared.remove(text(parameter, "name"));
    }
    let mut declared = BTreeSet::new();
    for (index, entry) in items(operation, "parameters").enumerate() {
        let here = child(&child(pointer, "parameters"), &index.to_string());
        // What is wrong with a shared parameter itself is reported once, where it is defined.
        let at = text(entry, "$ref").strip_prefix('#').unwrap_or(&here);
        let parameter = resolve(document, entry);
        let name = text(parameter, "name");
        let is_path = text(parameter, "in") == "path";
        // `template` reports the fault of the path.
        if is_path && !is_faulty && !in_template.contains(name) {
            let meant = counterpart(name, &undeclared);
            undeclared.retain(|name| meant != Some(*name));
            findings.push(not_in_path(name, path, meant, &here));
        } else if !(is_path && is_faulty) {
            findings.extend(place(parameter, in_template.contains(name), at));
        }
        findings.extend(value(document, parameter, at));
        if !declared.insert(name) {
            let message = format!("parameter `{name}` stands twice");
            findings.push(Finding::new("parameter", here, message).help("remove one of them"));
        }
    }
    for name in undeclared.iter().filter(|_| !is_faulty) {
        let message = format!("`{{{name}}}` of the path is not declared");
        findings.push(
            Finding::new("parameter", child(pointer, "parameters"), message).help(format!(
                "add a parameter with `name: {name}` and `in: path` to `parameters`"
            )),
        );
    }
}

/// `meant` is the parameter of the path that it was probably meant to be.
fn not_in_path(name: &str, path: &str, meant: Option<&str>, here: &str) -> Finding {
    let message = format!("path parameter `{name}` is not in `{path}`");
    let help = match meant {
        Some(meant) => format!(
            "write `{{{name}}}` for `{{{meant}}}` in the path, or call the parameter `{meant}`"
        ),
        None => format!("remove it, or write `{{{name}}}` in the path"),
    };
    Finding::new("parameter", here, message).help(help)
}

/// A parameter stands in the path or in the query.
fn place(parameter: &Value, is_in_template: bool, at: &str) -> Option<Finding> {
    let (name, place) = (text(parameter, "name"), text(parameter, "in"));
    let (keyword, message, help) = match place {
        "path" if parameter["required"] == true => return None,
        "path" => (
            "required",
            format!("path parameter `{name}` must be `required: true`"),
            "add `required: true`".to_owned(),
        ),
        "query" if !is_in_template => return None,
        _ => (
            "in",
            format!("parameter `{name}` is in `{place}`"),
            match nearest::nearest(place, PLACES) {
                _ if is_in_template => {
                    "write `in: path`: the path has a parameter of this name".to_owned()
                }
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "only `path` and `query` are supported: leave it out".to_owned(),
            },
        ),
    };
    Some(Finding::new("parameter", child(at, keyword), message).help(help))
}

/// A parameter must be one that can be written into a URL.
fn value(document: &Value, parameter: &Value, at: &str) -> Option<Finding> {
    let (name, place) = (text(parameter, "name"), text(parameter, "in"));
    // `place` reports a parameter in any other place.
    if !PLACES.contains(&place) || is_plain(document, &parameter["schema"], place == "query") {
        return None;
    }
    let message = format!("parameter `{name}` cannot be written into a URL");
    let help =
        "a path takes text and integers; a query also numbers, true and false, and lists of these";
    Some(Finding::new("parameter", child(at, "schema"), message).help(help))
}
