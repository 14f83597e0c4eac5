//! Why a JSON value does not fit, and where in the document it stands.

use std::fmt;

use serde_json::Value;

use crate::wire::json_path;

/// A value that does not fit its type. It holds the kind of what was found, never the content: that may be a secret.
#[derive(Debug, PartialEq)]
pub(crate) struct Mismatch {
    path: String,
    problem: String,
}

impl Mismatch {
    pub(crate) fn new(expected: &'static str, found: &Value) -> Self {
        Mismatch {
            path: String::new(),
            problem: format!("expected {expected}, found {}", kind(found)),
        }
    }

    pub(crate) fn missing(expected: &'static str) -> Self {
        Mismatch {
            path: String::new(),
            problem: format!("expected {expected}, but it is missing"),
        }
    }

    /// A member that nothing could carry.
    pub(crate) fn unknown() -> Self {
        Mismatch {
            path: String::new(),
            problem: "no such member".to_owned(),
        }
    }

    /// The same, seen from the object whose member `name` it is.
    pub(crate) fn inside(self, name: &str) -> Self {
        Mismatch {
            path: json_path::inside(name, &self.path),
            ..self
        }
    }

    /// The same, seen from the list whose item it is.
    pub(crate) fn at(self, index: usize) -> Self {
        Mismatch {
            path: json_path::at(index, &self.path),
            ..self
        }
    }

    /// For example `results[3].expiresAt`; empty for the document itself.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// For example `expected text, found a number`.
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

fn kind(value: &Value) -> &'static str {
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
    fn a_path_reads_as_one_would_write_it() {
        let mismatch = Mismatch::new("text", &json!(1))
            .inside("expiresAt")
            .at(3)
            .inside("results");
        assert_eq!(mismatch.path(), "results[3].expiresAt");
        assert_eq!(
            mismatch.to_string(),
            "results[3].expiresAt: expected text, found a number"
        );
    }

    #[test]
    fn the_document_itself_has_no_path() {
        assert_eq!(
            Mismatch::new("an object", &json!([])).to_string(),
            "expected an object, found a list"
        );
    }

    #[test]
    fn the_kind_is_told_and_never_the_content() {
        for (value, kind) in [
            (json!(null), "null"),
            (json!(true), "true or false"),
            (json!("hunter2"), "text"),
            (json!(["hunter2"]), "a list"),
            (json!({"hunter2": 1}), "an object"),
        ] {
            assert_eq!(
                Mismatch::new("a number", &value).to_string(),
                format!("expected a number, found {kind}")
            );
        }
    }
}
