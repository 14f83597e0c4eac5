//! Lints schemas: objects and enums must be named, keywords must fit the type, and lists of members
//! must name existing members.

use std::collections::BTreeSet;

use serde_json::Value;

use super::positions::{Position, position};
use super::reach::Reach;
use super::types::{BESIDE_ALL_OF, has_no_type, is_lost};
use super::{
    bodies, bounds, members, nearest, nulls, operations, other_forms, patterns, positions, rules,
    text, types,
};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;
use crate::schema::compiled;
use crate::vocabulary::{MAX_MEMBERS, RUNTIME_TYPES};

pub(super) fn lint(reach: &Reach<'_>, findings: &mut Vec<Finding>) {
    let document = reach.document;
    let components = document.get("components").unwrap_or(&Value::Null);
    for (name, schema) in members(components, "schemas") {
        let at = child("/components/schemas", name);
        shared_schema(name, schema, &at, findings);
        schema_keywords(reach, schema, &at, findings);
    }
    for (name, parameter) in members(components, "parameters") {
        schema_of(
            reach,
            parameter,
            &child("/components/parameters", name),
            findings,
        );
    }
    headers(reach, components, "/components", findings);
    for (name, response) in members(components, "responses") {
        content(
            reach,
            response,
            &child("/components/responses", name),
            findings,
        );
    }
    for (pointer, _, _, operation) in operations(document) {
        for (index, parameter) in operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            schema_of(
                reach,
                parameter,
                &child(&child(&pointer, "parameters"), &index.to_string()),
                findings,
            );
        }
        if let Some(body) = operation.get("requestBody") {
            content(reach, body, &child(&pointer, "requestBody"), findings);
        }
        for (status, response) in members(operation, "responses") {
            content(
                reach,
                response,
                &child(&child(&pointer, "responses"), status),
                findings,
            );
        }
    }
}

/// Nothing is generated for a header, but a keyword that means nothing there would mislead a reader.
fn headers(reach: &Reach<'_>, holder: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    for (name, header) in members(holder, "headers") {
        let at = child(&child(pointer, "headers"), name);
        schema_of(reach, header, &at, findings);
    }
}

fn content(reach: &Reach<'_>, holder: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    headers(reach, holder, pointer, findings);
    for (media, value) in members(holder, "content") {
        schema_of(
            reach,
            value,
            &child(&child(pointer, "content"), media),
            findings,
        );
    }
}

fn schema_of(reach: &Reach<'_>, holder: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    if let Some(schema) = holder.get("schema") {
        inline_schema(reach, schema, &child(pointer, "schema"), findings);
    }
}

/// Lints a schema in `components/schemas`.
fn shared_schema(name: &str, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let count = members(schema, "properties").count();
    if count > MAX_MEMBERS {
        let message =
            format!("`{name}` has {count} members, and the client has place for {MAX_MEMBERS}");
        findings.push(
            Finding::new("member", child(pointer, "properties"), message)
                .at_key()
                .help("leave out those that nobody needs: a response keeps them in `extra`"),
        );
    }
    other_forms::lint_object(schema, pointer, findings);
    let kind = text(schema, "type");
    if schema.get("allOf").is_some() {
        // `all_of` reports every other `allOf`.
        if is_reference(schema) {
            let (message, help) = match types::lost(schema).next() {
                None => (
                    format!("`{name}` is only another name of a schema"),
                    "refer to that schema itself",
                ),
                Some(keyword) => (
                    format!("`allOf` beside `{keyword}` in a shared schema"),
                    "write the schema flat, without `allOf`",
                ),
            };
            findings.push(Finding::new("all-of", child(pointer, "allOf"), message).help(help));
        }
        return;
    }
    if kind == "object" && members(schema, "properties").next().is_none() {
        let message = format!("the object `{name}` has no properties");
        findings.push(
            Finding::new("missing-keyword", pointer, message)
                .help("write `additionalProperties` where it is used"),
        );
    }
    let has_members = members(schema, "properties").next().is_some();
    if kind == "object" && has_members && schema.get("additionalProperties").is_some() {
        let message = format!("`additionalProperties` would be ignored: `{name}` has `properties`");
        findings.push(
            Finding::new(
                "unknown-keyword",
                child(pointer, "additionalProperties"),
                message,
            )
            .help("leave it out"),
        );
    }
    findings.extend(shape(name, schema, pointer));
    if text(schema, "description").trim().is_empty() {
        findings.push(
            Finding::new(
                "description",
                pointer,
                format!("`{name}` has no description"),
            )
            .at_key()
            .help("add `description`, a short sentence of our own"),
        );
    }
}

/// A shared schema is a type: an object, an enum, or a text that the client has a type for.
fn shape(name: &str, schema: &Value, pointer: &str) -> Option<Finding> {
    let pattern = schema.get("pattern").and_then(Value::as_str);
    match (text(schema, "type"), pattern) {
        ("object", _) => None,
        ("string", _) if schema.get("enum").is_some() => None,
        // `patterns` reports a pattern that is none.
        ("string", Some(pattern)) if compiled(pattern).is_none() => None,
        ("string", Some(pattern)) if RUNTIME_TYPES.contains(&(name, pattern)) => None,
        ("string", Some(_)) => {
            let known = RUNTIME_TYPES.iter();
            let known: Vec<_> = known
                .map(|(name, pattern)| format!("{name} ({pattern})"))
                .collect();
            let message = format!("nothing checks the pattern of `{name}`");
            let finding = Finding::new("pattern", child(pointer, "pattern"), message);
            Some(finding.help(format!("the runtime checks {}", known.join(" and "))))
        }
        _ if has_no_type(schema) => None,
        (kind, _) => {
            let known = RUNTIME_TYPES.iter().find(|(known, _)| *known == name);
            let help = match known {
                Some((_, pattern)) if kind == "string" => format!("add `pattern: {pattern}`"),
                _ => "write it where it is used".to_owned(),
            };
            let message = format!(
                "the shared schema `{name}` is neither an object, an enum nor text with a pattern"
            );
            Some(Finding::new("schema-name", pointer, message).help(help))
        }
    }
}

/// Lints a schema at any other position, where it may not define a type.
fn inline_schema(reach: &Reach<'_>, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    // `bodies` reports a body that is no object, of which nothing else matters.
    if schema.get("$ref").is_some() || bodies::is_scalar(schema, pointer) {
        return;
    }
    // What a type is lost on is reported, and so is every keyword beside `allOf`.
    let has = |keyword| {
        schema.get(keyword).is_some() && (has_no_type(schema) || !is_lost(schema, keyword))
    };
    let what = if schema.get("allOf").is_some() {
        None
    } else if has("enum") {
        Some("enum")
    } else if has("properties")
        || (text(schema, "type") == "object" && schema.get("additionalProperties").is_none())
    {
        Some("object")
    } else {
        None
    };
    if let Some(what) = what {
        let message = format!("this {what} has no name");
        findings.push(
            Finding::new("unnamed-type", pointer, message)
                .help("move it to components/schemas and `$ref` it"),
        );
        // What it says is linted there.
        return;
    }
    schema_keywords(reach, schema, pointer, findings);
}

fn schema_keywords(reach: &Reach<'_>, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let document = reach.document;
    types::lint(schema, pointer, findings);
    all_of(schema, pointer, findings);
    bounds::lint(schema, pointer, findings);
    patterns::lint(reach, schema, pointer, findings);
    member_names(document, schema, pointer, findings);
    other_forms::lint(reach, schema, pointer, findings);
    positions::lint(reach, schema, pointer, findings);
    nulls::lint(document, schema, pointer, findings);
    // What says nothing needs no correction.
    let counts = |keyword: &&str| !is_lost(schema, keyword);
    let properties = Some("properties").filter(counts);
    for (name, property) in properties.into_iter().flat_map(|it| members(schema, it)) {
        let at = child(&child(pointer, "properties"), name);
        if text(property, "description").trim().is_empty() {
            let finding = Finding::new(
                "description",
                &at,
                format!("member `{name}` has no description"),
            );
            findings.push(finding.at_key().help(
                "add `description`, a short sentence with units; beside a reference: `allOf: [{$ref: …}]` and `description`",
            ));
        }
        inline_schema(reach, property, &at, findings);
    }
    if let Some(items) = Some("items").filter(counts).and_then(|it| schema.get(it)) {
        inline_schema(reach, items, &child(pointer, "items"), findings);
    }
    let has_members = members(schema, "properties").next().is_some();
    if schema.get("additionalProperties") == Some(&Value::Bool(false))
        && !has_members
        && !is_lost(schema, "additionalProperties")
    {
        let message = "an object without properties that may have no others either is always empty";
        findings.push(
            Finding::new(
                "missing-keyword",
                child(pointer, "additionalProperties"),
                message,
            )
            .help("write `additionalProperties: true`, or the type of the values"),
        );
    }
    if let Some(values) = Some("additionalProperties")
        .filter(counts)
        .and_then(|it| schema.get(it))
        .filter(|values| values.is_object())
    {
        inline_schema(
            reach,
            values,
            &child(pointer, "additionalProperties"),
            findings,
        );
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        if values.is_empty() {
            findings.push(
                Finding::new("enum", child(pointer, "enum"), "an enum without values")
                    .help("list the values that Atlas documents, or leave `enum` out"),
            );
        }
        let mut seen = BTreeSet::new();
        for (index, value) in values
            .iter()
            .enumerate()
            .filter(|(_, value)| !seen.insert(value.as_str()))
        {
            let at = child(&child(pointer, "enum"), &index.to_string());
            findings.push(
                Finding::new("enum", at, format!("{value} stands twice"))
                    .help("remove one of them"),
            );
        }
    }
}

/// Whether the schema has an `allOf` of one reference.
fn is_reference(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array);
    parts.is_some_and(|parts| matches!(parts.as_slice(), [part] if part.get("$ref").is_some()))
}

/// `allOf` is allowed for one purpose only: to add a description to a reference.
fn all_of(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    if schema.get("allOf").is_none() {
        return;
    }
    if !is_reference(schema) {
        let message = "`allOf` may only hold one `$ref`";
        findings.push(
            Finding::new("all-of", child(pointer, "allOf"), message).help("write the schema flat"),
        );
        return;
    }
    // `shared_schema` reports it there.
    if position(pointer) == Position::Shared {
        return;
    }
    for keyword in types::lost(schema) {
        let message = format!("`{keyword}` beside `allOf` would be ignored");
        let help = format!(
            "beside `allOf: [{{$ref: …}}]` there may be {}; write everything else in the schema that it refers to",
            BESIDE_ALL_OF[1..].join(", ")
        );
        findings.push(
            Finding::new("all-of", child(pointer, keyword), message)
                .at_key()
                .help(help),
        );
    }
}

fn member_names(document: &Value, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let known: BTreeSet<&str> = members(schema, "properties")
        .map(|(name, _)| name)
        .collect();
    let required = items(schema, "required").enumerate();
    for (index, name) in required.filter(|_| !is_lost(schema, "required")) {
        let name = name.as_str().unwrap_or_default();
        if !known.contains(name) {
            let at = child(&child(pointer, "required"), &index.to_string());
            findings.push(
                Finding::new(
                    "member",
                    at,
                    format!("`{name}` is no member of this object"),
                )
                .help(nearest::advice(name, known.iter().copied())),
            );
        }
    }
    if !is_lost(schema, "x-atlas-rules") {
        rules::lint(document, schema, pointer, findings);
    }
}
