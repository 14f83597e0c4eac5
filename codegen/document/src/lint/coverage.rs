//! Which members of requests and responses no example shows. The tests of what goes over the wire
//! are made from the examples, so they cannot notice a change of a member that no example has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{described, members, operations, resolve, text};
use crate::document::{Loaded, child};
use crate::error::{Error, Finding};

/// Finds the members that no example of a request or response shows. This is no rule of
/// [`lint`](crate::lint()): code can be generated without these examples.
///
/// # Errors
/// If there are such members. The error has a finding for each, with its location.
pub fn lint_coverage(loaded: &Loaded<'_>) -> Result<(), Error> {
    let document = &loaded.value;
    let bodies = operations(document).filter_map(|(at, .., operation)| {
        Some((child(&at, "requestBody"), operation.get("requestBody")?))
    });
    let responses = operations(document).flat_map(|(at, .., operation)| {
        let at = child(&at, "responses");
        members(operation, "responses")
            .map(move |(status, it)| (child(&at, status), resolve(document, it)))
    });
    let mut findings = missing(document, bodies, "request");
    findings.extend(missing(document, responses, "response"));
    if findings.is_empty() {
        return Ok(());
    }
    let path = String::new();
    Err(Error { path, findings }.locate(loaded))
}

/// Compares the members of all schemas with those that the examples show.
fn missing<'a>(
    document: &'a Value,
    holders: impl Iterator<Item = (String, &'a Value)>,
    what: &str,
) -> Vec<Finding> {
    let mut coverage = Coverage {
        document,
        declared: BTreeSet::new(),
        shown: BTreeSet::new(),
    };
    for (at, holder) in holders {
        for (media, content) in members(holder, "content") {
            let Some(schema) = content.get("schema") else {
                continue;
            };
            let at = child(&child(&child(&at, "content"), media), "schema");
            coverage.declare(&at, schema);
            for (_, example) in members(content, "examples") {
                coverage.show(&at, schema, &example["value"]);
            }
        }
    }
    let missing = coverage.declared.difference(&coverage.shown);
    let finding = |at: &String| {
        Finding::new(
            "coverage",
            at,
            format!("no example of a {what} has this member"),
        )
        .at_key()
        .help("add it to an example, so that the tests pin how it goes over the wire")
    };
    missing.map(finding).collect()
}

/// Members, as JSON pointers into the document.
struct Coverage<'a> {
    document: &'a Value,
    /// Those of the schemas.
    declared: BTreeSet<String>,
    /// Those in examples.
    shown: BTreeSet<String>,
}

impl<'a> Coverage<'a> {
    /// Follows references to the schema itself, and returns its location too.
    fn target(&self, at: &str, schema: &'a Value) -> (String, &'a Value) {
        let reference = described(schema);
        match text(reference, "$ref").strip_prefix('#') {
            Some(target) => (target.to_owned(), resolve(self.document, reference)),
            None => (at.to_owned(), schema),
        }
    }

    fn declare(&mut self, at: &str, schema: &'a Value) {
        let (at, schema) = self.target(at, schema);
        for (name, member) in members(schema, "properties") {
            let at = child(&child(&at, "properties"), name);
            // A schema can contain itself.
            if self.declared.insert(at.clone()) {
                self.declare(&at, member);
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(keyword) {
                self.declare(&child(&at, keyword), inner);
            }
        }
    }

    fn show(&mut self, at: &str, schema: &'a Value, value: &Value) {
        let (at, schema) = self.target(at, schema);
        match value {
            Value::Array(items) => {
                for item in items {
                    self.show(&child(&at, "items"), &schema["items"], item);
                }
            }
            Value::Object(values) => {
                let of_map = &schema["additionalProperties"];
                for (name, value) in values {
                    match schema["properties"].get(name) {
                        Some(member) => {
                            let at = child(&child(&at, "properties"), name);
                            self.show(&at, member, value);
                            self.shown.insert(at);
                        }
                        None => self.show(&child(&at, "additionalProperties"), of_map, value),
                    }
                }
            }
            _ => {}
        }
    }
}
