//! Reads the facts of operations: everything about them that is not a type.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_document::parts::{items, members, operations, resolve, shown, text};
use atlas_backup_document::{deprecation_note, own_words};
use serde_json::Value;

use super::{Idempotency, Operation, Parameter, checks, method_name};

/// The media type of all errors, and of a success without content.
const JSON: &str = "application/json";

/// Operations by method name.
pub(super) fn all(document: &Value) -> BTreeMap<String, Operation> {
    let ids = operations(document).map(|(.., one)| text(one, "operationId"));
    let ids: BTreeSet<&str> = ids.collect();
    let facts = operations(document).map(|(pointer, method, path, value)| Operation {
        pointer,
        method: method.to_uppercase(),
        path: path.to_owned(),
        idempotency: idempotency(method, text(value, "x-atlas-effect")),
        ..operation(document, value, &ids)
    });
    facts.map(|fact| (method_name(&fact.id), fact)).collect()
}

/// `ids` are the `operationId`s of the document.
fn operation(document: &Value, operation: &Value, ids: &BTreeSet<&str>) -> Operation {
    let text_of = |key: &str| text(operation, key).to_owned();
    let texts = |key: &str| -> Vec<String> { items(operation, key).map(shown).collect() };
    let (deprecation, roles) = (
        operation.get("x-atlas-deprecation"),
        operation.get("x-atlas-roles"),
    );
    let responses = members(operation, "responses");
    let mut responses: Vec<(u16, &Value)> = responses
        .filter_map(|(status, response)| Some((status.parse().ok()?, resolve(document, response))))
        .collect();
    responses.sort_unstable_by_key(|(status, _)| *status);
    let (successes, errors): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|(status, _)| *status < 300);
    let accept = successes.first().and_then(|(_, response)| media(response));
    // The deprecation and the roles become an attribute and a line of documentation.
    let description = own_words(text(operation, "description"), deprecation, roles);
    let parameters = items(operation, "parameters").map(|one| resolve(document, one));
    Operation {
        id: text_of("operationId"),
        official_id: text_of("x-atlas-operation-id"),
        tag: texts("tags").into_iter().next().unwrap_or_default(),
        summary: text_of("summary"),
        description: description.to_owned(),
        page: text(&operation["externalDocs"], "url").to_owned(),
        roles: texts("x-atlas-roles"),
        deprecated: deprecation.map(|it| with_methods(&deprecation_note(it), ids)),
        accept: accept.unwrap_or(JSON).to_owned(),
        content_type: operation
            .get("requestBody")
            .and_then(media)
            .map(str::to_owned),
        optional_body: operation["requestBody"]["required"] == false,
        errors: errors.into_iter().map(|(status, _)| status).collect(),
        parameters: parameters.map(parameter).collect(),
        ..Operation::default()
    }
}

/// The media type of a body or response, which has one at most.
fn media(holder: &Value) -> Option<&str> {
    let (media, _) = members(holder, "content").next()?;
    Some(media)
}

/// Replaces the `operationId`s in a text by the names of the methods.
fn with_methods(text: &str, ids: &BTreeSet<&str>) -> String {
    let parts = text.split('`').map(|word| match ids.contains(word) {
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

fn parameter(parameter: &Value) -> (String, Parameter) {
    let schema = &parameter["schema"];
    let fact = Parameter {
        description: text(parameter, "description").to_owned(),
        default: schema.get("default").map(shown),
        checks: checks::of(schema),
    };
    (text(parameter, "name").to_owned(), fact)
}
