//! A keyword must have a meaning for the type of its schema, and a format must be one that codegen
//! knows for that type.
//!
//! What is found here is found once: the other rules for schemas say nothing about a keyword that
//! [`is_lost`], and nothing about a schema that [`has_no_type`].

use serde_json::Value;

use super::positions::{keeps_format, position};
use super::{nearest, text};
use crate::document::child;
use crate::error::Finding;

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];

const FORMATS: &[(&str, &[&str])] = &[
    ("string", &["date-time", "uuid", "uri", "email"]),
    ("integer", &["int32", "int64"]),
];

/// What is not lost beside `allOf`.
pub(super) const BESIDE_ALL_OF: &[&str] =
    &["allOf", "description", "default", "deprecated", "nullable"];

/// Returns the types for which a keyword has a meaning; `""` stands for a schema without a type
/// (any JSON).
fn types_of(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "minimum" | "maximum" => &["integer"],
        "pattern" | "x-atlas-pattern" | "enum" | "minLength" | "maxLength" => &["string"],
        "format" => &["string", "integer"],
        "minItems" | "maxItems" | "items" => &["array"],
        "properties"
        | "required"
        | "additionalProperties"
        | "x-atlas-rules"
        | "x-atlas-update-of" => &["object"],
        "x-atlas-secret" => &["string", "array"],
        _ => &[
            "string", "integer", "number", "boolean", "array", "object", "",
        ],
    }
}

/// Whether the keyword says nothing in this schema, wherever the schema stands: because of its type,
/// or because it has an `allOf`.
pub(super) fn is_lost(schema: &Value, keyword: &str) -> bool {
    match schema.get("allOf") {
        Some(_) => !BESIDE_ALL_OF.contains(&keyword),
        None => !types_of(keyword).contains(&text(schema, "type")),
    }
}

/// Whether the type of a schema is not known, although its other keywords say that it has one.
pub(super) fn has_no_type(schema: &Value) -> bool {
    match schema.get("type") {
        Some(_) => !TYPES.contains(&text(schema, "type")),
        None => schema.get("allOf").is_none() && lost(schema).next().is_some(),
    }
}

/// Returns the keywords that say nothing in this schema.
pub(super) fn lost(schema: &Value) -> impl Iterator<Item = &str> {
    let keywords = schema.as_object().into_iter().flatten();
    let keywords = keywords.map(|(keyword, _)| keyword.as_str());
    keywords.filter(|keyword| is_lost(schema, keyword))
}

/// Lints one schema, at any position.
pub(super) fn lint(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    // `all_of` reports every keyword beside `allOf`.
    if schema.get("allOf").is_some() {
        return;
    }
    let kind = text(schema, "type");
    if schema.get("type").is_none() {
        findings.extend(missing(schema, pointer));
    } else if !TYPES.contains(&kind) {
        let message = format!("`{kind}` is no type of OpenAPI 3.0");
        let finding = Finding::new("schema-type", child(pointer, "type"), message);
        findings.push(finding.help(nearest::advice(kind, TYPES.iter().copied())));
    } else {
        findings.extend(lost(schema).map(|keyword| {
            let message = format!("`{keyword}` would be ignored on a schema of type {kind}");
            Finding::new("unknown-keyword", child(pointer, keyword), message)
                .at_key()
                .help(format!(
                    "it is for {}: correct `type`, or leave it out",
                    types_of(keyword).join(" and ")
                ))
        }));
        findings.extend(format(schema, pointer));
    }
    if kind == "array" && schema.get("items").is_none() {
        findings.push(
            Finding::new("missing-keyword", pointer, "an array without `items`")
                .at_key()
                .help("add `items`, the schema of each item"),
        );
    }
}

/// A schema without a type is any JSON value, of which no other keyword says anything.
fn missing(schema: &Value, pointer: &str) -> Option<Finding> {
    let lost: Vec<_> = lost(schema).collect();
    let format = schema.get("format").and_then(Value::as_str);
    let fits = |kind: &&str| {
        let has_format = format.is_none_or(|format| formats(kind).contains(&format));
        has_format && lost.iter().all(|keyword| types_of(keyword).contains(kind))
    };
    let fitting: Vec<_> = TYPES.iter().copied().filter(fits).collect();
    let keywords = lost.join("` and `");
    let help = match fitting.as_slice() {
        [] => "add `type`, and leave out what is for another type".to_owned(),
        kinds => format!(
            "add `type: {}`, or leave `{keywords}` out",
            kinds.join("` or `type: ")
        ),
    };
    let message = format!("without a `type`, `{keywords}` would be ignored");
    let finding = Finding::new("missing-keyword", pointer, message);
    (!lost.is_empty()).then(|| finding.at_key().help(help))
}

/// Returns the formats that a type has.
fn formats(kind: &str) -> &'static [&'static str] {
    let known = FORMATS.iter().find(|(name, _)| *name == kind);
    known.map_or(&[], |(_, formats)| formats)
}

/// A format must be one of its type, and one that means something at its position.
fn format(schema: &Value, pointer: &str) -> Option<Finding> {
    let (kind, position) = (text(schema, "type"), position(pointer));
    let format = schema.get("format").and_then(Value::as_str)?;
    let has_meaning = |format: &&str| keeps_format(schema, format, pointer);
    let known: Vec<_> = formats(kind).iter().copied().filter(has_meaning).collect();
    if known.contains(&format) || is_lost(schema, "format") {
        return None;
    }
    let is_of_type = formats(kind).contains(&format);
    let (rule, message) = match is_of_type || known.is_empty() {
        true => (
            "ignored-keyword",
            format!("format `{format}` of {} would be ignored", position.name()),
        ),
        false => (
            "unknown-keyword",
            format!("format `{format}` would be ignored on a schema of type {kind}"),
        ),
    };
    let leave_out = "leave it out, and say it in the description";
    let help = match nearest::nearest(format, known.iter().copied()) {
        Some(meant) if !is_of_type => format!("did you mean `{meant}`?"),
        _ if rule == "unknown-keyword" => {
            format!("known here: {}; otherwise {leave_out}", known.join(", "))
        }
        _ => leave_out.to_owned(),
    };
    Some(Finding::new(rule, child(pointer, "format"), message).help(help))
}
