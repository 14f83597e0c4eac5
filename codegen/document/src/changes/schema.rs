//! Compares the keywords of a member or a parameter that do not change its type: the checks of
//! requests, and what only its documentation has.

use serde_json::Value;

use super::Promise;
use super::promise::Promise::{Looser, Stricter};
use super::side::Side;
use crate::compare::view::Node;

/// Bounds. A greater value of those with `true` refuses more.
const BOUNDS: &[(&str, bool)] = &[
    ("minimum", true),
    ("minLength", true),
    ("minItems", true),
    ("maximum", false),
    ("maxLength", false),
    ("maxItems", false),
];

/// What is part of the documentation of a member.
const DOCUMENTATION: &[&str] = &["description", "default", "deprecated"];

/// Returns the checks of requests that differ, each with its promise, in words. Another type has other
/// checks, so then there are none.
pub(super) fn checks<'a>(
    old_side: &Side<'a>,
    old: &Node<'a>,
    new_side: &Side<'a>,
    new: &Node<'a>,
) -> Vec<(Promise, String)> {
    if old_side.ty(old) != new_side.ty(new) {
        return Vec::new();
    }
    let keywords = |keyword: &str| {
        let before = old_side.keyword(old, keyword);
        (before, new_side.keyword(new, keyword))
    };
    let mut found = Vec::new();
    for (keyword, is_lower) in BOUNDS {
        let (before, after) = keywords(keyword);
        let number = |value: Option<&Value>| value.and_then(Value::as_f64);
        let is_stricter = match (number(before), number(after)) {
            (Some(before), Some(after)) => (after > before) == *is_lower,
            (before, after) => before.is_none() && after.is_some(),
        };
        found.extend(difference(keyword, before, after, is_stricter));
    }
    let (before, after) = (pattern(old_side, old), pattern(new_side, new));
    found.extend(difference("pattern", before, after, after.is_some()));
    let (before, after) = (int32(old_side, old), int32(new_side, new));
    found.extend(difference("format", before, after, after.is_some()));
    found
}

/// The pattern that the client checks, which is Atlas's own.
fn pattern<'a>(side: &Side<'a>, schema: &Node<'a>) -> Option<&'a Value> {
    let exact = side.keyword(schema, "x-atlas-pattern");
    exact.or_else(|| side.keyword(schema, "pattern"))
}

/// The format `int32` of a number, or of the items of a list: a check, because all integers are 64 bits
/// wide in Rust.
fn int32<'a>(side: &Side<'a>, schema: &Node<'a>) -> Option<&'a Value> {
    let items = schema.get("items");
    let format = side.keyword(items.as_ref().unwrap_or(schema), "format");
    format.filter(|format| *format == "int32")
}

fn difference(
    keyword: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    is_stricter: bool,
) -> Option<(Promise, String)> {
    let text = match (old, new) {
        (old, new) if old == new => return None,
        (Some(old), Some(new)) => format!("{keyword} {} instead of {}", shown(new), shown(old)),
        (None, Some(new)) => format!("{keyword} {} is new", shown(new)),
        (Some(old), None) => format!("{keyword} {} is no longer there", shown(old)),
        (None, None) => return None,
    };
    Some((if is_stricter { Stricter } else { Looser }, text))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// Whether the documentation of a member changes. In a response, checks are documentation as well.
pub(super) fn is_documented_otherwise<'a>(
    old_side: &Side<'a>,
    old: &Node<'a>,
    new_side: &Side<'a>,
    new: &Node<'a>,
    is_sent: bool,
) -> bool {
    let own = |keyword: &&str| old.value.get(*keyword) != new.value.get(*keyword);
    // A format that is a type or a check is reported as such, and `int64` is only a record.
    let has_format = |side: &Side<'a>, node: &Node<'a>| {
        let format = side.keyword(node, "format");
        let is_documented = |format: &&Value| {
            !["date-time", "int32", "int64"]
                .iter()
                .any(|known| *format == known)
        };
        format.filter(is_documented).cloned()
    };
    DOCUMENTATION.iter().any(own)
        || has_format(old_side, old) != has_format(new_side, new)
        || (!is_sent && !checks(old_side, old, new_side, new).is_empty())
}
