//! Lints the bounds, lengths and patterns of requests: the client must validate each of them before
//! it sends the request, because a constraint that nothing validates would be lost silently.
//! Responses are not linted: their constraints are never enforced.

use std::collections::BTreeSet;

use serde_json::Value;

use super::types::is_lost;
use super::{bodies, described, members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::shown;
use crate::schema::{compiled, exact_pattern};
use crate::vocabulary::RUNTIME_PATTERNS;

const KEYWORDS: &[&str] = &[
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
];

/// The position of a schema, which determines which of its constraints the client validates.
#[derive(Clone, Copy)]
enum Position {
    Member,
    OptionalQuery,
    RequiredQuery,
    Path,
    Body,
    Item,
    Value,
    Shared,
}

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let mut open = request_schemas(document);
    while let Some((at, schema, position)) = open.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        if let Some(target) = described(schema).get("$ref").and_then(Value::as_str) {
            open.push((
                target.trim_start_matches('#').to_owned(),
                resolve(document, described(schema)),
                Position::Shared,
            ));
            continue;
        }
        lint_schema(schema, &at, position, findings);
        let properties = child(&at, "properties");
        open.extend(
            members(schema, "properties")
                .map(|(name, member)| (child(&properties, name), member, Position::Member)),
        );
        for (keyword, position) in [
            ("items", Position::Item),
            ("additionalProperties", Position::Value),
        ] {
            open.extend(
                schema
                    .get(keyword)
                    .map(|inner| (child(&at, keyword), inner, position)),
            );
        }
    }
}

/// Returns the schemas of all parameters and request bodies, with their pointers.
fn request_schemas(document: &Value) -> Vec<(String, &Value, Position)> {
    let mut schemas = Vec::new();
    let mut add =
        |at: &str, schema, position| schemas.push((child(at, "schema"), schema, position));
    for (pointer, _, _, operation) in operations(document) {
        let parameters = operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for (index, parameter) in parameters.enumerate() {
            let inline = child(&child(&pointer, "parameters"), &index.to_string());
            let at = text(parameter, "$ref").strip_prefix('#').unwrap_or(&inline);
            let parameter = resolve(document, parameter);
            let position = match (text(parameter, "in"), parameter.get("required")) {
                ("query", Some(Value::Bool(true))) => Position::RequiredQuery,
                ("query", _) => Position::OptionalQuery,
                ("path", _) => Position::Path,
                // `paths` reports a parameter in any other place.
                _ => continue,
            };
            add(at, &parameter["schema"], position);
        }
        let content = child(&child(&pointer, "requestBody"), "content");
        for (media, body) in operation
            .get("requestBody")
            .into_iter()
            .flat_map(|body| members(body, "content"))
        {
            add(&child(&content, media), &body["schema"], Position::Body);
        }
    }
    schemas
}

fn lint_schema(schema: &Value, at: &str, position: Position, findings: &mut Vec<Finding>) {
    // `bodies` reports a body that is no object.
    if bodies::is_scalar(schema, at) {
        return;
    }
    let is_meant = |keyword: &&&str| {
        // `patterns` reports a pattern that is none.
        let is_pattern = **keyword != "pattern" || compiled(text(schema, "pattern")).is_some();
        schema.get(**keyword).is_some() && !is_lost(schema, keyword) && is_pattern
    };
    let meant = KEYWORDS.iter().filter(is_meant);
    for keyword in meant.filter(|keyword| !position.enforces(schema, keyword)) {
        let message = format!(
            "nothing checks `{keyword}: {}` of {} before it is sent",
            shown(&schema[*keyword]),
            position.name()
        );
        let help = match (position, *keyword) {
            (Position::Member | Position::OptionalQuery, "pattern") => {
                "leave it out, and say it in the description, or add it to `RUNTIME_PATTERNS` in codegen/document/src/vocabulary.rs and to `validate::pattern` in the client"
            }
            _ => "leave it out, and say it in the description",
        };
        findings.push(Finding::new("constraint", child(at, keyword), message).help(help));
    }
}

/// Whether the client has code for the pattern of this schema.
pub(super) fn has_known_pattern(schema: &Value) -> bool {
    let exact = exact_pattern(schema);
    let mut known = RUNTIME_PATTERNS.iter();
    known.any(|known| exact == Some(known.pattern))
}

impl Position {
    fn name(self) -> &'static str {
        match self {
            Position::Member => "this member",
            Position::OptionalQuery => "this query parameter",
            Position::RequiredQuery => "a required query parameter",
            Position::Path => "a path parameter",
            Position::Body => "a body that is no object",
            Position::Item => "an item of a list",
            Position::Value => "a value of a map",
            Position::Shared => "a shared schema",
        }
    }

    /// Whether the client validates this keyword of a schema at this position.
    fn enforces(self, schema: &Value, keyword: &str) -> bool {
        match (self, keyword) {
            _ if text(schema, "format") == "date-time" => false,
            // The error of a check shows the value.
            _ if schema["x-atlas-secret"] == true => false,
            // The patterns of shared string types are linted by `schemas`.
            (Position::Shared, "pattern") => schema.get("enum").is_none(),
            (Position::Member | Position::OptionalQuery, "pattern") => has_known_pattern(schema),
            (Position::Member, _)
            | (Position::OptionalQuery | Position::RequiredQuery, "minimum" | "maximum") => true,
            (Position::OptionalQuery, "minLength" | "maxLength") => true,
            _ => false,
        }
    }
}
