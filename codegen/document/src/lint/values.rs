//! Lints values in the document itself: defaults must fit their schema, and a lower bound must not
//! exceed the upper one.

use serde_json::Value;

use super::{described, resolve, text};
use crate::document::child;
use crate::error::Finding;

const BOUNDS: &[(&str, &str)] = &[
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
];

/// Lints one schema, at any position. The schemas it contains are linted separately.
pub(super) fn lint(document: &Value, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    for (low, high) in BOUNDS {
        if let (Some(least), Some(most)) = (bound(low), bound(high))
            && least > most
        {
            let message = format!("no value fits: `{low}` is {least} and `{high}` is {most}");
            findings.push(
                Finding::new("bounds", child(pointer, low), message)
                    .related(child(pointer, high), "the other bound")
                    .help("swap them, or correct the wrong one"),
            );
        }
        for name in [low, high] {
            if *name != "minimum"
                && *name != "maximum"
                && bound(name).is_some_and(|bound| bound < 0)
            {
                findings.push(
                    Finding::new(
                        "bounds",
                        child(pointer, name),
                        format!("`{name}` is below zero"),
                    )
                    .help("a length is never negative: leave it out, or write the real bound"),
                );
            }
        }
    }
    if text(schema, "format") == "int32" {
        for name in ["minimum", "maximum", "default"] {
            if let Some(number) = bound(name)
                && i32::try_from(number).is_err()
            {
                let message = format!("`{name}` is {number}, which is beyond the format `int32`");
                findings.push(
                    Finding::new("bounds", child(pointer, name), message).help(
                        "`int32` goes from -2147483648 to 2147483647: correct the number, or write `format: int64`",
                    ),
                );
            }
        }
    }
    if let Some(value) = schema.get("default")
        && let Some(reason) = mismatch(document, schema, value)
    {
        findings.push(
            Finding::new(
                "default",
                child(pointer, "default"),
                format!("the default {value} {reason}"),
            )
            .help("write the value that Atlas assumes, or correct the schema"),
        );
    }
}

/// Returns why `value` does not conform to `schema`, or `None` if it does.
fn mismatch(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let schema = resolve(document, described(schema));
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let kind = text(schema, "type");
    let fits = match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if !fits {
        return Some(format!("is not of type {kind}"));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array)
        && !values.contains(value)
    {
        return Some("is not one of the enum".to_owned());
    }
    if let Some(number) = value.as_i64() {
        if bound("minimum").is_some_and(|least| number < least) {
            return Some("is below the minimum".to_owned());
        }
        if bound("maximum").is_some_and(|most| number > most) {
            return Some("is above the maximum".to_owned());
        }
    }
    let items = schema.get("items")?;
    value
        .as_array()?
        .iter()
        .find_map(|value| mismatch(document, items, value))
        .map(|reason| format!("has an item that {reason}"))
}
