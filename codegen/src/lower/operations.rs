//! Creates the facts of each operation: everything about it that is not a type.
//!
//! Before: `operationId: takeSnapshot` with `x-atlas-operation-id`, roles, deprecation and page.
//! After: the same in `facts.operations["take_snapshot"]`.

use std::collections::BTreeMap;

use atlas_backup_document::{child, deprecation_note, own_words};
use serde_json::Value;

use super::walk;
use crate::facts::{Facts, Idempotency, Operation, Parameter, method_name};

pub(super) fn lower(document: &mut Value, facts: &mut Facts) -> usize {
    for (method, path, operation) in walk::operations(document) {
        let fact = read(document, method, path, operation);
        facts.operations.insert(method_name(&fact.id), fact);
    }
    let tags = walk::items(document, "tags");
    let texts = tags.map(|tag| ["name", "description"].map(|key| walk::text(tag, key).to_owned()));
    facts.tags.extend(texts.map(<(String, String)>::from));
    facts.operations.len()
}

fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let text = |key: &str| walk::text(operation, key).to_owned();
    let (deprecation, roles) = (
        operation.get("x-atlas-deprecation"),
        operation.get("x-atlas-roles"),
    );
    let statuses = walk::entries(operation, "responses");
    let mut statuses: Vec<u16> = statuses
        .filter_map(|(status, _)| status.parse().ok())
        .collect();
    statuses.sort_unstable();
    let (successes, errors): (Vec<_>, Vec<_>) = statuses
        .into_iter()
        .filter(|status| *status < 300 || *status >= 400)
        .partition(|status| *status < 300);
    // The deprecation and the roles become an attribute and a line of documentation.
    let description = own_words(walk::text(operation, "description"), deprecation, roles);
    Operation {
        pointer: child(&child("/paths", path), method),
        id: text("operationId"),
        official_id: text("x-atlas-operation-id"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: walk::texts(operation, "tags")
            .into_iter()
            .next()
            .unwrap_or_default(),
        summary: text("summary"),
        description: description.to_owned(),
        page: walk::text(&operation["externalDocs"], "url").to_owned(),
        roles: walk::texts(operation, "x-atlas-roles"),
        deprecated: deprecation.map(|it| with_methods(&deprecation_note(it), document)),
        idempotency: idempotency(method, walk::text(operation, "x-atlas-effect")),
        accept: String::new(),
        content_type: None,
        optional_body: operation["requestBody"]["required"] == false,
        success: successes.first().copied().unwrap_or(200),
        errors,
        parameters: parameters(document, operation),
    }
}

/// Replaces the `operationId`s in a text by the names of the methods.
fn with_methods(text: &str, document: &Value) -> String {
    let is_operation = |word: &str| {
        let mut operations = walk::operations(document);
        operations.any(|(_, _, operation)| walk::text(operation, "operationId") == word)
    };
    let parts = text.split('`').map(|word| match is_operation(word) {
        true => method_name(word),
        false => word.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Returns the idempotency of an operation. By RFC 9110, GET is safe, PUT and DELETE are
/// idempotent. For a PATCH the spec declares it; a POST is never idempotent.
fn idempotency(method: &str, declared: &str) -> Idempotency {
    match (method, declared) {
        ("get", _) => Idempotency::Safe,
        ("put" | "delete", _) | ("patch", "idempotent") => Idempotency::Idempotent,
        _ => Idempotency::NotIdempotent,
    }
}

fn parameters(document: &Value, operation: &Value) -> BTreeMap<String, Parameter> {
    let parameters = walk::parameters(document, operation);
    let facts = parameters.map(|parameter| {
        let fact = Parameter {
            description: walk::text(parameter, "description").to_owned(),
            default: parameter["schema"].get("default").map(walk::shown),
            checks: Vec::new(),
        };
        (walk::text(parameter, "name").to_owned(), fact)
    });
    facts.collect()
}

#[cfg(test)]
mod tests {
    use crate::facts::Idempotency;

    #[test]
    fn an_operation_keeps_what_progenitor_drops() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
tags: [{name: Cloud Backups, description: d}]
paths:
  /a/{id}:
    patch:
      operationId: updateThing
      x-atlas-operation-id: patchGroupThing
      x-atlas-effect: idempotent
      x-atlas-roles: [Project Owner]
      tags: [Cloud Backups]
      deprecated: true
      description: 'Really. Ended on 2026-01-22. Use `updateThing` of v3. Role: Project Owner.'
      x-atlas-deprecation: {ended: '2026-01-22', note: Use `updateThing` of v3.}
      responses: {'429': {description: d}, '200': {description: d}, '400': {description: d}}
";
        let (_, _, facts) = super::super::lowered(super::lower, yaml);
        let fact = &facts.operations["update_thing"];
        assert_eq!(fact.official_id, "patchGroupThing");
        assert_eq!(fact.idempotency, Idempotency::Idempotent);
        assert_eq!(
            fact.deprecated.as_deref(),
            Some("Ended on 2026-01-22. Use `update_thing` of v3.")
        );
        assert_eq!(fact.description, "Really.");
        assert_eq!(
            (fact.success, fact.errors.as_slice()),
            (200, &[400, 429][..])
        );
        assert_eq!(fact.pointer, "/paths/~1a~1{id}/patch");
    }
}
