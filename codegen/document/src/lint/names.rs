//! Names must stay unique when they are converted to Rust names: enum values, members of objects,
//! arguments of calls, requests and types, and files.
//!
//! progenitor panics on some conflicts and generates code that does not compile for others.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::{members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::vocabulary::is_keyword;

/// The files that every API has.
const FILES: &[&str] = &["mod", "types", "common"];

/// The methods that every request has besides the setters of its parameters.
const REQUEST_METHODS: &[&str] = &["send", "options"];

/// The local variables of progenitor's methods. progenitor renames them if an argument has the same
/// name, and `read` would then not recognise them.
const LOCALS: &[&str] = &[
    "body",
    "request",
    "response",
    "result",
    "info",
    "header_map",
    "url",
];

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    files(document, findings);
    let schemas = document
        .get("components")
        .into_iter()
        .flat_map(|components| members(components, "schemas"));
    for (name, schema) in schemas {
        let at = child("/components/schemas", name);
        values(schema, &child(&at, "enum"), findings);
        properties(schema, &child(&at, "properties"), findings);
    }
    for (pointer, _, _, operation) in operations(document) {
        request(document, &pointer, operation, findings);
        parameters(
            document,
            &child(&pointer, "parameters"),
            operation,
            findings,
        );
    }
}

/// Replaces every character that is not allowed in identifiers with a word separator, like
/// progenitor.
fn words(name: &str) -> String {
    name.replace('\'', "")
        .replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

/// Returns the variant name of an enum value.
fn variant(value: &str) -> String {
    let name = match value {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => words(value).to_pascal_case(),
    };
    if name.starts_with(char::is_alphabetic) {
        name
    } else {
        format!("X{name}")
    }
}

/// Returns the field name of a member or the argument name of a parameter.
fn field(name: &str) -> String {
    let name = words(name).to_snake_case();
    if name.starts_with(char::is_alphabetic) {
        name
    } else {
        format!("x{name}")
    }
}

/// Claims a Rust name for `name`. Returns the earlier name that already has this Rust name, if
/// there is one.
fn claim_name<'a>(
    names: &mut BTreeMap<String, &'a str>,
    rust: &str,
    name: &'a str,
) -> Option<&'a str> {
    match names.get(rust) {
        Some(first) => Some(first),
        None => {
            names.insert(rust.to_owned(), name);
            None
        }
    }
}

fn values(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let mut names = BTreeMap::new();
    for (index, value) in schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .enumerate()
    {
        let (name, at) = (variant(value), child(pointer, &index.to_string()));
        if name == "Unknown" {
            let message = format!(
                "`{value}` would be the variant `Unknown`, which holds every value that is not listed"
            );
            findings.push(
                Finding::new("enum", &at, message)
                    .help("leave it out: it is kept and written back all the same"),
            );
        }
        match claim_name(&mut names, &name, value) {
            Some(first) if first != value => {
                findings.push(Finding::new(
                    "enum",
                    at,
                    format!("`{value}` and `{first}` would be the same variant `{name}`"),
                ));
            }
            // `schemas` reports the same value twice.
            _ => {}
        }
    }
}

fn properties(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let mut names = BTreeMap::new();
    for (member, _) in members(schema, "properties") {
        let (name, at) = (field(member), child(pointer, member));
        if !member.contains(char::is_alphanumeric) {
            findings.push(Finding::new(
                "member",
                &at,
                format!("`{member}` cannot name a field: it has no letter and no digit"),
            ));
        } else if name == "extra" {
            let message = format!(
                "`{member}` would be the field `extra`, which holds every member that is not listed"
            );
            findings.push(
                Finding::new("member", &at, message)
                    .help("leave it out: it is kept and written back all the same"),
            );
        }
        if let Some(first) = claim_name(&mut names, &name, member) {
            findings.push(Finding::new(
                "member",
                at,
                format!("`{member}` and `{first}` would be the same field `{name}`"),
            ));
        }
    }
}

/// Requests and types share the namespace of the API, both with PascalCase names.
fn request(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let id = text(operation, "operationId");
    let name = id.to_pascal_case();
    let components = document.get("components").unwrap_or(&Value::Null);
    if members(components, "schemas").any(|(schema, _)| schema == name) {
        let message = format!("the request of `{id}` would be `{name}`, which is a schema");
        findings.push(
            Finding::new("operation-id", child(pointer, "operationId"), message)
                .help("begin it with a verb, e.g. `getThing`"),
        );
    }
}

fn parameters(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let mut names = BTreeMap::new();
    let declared = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (index, parameter) in declared
        .map(|parameter| resolve(document, parameter))
        .enumerate()
    {
        let (wire, location) = (text(parameter, "name"), text(parameter, "in"));
        let (name, at) = (field(wire), child(pointer, &index.to_string()));
        if !wire.contains(char::is_alphanumeric) {
            findings.push(Finding::new(
                "parameter",
                at,
                format!("a parameter named `{wire}` has no letter and no digit"),
            ));
            continue;
        }
        let problem = if is_keyword(&name) {
            Some("is a keyword of Rust".to_owned())
        } else if !name.is_ascii() {
            Some("has letters or digits beyond those of ASCII".to_owned())
        } else if LOCALS.contains(&name.as_str()) {
            Some("is a variable of every generated method".to_owned())
        } else if location == "query" && REQUEST_METHODS.contains(&name.as_str()) {
            Some("is a method of every request".to_owned())
        } else {
            claim_name(&mut names, &name, wire)
                .filter(|first| *first != wire)
                .map(|first| format!("is that of `{first}` too"))
        };
        findings.extend(problem.map(|problem| {
            Finding::new(
                "parameter",
                at,
                format!("parameter `{wire}` would be called `{name}`, which {problem}"),
            )
        }));
    }
}

/// Every tag becomes a file of its own.
fn files(document: &Value, findings: &mut Vec<Finding>) {
    let mut names = BTreeMap::new();
    for (index, tag) in document
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (tag, at) = (text(tag, "name"), child("/tags", &index.to_string()));
        let name = tag.to_snake_case();
        let message = if is_keyword(&name)
            || !tag
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " -_".contains(c))
        {
            Some(format!("tag `{tag}` cannot name a module"))
        } else if FILES.contains(&name.as_str()) {
            Some(format!(
                "tag `{tag}` would be the file `{name}.rs`, which every API has"
            ))
        } else {
            claim_name(&mut names, &name, tag)
                .map(|first| format!("tag `{tag}` would be the file `{name}.rs`, as `{first}` is"))
        };
        findings.extend(message.map(|message| Finding::new("tag", at, message)));
    }
}
