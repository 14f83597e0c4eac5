//! Lints `x-atlas-update-of`: the request must be able to carry what the response contains, because
//! codegen generates a conversion from the response to the request.

use serde_json::Value;

use super::reach::Reach;
use super::types::{has_no_type, is_lost, lost};
use super::{described, members, nearest, resolve, text};
use crate::document::child;
use crate::error::Finding;

const KEYWORD: &str = "x-atlas-update-of";

/// The keywords that may differ between the two schemas of a member.
const DIFFER: &[&str] = &[
    "description",
    "default",
    "deprecated",
    "nullable",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "x-atlas-pattern",
    "x-atlas-secret",
    "x-atlas-other-form",
];

pub(super) fn lint(reach: &Reach<'_>, findings: &mut Vec<Finding>) {
    let Reach {
        document,
        requests,
        responses,
        successes,
    } = reach;
    let schemas = &document["components"]["schemas"];
    for (name, update) in members(&document["components"], "schemas") {
        let Some(target) = update.get(KEYWORD).and_then(Value::as_str) else {
            continue;
        };
        // `positions` reports an update that no request contains, and `types` what is no object.
        if !requests.contains(name) || is_lost(update, KEYWORD) {
            continue;
        }
        let at = child("/components/schemas", name);
        if responses.contains(name) {
            let message = format!("`{name}` is in a response too, so it is no update of one");
            findings.push(
                Finding::new("update", child(&at, KEYWORD), message)
                    .at_key()
                    .help("give the request a schema of its own"),
            );
            continue;
        }
        if requests.contains(target) {
            let message = format!("`{target}` is sent too, so no member of it is sure to be there");
            findings.push(
                Finding::new("update", child(&at, KEYWORD), message)
                    .help("give the request that has it a schema of its own"),
            );
            continue;
        }
        let Some(response) = schemas
            .get(target)
            .filter(|schema| successes.contains(target) && is_object(schema))
        else {
            let known = successes
                .iter()
                .copied()
                .filter(|known| is_object(&schemas[*known]));
            let message = format!("`{target}` is no schema of a response");
            findings.push(
                Finding::new("update", child(&at, KEYWORD), message)
                    .help(nearest::advice(target, known.collect::<Vec<_>>())),
            );
            continue;
        };
        for (member, schema) in members(update, "properties") {
            let at = child(&child(&at, "properties"), member);
            let problem = problem((update, schema), (response, target), member)
                .or_else(|| invented(document, (update, schema), (response, target), member));
            findings.extend(problem.map(|(message, help)| {
                let finding = Finding::new("update", at, message).at_key().help(help);
                let theirs = child(&format!("/components/schemas/{target}/properties"), member);
                match response["properties"].get(member) {
                    Some(_) => finding.related(theirs, "the member of the response"),
                    None => finding,
                }
            }));
        }
    }
}

/// Returns why the member of the update cannot be filled from the response, if it cannot.
fn problem(
    (update, schema): (&Value, &Value),
    (response, target): (&Value, &str),
    member: &str,
) -> Option<(String, &'static str)> {
    let requires = |schema: &Value| requires(schema, member);
    let Some(read) = response["properties"].get(member) else {
        return requires(update).then(|| {
            (
                format!("`{member}` is required here, and `{target}` lacks it"),
                "make it optional here: an update that is made from a response cannot have it",
            )
        });
    };
    // Other rules report a member that is wrong itself.
    let is_faulty = |schema: &Value| has_no_type(schema) || lost(schema).next().is_some();
    if is_faulty(schema) || is_faulty(read) {
        return None;
    }
    if shape(schema) != shape(read) {
        return Some((
            format!("`{member}` is not the same in `{target}`"),
            "give both the same type, format and `$ref`, or leave it out here",
        ));
    }
    if read["x-atlas-secret"] == true && schema["x-atlas-secret"] != true {
        return Some((
            format!("`{member}` is secret in `{target}`, and an update carries it"),
            "add `x-atlas-secret: true` here, or leave it out",
        ));
    }
    let is_list = text(schema, "type") == "array";
    (requires(response) && !requires(update) && !is_list).then(|| {
        (
            format!("`{member}` is optional here, and required in `{target}`"),
            "require it in both or in none",
        )
    })
}

/// Returns why the update would say what the response did not, if it would: the member must be sent,
/// and its value is not known to be missing. Only a text is refused if it is empty.
fn invented(
    document: &Value,
    (update, schema): (&Value, &Value),
    (response, target): (&Value, &str),
    member: &str,
) -> Option<(String, &'static str)> {
    let resolved = resolve(document, described(schema));
    let is_text = text(resolved, "type") == "string"
        && text(resolved, "format") != "date-time"
        && resolved.get("enum").is_none();
    let is_known = response["properties"].get(member).is_some();
    let would_be = is_known && !is_text && requires(update, member) && !requires(response, member);
    would_be.then(|| {
        (
            format!("`{member}` is required here, and optional in `{target}`"),
            "require it in both or in none: without it in the response, an update would make up its value",
        )
    })
}

/// Whether the schema is an object, or was probably meant to be one.
fn is_object(schema: &Value) -> bool {
    text(schema, "type") == "object" || has_no_type(schema)
}

fn requires(schema: &Value, member: &str) -> bool {
    let mut required = schema["required"].as_array().into_iter().flatten();
    required.any(|name| name == member)
}

/// Returns what decides the type of a member.
fn shape(schema: &Value) -> Value {
    let mut shape = described(schema).clone();
    if let Some(object) = shape.as_object_mut() {
        object.retain(|keyword, _| !DIFFER.contains(&keyword.as_str()));
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = object.get(keyword).cloned() {
                object.insert(keyword.to_owned(), self::shape(&inner));
            }
        }
        // All integers are 64 bits wide, and all texts but date-times are plain.
        let format = object.get("format").and_then(Value::as_str);
        if format != Some("date-time") {
            object.remove("format");
        }
    }
    shape
}
