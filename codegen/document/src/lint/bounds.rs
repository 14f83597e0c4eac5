//! A lower bound must not exceed the upper one, and both must be numbers that a value can reach.

use serde_json::Value;

use super::text;
use super::types::is_lost;
use crate::document::child;
use crate::error::Finding;

const BOUNDS: &[(&str, &str)] = &[
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
];

/// Lints one schema, at any position. The schemas it contains are linted separately.
pub(super) fn lint(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let bound = |name: &str| {
        let value = schema.get(name).filter(|_| !is_lost(schema, name));
        value.and_then(Value::as_i64)
    };
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
        for name in ["minimum", "maximum"] {
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
}
