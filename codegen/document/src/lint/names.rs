//! Names must stay unique when they are converted to Rust names, and must not be taken already:
//! types, requests, methods, enum values, members of objects, arguments of calls, and files.
//!
//! progenitor panics on some conflicts, and generates code that does not compile or that means
//! something else for others: a schema `Value` would silently replace the JSON value that other
//! types hold. `taken_names` lists what is taken.

use std::collections::BTreeMap;

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase};
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::Value;
use unicode_ident::{is_xid_continue, is_xid_start};

use super::reach::Reach;
use super::types::has_no_type;
use super::{members, operations, resolve, taken_names, text};
use crate::document::child;
use crate::error::Finding;
use crate::vocabulary::{RUNTIME_TYPES, method_name};

pub(super) fn lint(reach: &Reach<'_>, findings: &mut Vec<Finding>) {
    let document = reach.document;
    files(document, findings);
    types(document, findings);
    for (name, schema) in schemas(document) {
        let at = child("/components/schemas", name);
        values(schema, &child(&at, "enum"), findings);
        // An update carries what the response has that it writes back.
        let keeps_extra =
            reach.responses.contains(name) || schema.get("x-atlas-update-of").is_some();
        properties(schema, &child(&at, "properties"), keeps_extra, findings);
    }
    components(document, findings);
    methods(document, findings);
    for (pointer, _, _, operation) in operations(document) {
        if is_camel(text(operation, "operationId")) {
            request(document, &pointer, operation, findings);
        }
        parameters(
            document,
            &child(&pointer, "parameters"),
            operation,
            findings,
        );
    }
}

fn schemas(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    document
        .get("components")
        .into_iter()
        .flat_map(|components| members(components, "schemas"))
}

/// Replaces every character that is not allowed in identifiers with a word separator, like
/// progenitor.
fn words(name: &str) -> String {
    name.replace('\'', "").replace(|c| !is_xid_continue(c), "-")
}

/// Whether a name of Rust keeps this character, and not only as a separator of words.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    is_xid_continue(c) && c != '_'
}

/// Returns the variant name of an enum value.
pub(crate) fn variant(value: &str) -> String {
    let name = match value {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => words(value).to_pascal_case(),
    };
    if name.starts_with(is_xid_start) {
        name
    } else {
        format!("X{name}")
    }
}

/// Returns the field name of a member or the argument name of a parameter.
pub(crate) fn field(name: &str) -> String {
    let name = words(name).to_snake_case();
    if name.starts_with(is_xid_start) {
        name
    } else {
        format!("x{name}")
    }
}

/// The Rust names that are in use, each with the name in the document and its JSON pointer.
#[derive(Default)]
struct Claims<'a>(BTreeMap<String, (&'a str, String)>);

impl<'a> Claims<'a> {
    /// Claims a Rust name for `name` at `pointer`. If the Rust name has an owner already, returns
    /// the owner's name and pointer.
    fn claim(&mut self, rust: &str, name: &'a str, pointer: &str) -> Option<(&'a str, String)> {
        // Rust compares names in this form, in which two ways to write a letter are the same.
        let rust = ComposingNormalizerBorrowed::new_nfc().normalize(rust);
        match self.0.get(rust.as_ref()) {
            Some(first) => Some(first.clone()),
            None => {
                self.0.insert(rust.into_owned(), (name, pointer.to_owned()));
                None
            }
        }
    }
}

/// OpenAPI allows no other names of components, and a reference would have to escape them.
fn components(document: &Value, findings: &mut Vec<Finding>) {
    for section in ["headers", "parameters", "responses", "securitySchemes"] {
        for (name, _) in members(&document["components"], section) {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if name.is_empty() || !name.chars().all(is_plain) {
                let at = child(&child("/components", section), name);
                let message = format!("`{name}` cannot name a component");
                findings.push(
                    Finding::new("component-name", at, message)
                        .at_key()
                        .help("rename it, here and where it is referred to: a name has letters, digits, `.`, `_` and `-`"),
                );
            }
        }
    }
}

/// Every schema becomes a type of the same name.
fn types(document: &Value, findings: &mut Vec<Finding>) {
    let mut names = Claims::default();
    for (name, schema) in schemas(document) {
        let (rust, at) = (name.to_pascal_case(), child("/components/schemas", name));
        let is_runtime_type = (text(schema, "type") == "string" || has_no_type(schema))
            && schema.get("enum").is_none()
            && RUNTIME_TYPES.iter().any(|(known, _)| *known == name);
        let finding = |message: String| Finding::new("schema-name", &at, message).at_key();
        let help = || {
            let other = free_type(document, name);
            format!("call it `{other}`, for example; `x-atlas-schema` keeps the official name")
        };
        if !is_pascal(name) {
            findings.push(finding(format!("`{name}` cannot name a type")).help(help()));
            continue;
        }
        // The name that is the type's own stays.
        let owner = match rust != name && schemas(document).any(|(known, _)| known == rust) {
            true => Some((rust.as_str(), child("/components/schemas", &rust))),
            false => names.claim(&rust, name, &at),
        };
        if let Some((first, first_at)) = owner {
            let message = format!("`{name}` and `{first}` would be the same type `{rust}`");
            let finding = finding(message).related(first_at, "the other one");
            findings.push(finding.help(help()));
        } else if let Some(owner) = taken_names::as_type(&rust).filter(|_| !is_runtime_type) {
            let message = format!("`{name}` would replace {owner}");
            findings.push(finding(message).help(help()));
        } else if rust != name {
            // What the schema says of its members is looked up by its name, and would be lost.
            let message = format!("`{name}` would be the type `{rust}`, which is another name");
            findings.push(finding(message).help(help()));
        }
    }
}

/// Whether the name can name a type.
fn is_pascal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Returns a name for the schema `name` that no other type has, nor the request of an operation.
fn free_type(document: &Value, name: &str) -> String {
    let others: Vec<_> = schemas(document)
        .filter(|(known, _)| *known != name)
        .map(|(known, _)| known.to_pascal_case())
        .collect();
    let is_free = |name: &String| {
        is_pascal(name)
            && taken_names::as_type(name).is_none()
            && !others.contains(name)
            && operations(document)
                .all(|(.., operation)| text(operation, "operationId").to_pascal_case() != *name)
    };
    let pascal = ascii(name).to_pascal_case();
    let numbered = (2..).map(|number| format!("Atlas{pascal}{number}"));
    [pascal.clone(), format!("Atlas{pascal}")]
        .into_iter()
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}

/// Replaces every other letter with a word separator.
fn ascii(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_ascii() { c } else { '-' });
    plain.collect()
}

/// Every operation becomes a method of `Api`.
fn methods(document: &Value, findings: &mut Vec<Finding>) {
    let mut names = Claims::default();
    // `operations` reports an `operationId` that can name no method.
    let plain = operations(document).filter(|(.., it)| is_camel(text(it, "operationId")));
    for (pointer, _, _, operation) in plain {
        let id = text(operation, "operationId");
        let (method, at) = (method_name(id), child(&pointer, "operationId"));
        let finding = |message: String| Finding::new("operation-id", &at, message);
        let help = || format!("call it `{}`, for example", free_operation(document, id));
        if let Some((first, first_at)) = names.claim(&method, id, &at) {
            let message = if first == id {
                format!("operationId `{id}` stands twice")
            } else {
                format!("`{id}` and `{first}` would be the same method `{method}`")
            };
            findings.push(
                finding(message)
                    .related(first_at, "the other one")
                    .help(help()),
            );
        } else if let Some(owner) = taken_names::as_method(&method) {
            let message = format!("`{id}` would be the method `{method}`, which is {owner}");
            findings.push(finding(message).help(help()));
        }
    }
}

/// Whether an `operationId` can name a method.
pub(super) fn is_camel(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Returns an `operationId` like `id` that no other operation has: the same in lowerCamelCase if
/// `id` is not written so and that is free.
pub(super) fn free_operation(document: &Value, id: &str) -> String {
    let others: Vec<_> = operations(document)
        .map(|(.., operation)| text(operation, "operationId"))
        .filter(|other| *other != id || is_camel(id))
        .map(method_name)
        .collect();
    let is_free = |id: &String| {
        is_camel(id)
            && taken_names::as_method(&method_name(id)).is_none()
            && taken_names::as_request(&id.to_pascal_case()).is_none()
            && schemas(document).all(|(known, _)| known.to_pascal_case() != id.to_pascal_case())
            && !others.contains(&method_name(id))
    };
    let plain = ascii(id);
    let pascal = plain.to_pascal_case();
    let numbered = (2..).map(|number| format!("request{pascal}{number}"));
    [plain.to_lower_camel_case(), format!("request{pascal}")]
        .into_iter()
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}

/// Requests and types share the namespace of the API, both with PascalCase names.
fn request(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let id = text(operation, "operationId");
    let (name, at) = (id.to_pascal_case(), child(pointer, "operationId"));
    let finding = |owner: &str| {
        let message = format!("the request of `{id}` would be `{name}`, which is {owner}");
        let help = format!("call it `{}`, for example", free_operation(document, id));
        Finding::new("operation-id", &at, message).help(help)
    };
    if document["components"]["schemas"].get(&name).is_some() {
        let schema = child("/components/schemas", &name);
        findings.push(finding("a schema").related(schema, "the schema"));
    } else if let Some(owner) = taken_names::as_request(&name)
        && taken_names::as_method(&method_name(id)).is_none()
    {
        findings.push(finding(&owner));
    }
}

fn values(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    const HELP: &str = "leave it out, and say so in the description: a value that is not listed is kept and written back all the same";
    let mut names = Claims::default();
    for (index, value) in schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .enumerate()
    {
        let (name, at) = (variant(value), child(pointer, &index.to_string()));
        let finding = |message: String| Finding::new("enum", &at, message).help(HELP);
        if name.starts_with(|c: char| c.is_lowercase()) {
            findings.push(finding(format!(
                "`{value}` would be the variant `{name}`, which is no name for a variant in Rust"
            )));
        }
        if value.contains('`') {
            findings.push(finding(format!(
                "the documentation cannot show the value {value:?}, which has a backtick"
            )));
        }
        if name == taken_names::UNKNOWN {
            findings.push(finding(format!(
                "`{value}` would be the variant `{name}`, which holds every value that is not listed"
            )));
        }
        // `schemas` reports the same value twice.
        if let Some((first, first_at)) = names.claim(&name, value, &at)
            && first != value
        {
            let message = format!("`{value}` and `{first}` would be the same variant `{name}`");
            findings.push(finding(message).related(first_at, "the other one"));
        }
    }
}

/// `keeps_extra` says whether the type has the field `extra`, as what Atlas sends has.
fn properties(schema: &Value, pointer: &str, keeps_extra: bool, findings: &mut Vec<Finding>) {
    let help = match keeps_extra {
        true => {
            "leave it out: a response keeps and writes back every member that is not listed, in `extra`"
        }
        false => "leave it out if it is optional: the name is Atlas's, and cannot be changed",
    };
    let mut names = Claims::default();
    for (member, _) in members(schema, "properties") {
        let (name, at) = (field(member), child(pointer, member));
        let finding = |message: String| Finding::new("member", &at, message).at_key().help(help);
        if !member.contains(is_letter_or_digit) {
            findings.push(finding(format!(
                "`{member}` cannot name a field: it has no letter and no digit"
            )));
        } else if name == taken_names::EXTRA && keeps_extra {
            findings.push(finding(format!(
                "`{member}` would be the field `{name}`, which holds every member that is not listed"
            )));
        }
        if let Some((first, first_at)) = names.claim(&name, member, &at) {
            let message = format!("`{member}` and `{first}` would be the same field `{name}`");
            findings.push(finding(message).related(first_at, "the other one"));
        }
    }
}

fn parameters(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let mut names = Claims::default();
    let declared = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (index, declared) in declared.enumerate() {
        let parameter = resolve(document, declared);
        let (wire, in_query) = (text(parameter, "name"), text(parameter, "in") == "query");
        // A shared parameter is reported once, where it is defined.
        let here = child(pointer, &index.to_string());
        let definition = text(declared, "$ref").strip_prefix('#').unwrap_or(&here);
        let (name, at) = (field(wire), child(definition, "name"));
        let help = if in_query {
            "leave it out if it is optional: the name is Atlas's, and cannot be changed".to_owned()
        } else {
            format!(
                "rename it, here and in the path, to `{}`, for example: the name of a path parameter is not sent",
                format!("{wire} value").to_lower_camel_case()
            )
        };
        let finding = |message: String| Finding::new("parameter", &at, message).help(&help);
        if !wire.contains(is_letter_or_digit) {
            findings.push(finding(format!(
                "a parameter named `{wire}` has no letter and no digit"
            )));
        } else if !in_query && !wire.chars().all(|c| c.is_ascii_graphic()) {
            findings.push(finding(format!(
                "parameter {wire:?} has characters that cannot stand in a path template"
            )));
        } else if !name.is_ascii() {
            findings.push(finding(format!(
                "parameter `{wire}` would be called `{name}`, which has letters or digits beyond those of ASCII"
            )));
        } else if let Some(owner) = taken_names::as_argument(&name, in_query) {
            findings.push(finding(format!(
                "parameter `{wire}` would be called `{name}`, which is {owner}"
            )));
        } else if let Some((first, first_at)) = names.claim(&name, wire, &at)
            && first != wire
        {
            let message = format!(
                "parameter `{wire}` would be called `{name}`, which is the name of `{first}` too"
            );
            findings.push(finding(message).related(first_at, "the other one"));
        }
    }
}

/// Every tag becomes a file of its own.
fn files(document: &Value, findings: &mut Vec<Finding>) {
    let mut names = Claims::default();
    for (index, tag) in document
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = child(&child("/tags", &index.to_string()), "name");
        let tag = text(tag, "name");
        let name = tag.to_snake_case();
        let finding = |message: String| {
            Finding::new("tag", &at, message).help(format!(
                "call it `{}`, for example, here and in the operations",
                free_tag(document, tag)
            ))
        };
        let plain = tag.starts_with(|c: char| c.is_ascii_alphabetic())
            && tag
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " -_".contains(c));
        if !plain {
            findings.push(finding(format!(
                "tag `{tag}` cannot name a file: it takes letters, digits and spaces, and begins with a letter"
            )));
        } else if let Some(owner) = taken_names::as_file(&name) {
            findings.push(finding(format!(
                "tag `{tag}` would be the file `{name}.rs`, which is {owner}"
            )));
        } else if taken_names::is_heading(&name) {
            findings.push(finding(format!(
                "tag `{tag}` would be a heading that the documentation of `Api` has already"
            )));
        } else if let Some((first, first_at)) = names.claim(&name, tag, &at) {
            let message = format!("tag `{tag}` would be the file `{name}.rs`, as `{first}` is");
            findings.push(finding(message).related(first_at, "the other one"));
        }
    }
}

/// Returns a tag like `tag` that can name a file which no other tag has.
fn free_tag(document: &Value, tag: &str) -> String {
    let plain: String = tag
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_free = |tag: &String| {
        let tags = document.get("tags").and_then(Value::as_array);
        let mut known = tags.into_iter().flatten().map(|known| text(known, "name"));
        tag.starts_with(|c: char| c.is_ascii_alphabetic())
            && taken_names::as_file(&tag.to_snake_case()).is_none()
            && !taken_names::is_heading(&tag.to_snake_case())
            && known.all(|known| known.to_snake_case() != tag.to_snake_case())
    };
    let numbered = (2..).map(|number| format!("Atlas {plain} {number}"));
    [
        plain.clone(),
        format!("Atlas {plain}").trim_end().to_owned(),
    ]
    .into_iter()
    .chain(numbered)
    .find(is_free)
    .unwrap_or_default()
}
