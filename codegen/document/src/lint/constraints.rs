//! Bounds, lengths and patterns of what is sent: each is checked before it is sent, or is a finding, since a rule that nothing checks would
//! vanish without a word. Answers are not looked at: theirs are never enforced.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{described, members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
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

/// Where a schema stands, which decides what of it is checked.
#[derive(Clone, Copy)]
enum Place {
    Member,
    OptionalQuery,
    RequiredQuery,
    Path,
    Body,
    Item,
    Value,
    Shared,
}

pub(super) fn check(document: &Value, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let mut open = sent(document);
    while let Some((at, schema, place)) = open.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        if let Some(target) = described(schema).get("$ref").and_then(Value::as_str) {
            open.push((
                target.trim_start_matches('#').to_owned(),
                resolve(document, described(schema)),
                Place::Shared,
            ));
            continue;
        }
        constraints(schema, &at, place, findings);
        let properties = child(&at, "properties");
        open.extend(
            members(schema, "properties")
                .map(|(name, member)| (child(&properties, name), member, Place::Member)),
        );
        for (keyword, place) in [
            ("items", Place::Item),
            ("additionalProperties", Place::Value),
        ] {
            open.extend(
                schema
                    .get(keyword)
                    .map(|inner| (child(&at, keyword), inner, place)),
            );
        }
    }
}

/// The schemas of every parameter and request body, each with its pointer.
fn sent(document: &Value) -> Vec<(String, &Value, Place)> {
    let mut schemas = Vec::new();
    let mut add = |at: &str, schema, place| schemas.push((child(at, "schema"), schema, place));
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
            let place = match (text(parameter, "in"), parameter.get("required")) {
                ("query", Some(Value::Bool(true))) => Place::RequiredQuery,
                ("query", _) => Place::OptionalQuery,
                _ => Place::Path,
            };
            add(at, &parameter["schema"], place);
        }
        let content = child(&child(&pointer, "requestBody"), "content");
        for (media, body) in operation
            .get("requestBody")
            .into_iter()
            .flat_map(|body| members(body, "content"))
        {
            add(&child(&content, media), &body["schema"], Place::Body);
        }
    }
    schemas
}

fn constraints(schema: &Value, at: &str, place: Place, findings: &mut Vec<Finding>) {
    for keyword in KEYWORDS
        .iter()
        .filter(|keyword| schema.get(keyword).is_some() && !place.checks(schema, keyword))
    {
        let message = format!(
            "nothing checks `{keyword}` of {} before it is sent",
            place.name()
        );
        let help = match (place, *keyword) {
            (Place::Member | Place::OptionalQuery, "pattern") => {
                "say it in the description, or teach `RUNTIME_PATTERNS` in codegen/src/facts.rs and `check::form` in the runtime"
            }
            _ => "say it in the description",
        };
        findings.push(Finding::new("constraint", child(at, keyword), message).help(help));
    }
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Member => "this member",
            Place::OptionalQuery => "this query parameter",
            Place::RequiredQuery => "a required query parameter",
            Place::Path => "a path parameter",
            Place::Body => "a body that is no object",
            Place::Item => "an item of a list",
            Place::Value => "a value of a map",
            Place::Shared => "a shared schema",
        }
    }

    /// Whether there is a check for this keyword of a schema that stands here.
    fn checks(self, schema: &Value, keyword: &str) -> bool {
        let known = || {
            RUNTIME_PATTERNS
                .iter()
                .any(|known| text(schema, "pattern") == known.pattern)
        };
        match (self, keyword) {
            _ if text(schema, "format") == "date-time" => false,
            // Of text; `schemas` looks at it.
            (Place::Shared, "pattern") => schema.get("enum").is_none(),
            (Place::Member | Place::OptionalQuery, "pattern") => known(),
            (Place::Member, _)
            | (Place::OptionalQuery | Place::RequiredQuery, "minimum" | "maximum") => true,
            (Place::OptionalQuery, "minLength" | "maxLength") => true,
            _ => false,
        }
    }
}
