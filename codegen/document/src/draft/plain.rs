//! The keywords of texts, numbers, booleans and lists: those that have a meaning at their place.
//!
//! A bound or pattern of a request is kept where the client validates it. Elsewhere it would be lost,
//! and is a thing to say in the description.

use serde_json::{Value, json};

use super::names::Direction;
use crate::lint::is_portable;
use crate::vocabulary::{RUNTIME_PATTERNS, RUNTIME_TYPES};

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Member(Direction),
    OptionalQuery,
    RequiredQuery,
    Path,
    /// A body, an item of a list, a value of a map, or a header.
    Inner,
}

use Position::{Member, OptionalQuery, RequiredQuery};

/// Returns the name of the type that the client has for texts with the pattern of this schema.
pub(super) fn runtime_type(schema: &Value) -> Option<&'static str> {
    let pattern = schema.get("pattern").and_then(Value::as_str)?;
    let known = RUNTIME_TYPES.iter().find(|(_, known)| *known == pattern);
    known.map(|(name, _)| *name)
}

/// Returns a text, number or boolean as it may stand at a position.
pub(super) fn plain(schema: &Value, position: Position) -> Value {
    let kind = schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut drafted = json!({"type": kind});
    let format = schema
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_member = matches!(position, Member(_));
    match (kind, format) {
        ("string", "date-time") | ("integer", "int32" | "int64") => {
            drafted["format"] = format.into()
        }
        ("string", "uuid" | "uri" | "email") if is_member => drafted["format"] = format.into(),
        ("string", "password") if is_member => drafted["x-atlas-secret"] = true.into(),
        _ => {}
    }
    let is_measured = is_member || position == OptionalQuery;
    if kind == "integer" && (is_measured || position == RequiredQuery) {
        for (keyword, exclusive, step) in [
            ("minimum", "exclusiveMinimum", 1),
            ("maximum", "exclusiveMaximum", -1),
        ] {
            let step = match schema.get(exclusive) {
                Some(Value::Bool(true)) => step,
                _ => 0,
            };
            if let Some(bound) = schema.get(keyword).and_then(whole) {
                drafted[keyword] = bound.saturating_add(step).into();
            }
        }
    }
    if kind == "string" && format != "date-time" && is_measured {
        for keyword in ["minLength", "maxLength"] {
            if let Some(bound) = schema.get(keyword).and_then(whole) {
                drafted[keyword] = bound.into();
            }
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            draft_pattern(pattern, position, &mut drafted);
        }
    }
    drafted
}

/// Returns the number of a bound. Some documents write it with a fraction of zero.
fn whole(bound: &Value) -> Option<i64> {
    let number = bound.as_f64().filter(|number| number.fract() == 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
    bound.as_i64().or(number.map(|number| number as i64))
}

/// Adds a pattern that the client validates, or that every OpenAPI tool understands.
fn draft_pattern(pattern: &str, position: Position, drafted: &mut Value) {
    if let Some(known) = RUNTIME_PATTERNS.iter().find(|it| it.pattern == pattern) {
        drafted["pattern"] = known.portable.into();
        drafted["x-atlas-pattern"] = pattern.into();
    } else if position == Member(Direction::Response) && is_portable(pattern) {
        drafted["pattern"] = pattern.into();
    }
}

/// Adds the bounds of a list.
pub(super) fn bound_list(schema: &Value, drafted: &mut Value, position: Position) {
    if matches!(position, Member(_)) {
        for keyword in ["minItems", "maxItems"] {
            if let Some(bound) = schema.get(keyword).and_then(whole) {
                drafted[keyword] = bound.into();
            }
        }
    }
}

/// Whether a default fits a drafted text, number or boolean.
pub(super) fn fits(default: &Value, drafted: &Value) -> bool {
    let bound = |name: &str| drafted.get(name).and_then(Value::as_i64);
    match drafted["type"].as_str().unwrap_or_default() {
        "string" => default.is_string(),
        "boolean" => default.is_boolean(),
        "number" => default.is_number(),
        "integer" => default.as_i64().is_some_and(|number| {
            bound("minimum").is_none_or(|least| number >= least)
                && bound("maximum").is_none_or(|most| number <= most)
                && (drafted["format"] != "int32" || i32::try_from(number).is_ok())
        }),
        _ => false,
    }
}
