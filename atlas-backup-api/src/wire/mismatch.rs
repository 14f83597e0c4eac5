//! The error of a JSON value that does not fit its type.

use std::fmt;

use serde_json::Value;

use crate::wire::json_path;

/// A JSON value does not fit its type. The message names the kind of the value, never the value
/// itself, which may be a secret.
#[derive(Debug, PartialEq)]
pub(crate) struct Mismatch {
    path: String,
    problem: String,
}

impl Mismatch {
    pub(crate) fn at_path(path: String, problem: String) -> Self {
        Mismatch { path, problem }
    }

    /// Puts the member `name` of an object before the path.
    pub(crate) fn inside(self, name: &str) -> Self {
        Mismatch {
            path: json_path::inside(name, &self.path),
            ..self
        }
    }

    /// The path to the value, such as `results[3].expiresAt`. It is empty for the whole document.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The problem, such as `expected text, found a number`.
    pub(crate) fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.problem)
    }
}

pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_message_begins_with_the_path() {
        let mismatch = |path: &str| Mismatch::at_path(path.to_owned(), "expected text".to_owned());
        assert_eq!(mismatch("").to_string(), "expected text");
        let inside = mismatch("[3].expiresAt").inside("results");
        assert_eq!(inside.path(), "results[3].expiresAt");
        assert_eq!(inside.to_string(), "results[3].expiresAt: expected text");
    }

    #[test]
    fn the_kind_is_told_and_never_the_content() {
        for (value, expected) in [
            (json!(null), "null"),
            (json!(true), "true or false"),
            (json!(7), "a number"),
            (json!("hunter2"), "text"),
            (json!(["hunter2"]), "a list"),
            (json!({"hunter2": 1}), "an object"),
        ] {
            assert_eq!(kind(&value), expected);
        }
    }
}
