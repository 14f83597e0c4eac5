//! Compares JSON values by meaning: `null` equals absent, the order of members is ignored, `1`
//! equals `1.0`, and an instant may be written in several ways.

use atlas_backup_document::instant;
use serde_json::{Map, Number, Value};

/// Compares two values by meaning.
///
/// # Errors
/// Fails with the path of the first difference.
pub fn same(before: &Value, after: &Value) -> Result<(), String> {
    compare(before, after, "")
}

fn compare(before: &Value, after: &Value, path: &str) -> Result<(), String> {
    let same = match (before, after) {
        (Value::Object(before), Value::Object(after)) => return objects(before, after, path),
        (Value::Array(before), Value::Array(after)) => return arrays(before, after, path),
        (Value::Number(before), Value::Number(after)) => same_number(before, after),
        (Value::String(before), Value::String(after)) => {
            before == after || same_instant(before, after)
        }
        (before, after) => before == after,
    };
    if same { Ok(()) } else { Err(path.to_owned()) }
}

fn objects(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    path: &str,
) -> Result<(), String> {
    for name in before.keys().chain(after.keys()) {
        let value = |map: &Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        compare(&value(before), &value(after), &path)?;
    }
    Ok(())
}

/// Null items are skipped, like members that are null.
fn arrays(before: &[Value], after: &[Value], path: &str) -> Result<(), String> {
    let present = |values: &[Value]| {
        values
            .iter()
            .filter(|value| !value.is_null())
            .cloned()
            .collect::<Vec<_>>()
    };
    let (before, after) = (present(before), present(after));
    if before.len() != after.len() {
        return Err(path.to_owned());
    }
    before
        .iter()
        .zip(&after)
        .enumerate()
        .try_for_each(|(index, (before, after))| {
            compare(before, after, &format!("{path}[{index}]"))
        })
}

/// Integers are compared exactly: as floats, those above 2^53 could not be distinguished.
fn same_number(before: &Number, after: &Number) -> bool {
    match (before.as_i128(), after.as_i128()) {
        (Some(before), Some(after)) => before == after,
        _ => before.as_f64() == after.as_f64(),
    }
}

fn same_instant(before: &str, after: &str) -> bool {
    match (instant(before), instant(after)) {
        (Some(before), Some(after)) => before == after,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_the_same() {
        for (before, after) in [
            (json!({"a": null, "b": 1}), json!({"b": 1.0})),
            (
                json!({"at": "2020-01-01T00:00:00"}),
                json!({"at": "2020-01-01T00:00:00Z"}),
            ),
            (
                json!({"at": "2020-01-01T02:00:00.000+02:00"}),
                json!({"at": "2020-01-01T00:00:00Z"}),
            ),
            (json!([1, null, 2]), json!([1, 2])),
        ] {
            assert_eq!(same(&before, &after), Ok(()), "{before} {after}");
        }
    }

    #[test]
    fn what_is_not() {
        for (before, after, path) in [
            (json!({"a": {"b": 1}}), json!({"a": {}}), "a.b"),
            (json!({}), json!({"a": []}), "a"),
            (json!({"a": ["x", "y"]}), json!({"a": ["x", "z"]}), "a[1]"),
            (json!({"a": [1]}), json!({"a": [1, 1]}), "a"),
            (json!({"a": "1"}), json!({"a": 1}), "a"),
            (
                json!({"a": 9_007_199_254_740_993_i64}),
                json!({"a": 9_007_199_254_740_992_i64}),
                "a",
            ),
            (
                json!({"at": "2020-01-01T00:00:00Z"}),
                json!({"at": "2020-01-01T00:00:01Z"}),
                "at",
            ),
        ] {
            assert_eq!(
                same(&before, &after),
                Err(path.to_owned()),
                "{before} {after}"
            );
        }
    }
}
