//! Keywords that have a meaning only in some places. In every other place codegen would ignore
//! them, so they are findings there.

use serde_json::Value;

use super::reach::Reach;
use super::text;
use super::types::is_lost;
use crate::document::child;
use crate::error::Finding;

/// The place of a schema in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// An entry of `components/schemas`.
    Shared,
    /// A member of a shared schema.
    Member,
    /// The schema of a parameter.
    Parameter,
    /// The schema of a header of a response.
    Header,
    /// The schema of a body.
    Body,
    /// The items of a list, or the values of a map.
    Inner,
}

use Position::{Body, Header, Inner, Member, Parameter, Shared};

/// The keywords that do not have a meaning in every place, with the places where they have one.
const PLACES: &[(&str, &[Position])] = &[
    ("default", &[Member, Parameter]),
    ("deprecated", &[Member]),
    ("description", &[Shared, Member]),
    ("maxItems", &[Member, Parameter]),
    ("maxLength", &[Member, Parameter]),
    ("maximum", &[Member, Parameter]),
    ("minItems", &[Member, Parameter]),
    ("minLength", &[Member, Parameter]),
    ("minimum", &[Member, Parameter]),
    ("nullable", &[Shared, Member]),
    ("pattern", &[Shared, Member, Parameter]),
    ("x-atlas-pattern", &[Shared, Member, Parameter]),
    ("x-atlas-rules", &[Shared]),
    ("x-atlas-schema", &[Shared]),
    ("x-atlas-secret", &[Member]),
    ("x-atlas-update-of", &[Shared]),
];

/// The formats that become a type in any place. The others are a sentence about a member.
const TYPED_FORMATS: &[&str] = &["date-time", "int64"];

pub(super) fn lint(reach: &Reach<'_>, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let position = position(pointer);
    let keywords = schema.as_object().into_iter().flatten();
    for (keyword, _) in keywords.filter(|(keyword, _)| !is_lost(schema, keyword)) {
        let at = child(pointer, keyword);
        let finding = |message: String, help: String| {
            Finding::new("ignored-keyword", &at, message)
                .at_key()
                .help(help)
        };
        let allowed = PLACES
            .iter()
            .find(|(known, _)| known == keyword)
            .map(|(_, places)| *places);
        if let Some(places) = allowed.filter(|places| !places.contains(&position)) {
            // `constraints` reports the constraints of requests, and says more.
            if !is_constraint(keyword) || !is_sent(reach, pointer, position) {
                let places: Vec<_> = places.iter().map(|place| place.name()).collect();
                findings.push(finding(
                    format!("`{keyword}` of {} would be ignored", position.name()),
                    format!(
                        "it has a meaning for {}: move it there, or leave it out",
                        places.join(" and ")
                    ),
                ));
            }
        }
    }
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let is_sent = position != Shared || reach.requests.contains(name);
    for keyword in ["x-atlas-rules", "x-atlas-update-of"] {
        if !is_sent && schema.get(keyword).is_some() && !is_lost(schema, keyword) {
            let message = format!("`{keyword}` would be ignored: no request contains `{name}`");
            findings.push(
                Finding::new("ignored-keyword", child(pointer, keyword), message)
                    .at_key()
                    .help(
                        "it has a meaning for what is sent: move it to the schema of the request",
                    ),
            );
        }
    }
    // `constraints` reports it in what is sent.
    if position == Shared
        && schema.get("enum").is_some()
        && schema.get("pattern").is_some()
        && !is_sent
    {
        let message = "`pattern` beside `enum` would be ignored";
        findings.push(
            Finding::new("ignored-keyword", child(pointer, "pattern"), message)
                .at_key()
                .help("leave it out: the values say what it could"),
        );
    }
    let is_of_error = owner(pointer).is_some_and(|name| reach.is_of_error(name));
    let is_secret = schema.get("x-atlas-secret").is_some() && !is_lost(schema, "x-atlas-secret");
    if is_of_error && is_secret {
        let message =
            "`x-atlas-secret` of an error would be ignored: nothing is generated for errors";
        findings.push(
            Finding::new("ignored-keyword", child(pointer, "x-atlas-secret"), message)
                .at_key()
                .help("leave it out; what the client prints of an error is decided in atlas-backup-api/src/error"),
        );
    }
    let items = schema.get("items").unwrap_or(&Value::Null);
    if schema.get("x-atlas-secret").is_some()
        && text(schema, "type") == "array"
        && text(items, "type") != "string"
    {
        findings.push(
            Finding::new(
                "ignored-keyword",
                child(pointer, "x-atlas-secret"),
                "`x-atlas-secret` on a list of something else than texts",
            )
            .at_key()
            .help("mark the members of the items that are secret"),
        );
    }
}

/// Whether a format of this schema becomes a type, a check or a sentence.
pub(super) fn keeps_format(schema: &Value, format: &str, pointer: &str) -> bool {
    match position(pointer) {
        Member => schema.get("enum").is_none(),
        Shared => false,
        // Nothing checks or documents the numbers of a body that is a list or a map.
        Inner if format == "int32" => !pointer.contains("/content/"),
        _ => format == "int32" || TYPED_FORMATS.contains(&format),
    }
}

fn is_constraint(keyword: &str) -> bool {
    keyword.starts_with("min") || keyword.starts_with("max") || keyword.ends_with("pattern")
}

/// Whether a value of this schema is part of a request.
pub(super) fn is_sent(reach: &Reach<'_>, pointer: &str, position: Position) -> bool {
    match owner(pointer) {
        Some(name) => reach.requests.contains(name),
        None => {
            position == Parameter
                || pointer.contains("/requestBody/")
                || pointer.contains("/parameters/")
        }
    }
}

/// Returns the name of the shared schema to which a pointer leads.
fn owner(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/components/schemas/")?;
    rest.split('/').next()
}

/// Returns the position of the schema at `pointer`.
pub(super) fn position(pointer: &str) -> Position {
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    match tokens.as_slice() {
        ["components", "schemas", _] => Shared,
        ["components", "schemas", _, "properties", _] => Member,
        [.., "parameters", _, "schema"] => Parameter,
        [.., "headers", _, "schema"] => Header,
        [.., "schema"] => Body,
        _ => Inner,
    }
}

impl Position {
    pub(super) fn name(self) -> &'static str {
        match self {
            Shared => "a shared schema",
            Member => "a member of a shared schema",
            Parameter => "a parameter",
            Header => "a header",
            Body => "a body",
            Inner => "an item of a list or a value of a map",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_schemas() {
        for (pointer, expected) in [
            ("/components/schemas/Thing", Shared),
            ("/components/schemas/Thing/properties/schema", Member),
            ("/components/schemas/Thing/properties/sizes/items", Inner),
            ("/components/parameters/pretty/schema", Parameter),
            ("/paths/~1a/get/parameters/0/schema", Parameter),
            ("/paths/~1a/get/responses/200/content/a/schema", Body),
            ("/paths/~1a/get/parameters/0/schema/items", Inner),
        ] {
            assert_eq!(position(pointer), expected, "{pointer}");
        }
    }
}
