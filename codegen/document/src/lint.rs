//! lint: the rules for documents. Every finding has a rule name and a location.

mod blanks;
mod bodies;
mod bounds;
mod circles;
mod constraints;
mod control_characters;
mod coverage;
mod dates;
mod defaults;
mod examples;
mod grammar;
mod media_types;
mod names;
mod nearest;
mod nulls;
mod numbers;
mod official_names;
mod operations;
mod order;
mod other_forms;
mod paths;
mod patterns;
mod positions;
mod quotes;
pub(crate) mod reach;
mod refs;
mod repeats;
mod rules;
mod rules_together;
mod schemas;
mod security;
mod servers;
mod sources;
pub(crate) mod taken_names;
mod types;
mod unused;
mod updates;

use std::collections::BTreeSet;

use serde_json::Value;

pub use coverage::lint_coverage;
pub(crate) use media_types::is_date;
pub(crate) use names::{field, is_letter_or_digit, variant};
pub(crate) use nearest::nearest;
pub(crate) use order::{METHODS, OPERATION};
pub(crate) use patterns::is_portable;
pub(crate) use reach::Reach;
pub(crate) use unused::used;

use crate::document::Loaded;
use crate::error::{Error, Finding};
pub(crate) use crate::parts::members;
use crate::parts::{operations, resolve, text};

type Rule = fn(&Loaded<'_>, &mut Vec<Finding>);

/// The stages, each with its rules. A document that breaks a rule of one stage is not linted
/// further, because the rules of later stages would only repeat the same faults.
///
/// The first stage lints the structure, the second what the document means, and the third what
/// depends on the schemas or does not change the generated code.
const STAGES: &[&[Rule]] = &[
    &[grammar::lint, quotes::lint, numbers::lint],
    &[
        |loaded, findings| servers::lint(&loaded.value, findings),
        |loaded, findings| security::lint(&loaded.value, findings),
        |loaded, findings| operations::lint(&loaded.value, findings),
        |loaded, findings| paths::lint(&loaded.value, findings),
        |loaded, findings| media_types::lint(&loaded.value, findings),
        |loaded, findings| {
            let reach = Reach::of(&loaded.value);
            names::lint(&reach, findings);
            schemas::lint(&reach, findings);
            bodies::lint(&reach, findings);
            updates::lint(&reach, findings);
        },
        |loaded, findings| circles::lint(&loaded.value, findings),
        |loaded, findings| constraints::lint(&loaded.value, findings),
        |loaded, findings| dates::lint(&loaded.value, findings),
        |loaded, findings| official_names::lint(&loaded.value, findings),
        |loaded, findings| repeats::lint(&loaded.value, findings),
        |loaded, findings| examples::lint(&loaded.value, findings),
        blanks::lint,
        |loaded, findings| control_characters::lint(&loaded.value, findings),
    ],
    &[
        |loaded, findings| unused::lint(&loaded.value, findings),
        order::lint,
        examples::lint_values,
        rules_together::lint,
        defaults::lint,
    ],
];

/// Returns every keyword that a document may have, as the name of the object that it belongs to and
/// the keyword itself: `("schema", "minimum")`.
pub fn keywords() -> BTreeSet<(&'static str, &'static str)> {
    grammar::keywords()
}

/// Lints a document: it must follow all rules, so that the code generated from it compiles, matches
/// what Atlas documents, and ignores nothing in the document.
///
/// # Errors
/// If the document breaks rules. The error has a finding for each, with its location, of the first
/// stage with findings: structure, meaning, examples and order.
pub fn lint(loaded: &Loaded<'_>) -> Result<(), Error> {
    for rules in STAGES {
        let mut findings = Vec::new();
        for rule in *rules {
            rule(loaded, &mut findings);
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

/// Returns the places of the values that are wrong whatever they are meant to be, so that nothing else
/// is said of them.
fn wrong_kinds(findings: &[Finding]) -> BTreeSet<String> {
    let rules = ["wrong-kind", "dangling-ref", "openapi-version"];
    let wrong = findings.iter().filter(|it| rules.contains(&it.rule));
    wrong.map(|finding| finding.pointer.clone()).collect()
}

/// Whether an operation has a success. Without one, one of its errors is probably meant to be it,
/// and only `operations` reports that.
fn has_success(operation: &Value) -> bool {
    members(operation, "responses").any(|(status, _)| status.starts_with('2'))
}

/// Returns the reference of a member or parameter that is written as an `allOf` with one reference
/// beside a description. Returns any other schema unchanged.
fn described(schema: &Value) -> &Value {
    schema
        .get("allOf")
        .and_then(|parts| parts.get(0))
        .unwrap_or(schema)
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
    fn an_object_has_no_more_members_than_the_client_has_place_for() {
        let members = |count: usize| -> String {
            let member = |n| format!("        m{n:03}: {{type: integer, description: Some.}}\n");
            (0..count).map(member).collect()
        };
        // `Thing` has two members already.
        assert_eq!(with(&members(126)), Ok(()));
        let message = with(&members(127)).err().unwrap_or_default();
        let expected = "`Thing` has 129 members, and the client has place for 128 [member]";
        assert!(message.ends_with(expected), "{message}");
    }

    /// Whatever somebody types, wherever they type it and whenever they stop, they get findings.
    #[test]
    fn no_document_is_a_panic() {
        let mut documents: Vec<String> = SOUND
            .char_indices()
            .map(|(at, _)| SOUND[..at].to_owned())
            .collect();
        let mut start = 0;
        for line in SOUND.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let value = line.find(": ").map_or(indent, |at| at + 2);
            for at in [0, indent, value, line.len() - 1] {
                for text in [
                    "\u{e9}",
                    " \u{e9}",
                    "\u{c9}",
                    "\u{1f600}: ",
                    "\u{feff}",
                    "\t",
                ] {
                    let mut document = SOUND.to_owned();
                    document.insert_str(start + at, text);
                    documents.push(document);
                }
            }
            start += line.len();
        }
        for text in documents {
            let document = Document {
                api: "v2".into(),
                path: "typed.yaml".into(),
                text,
            };
            let result = crate::load(&document).and_then(|loaded| crate::lint(&loaded));
            if let Err(error) = result {
                assert!(!error.render(&document, false).is_empty());
            }
        }
    }

    #[test]
    fn an_example_is_data() {
        let with_reference = SOUND.replace(
            "request: {value: {size: 3}}",
            "request: {value: {size: 3, $ref: nowhere}}",
        );
        let message = lint(with_reference).err().unwrap_or_default();
        assert!(message.contains("`$ref` is no member"), "{message}");
        assert!(!message.contains("dangling-ref"), "{message}");
    }
}
