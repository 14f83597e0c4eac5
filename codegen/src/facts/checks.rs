//! Reads the rules that a schema has for a value, as checks of requests and as sentences of the
//! documentation.

use std::fmt::Display;

use atlas_backup_document::exact_pattern;
use atlas_backup_document::parts::text;
use serde_json::Value;

use super::{Check, RUNTIME_PATTERNS};
use crate::runtime::{BOUNDS, FINITE, INT32};

pub(super) fn of(schema: &Value) -> Vec<Check> {
    let check = |rule, bound, is_pattern| Check {
        rule,
        bound,
        is_pattern,
    };
    let bounds = BOUNDS.iter().filter_map(|(keyword, rule, ..)| {
        let bound = schema.get(keyword)?.as_i64()?;
        Some(check(*rule, Some(bound), false))
    });
    let pattern = exact_pattern(schema);
    let pattern = RUNTIME_PATTERNS
        .iter()
        .find(|known| pattern == Some(known.pattern));
    bounds
        .chain(pattern.map(|known| check(known.function, None, true)))
        .chain(of_number(schema).map(|rule| check(rule, None, false)))
        .collect()
}

/// The rule of a number, or of all numbers of a list or a map.
fn of_number(schema: &Value) -> Option<&'static str> {
    match text(schema, "type") {
        "integer" => {
            let is_32_bits = text(schema, "format") == "int32";
            let is_bounded = ["minimum", "maximum"]
                .iter()
                .all(|bound| schema.get(bound).is_some());
            (is_32_bits && !is_bounded).then_some(INT32)
        }
        "number" => Some(FINITE),
        "array" => of_number(&schema["items"]),
        "object" => of_number(&schema["additionalProperties"]),
        _ => None,
    }
}

/// The schema inside of lists and maps.
fn innermost(schema: &Value) -> &Value {
    let inner = ["items", "additionalProperties"].iter();
    let mut inner = inner.filter_map(|keyword| schema.get(keyword));
    inner.next().map_or(schema, innermost)
}

/// Writes a value as code in Markdown, whatever characters it has.
pub(crate) fn code(value: impl Display) -> String {
    match value.to_string() {
        text if text.contains('`') => format!("`` {text} ``"),
        text => format!("`{text}`"),
    }
}

/// What the Rust type of a member does not express, in sentences.
pub(super) fn notes(property: &Value) -> impl Iterator<Item = String> {
    let bounds = BOUNDS.iter().filter_map(|(keyword, _, before, after)| {
        let number = property.get(keyword)?;
        Some(format!("{before}{number}{after}."))
    });
    let pattern = exact_pattern(property);
    // The other formats become a Rust type. All integers become 64 bits wide.
    let format = text(innermost(property), "format");
    let is_lost = !["", "date-time", "int64"].contains(&format);
    let default = property.get("default");
    let is_deprecated = property["deprecated"] == true;
    bounds
        .chain(pattern.map(|pattern| format!("Documented pattern: {}.", code(pattern))))
        .chain(is_lost.then(|| format!("Documented format: {format}.")))
        .chain(default.map(|value| format!("Default: {}.", code(value))))
        .chain(is_deprecated.then(|| "Deprecated by Atlas.".to_owned()))
}
