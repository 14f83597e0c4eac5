//! lint: rules over a document. Each finding has a rule name and a place.

mod constraints;
mod examples;
mod grammar;
mod media_types;
mod names;
mod operations;
mod other_forms;
mod paths;
mod refs;
mod rules;
mod schemas;
mod security;
mod sources;
mod values;

use serde_json::Value;

pub(crate) use media_types::is_date;

use crate::document::Loaded;
use crate::error::{Error, Finding};

type Rule = fn(&Value, &mut Vec<Finding>);

/// In this order: a document whose shape is wrong is not read further, since every later rule would only repeat it.
const STRUCTURE: &[Rule] = &[grammar::lint];
const SEMANTICS: &[Rule] = &[
    security::lint,
    operations::lint,
    paths::lint,
    names::lint,
    media_types::lint,
    schemas::lint,
    constraints::lint,
    examples::lint,
];

/// Whether a document keeps all rules, so that what is generated from it compiles, says what Atlas says, and ignores nothing.
///
/// # Errors
/// Every rule that is broken, with its place. A document whose shape is wrong is not read further.
pub fn lint(loaded: &Loaded<'_>) -> Result<(), Error> {
    for stage in [STRUCTURE, SEMANTICS] {
        let mut findings = Vec::new();
        for rule in stage {
            rule(&loaded.value, &mut findings);
        }
        if !findings.is_empty() {
            return Err(Error {
                path: String::new(),
                findings,
            }
            .locate(loaded));
        }
    }
    Ok(())
}

/// The operations of a document: pointer, method, path, value.
fn operations(document: &Value) -> impl Iterator<Item = (String, &str, &str, &Value)> {
    members(document, "paths").flat_map(|(path, item)| {
        let at = crate::document::child("/paths", path);
        item.as_object()
            .into_iter()
            .flatten()
            .map(move |(method, operation)| {
                (
                    crate::document::child(&at, method),
                    method.as_str(),
                    path,
                    operation,
                )
            })
    })
}

/// The members of the object under `key`.
fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

/// Follows `$ref` (which `refs` has proved to lead somewhere); a value without one is itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| document.pointer(target.strip_prefix('#')?))
    {
        Some(target) => target,
        None => value,
    }
}

/// What a member or parameter refers to: `allOf` holds one reference, beside a description. Anything else is itself.
fn described(schema: &Value) -> &Value {
    schema
        .get("allOf")
        .and_then(|parts| parts.get(0))
        .unwrap_or(schema)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::Document;

    const SOUND: &str = include_str!("../../../tests/fixtures/documents/sound.yaml");

    fn lint(text: String) -> Result<(), String> {
        let document = Document {
            api: "v2".into(),
            path: "sound.yaml".into(),
            text,
        };
        crate::load(&document)
            .and_then(|loaded| crate::lint(&loaded))
            .map_err(|error| error.to_string())
    }

    fn with(members: &str) -> Result<(), String> {
        let text = SOUND.replace("        colour:\n", &format!("{members}        colour:\n"));
        lint(text)
    }

    #[test]
    fn a_member_may_be_called_like_a_keyword_of_openapi() {
        for name in [
            "value",
            "example",
            "default",
            "headers",
            "parameters",
            "responses",
            "properties",
            "schemas",
            "type",
        ] {
            let list = |target: &str| {
                format!(
                    "        {name}:\n          type: array\n          description: Some.\n          items: {{$ref: '{target}'}}\n"
                )
            };
            assert_eq!(with(&list("#/components/schemas/Colour")), Ok(()), "{name}");
            for wrong in [
                "#/components/schemas/Color",
                "#/components/responses/notFound",
                "#/components/schemas/Thing/properties/id",
                "Colour",
            ] {
                let message = with(&list(wrong)).err().unwrap_or_default();
                assert!(
                    message.contains("[dangling-ref]"),
                    "{name}: {wrong}: {message}"
                );
            }
        }
    }

    #[test]
    fn an_example_is_data() {
        let valid = SOUND.replace(
            "request: {value: {size: 3}}",
            "request: {value: {size: 3, $ref: nowhere}}",
        );
        assert_eq!(lint(valid), Ok(()));
    }
}
