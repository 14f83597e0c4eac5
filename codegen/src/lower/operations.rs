//! Creates the facts of each operation: everything about it that is not a type.
//!
//! Before: `operationId: takeSnapshot` with `x-atlas-operation-id`, roles, deprecation and page.
//! After: the same in `facts.operations["take_snapshot"]`, and the document without `deprecated`,
//! which progenitor ignores.

use atlas_backup_document::{child, deprecation_note, own_words};
use openapiv3::{OpenAPI, ParameterSchemaOrContent};

use super::walk;
use crate::facts::{Facts, Idempotency, Operation, Parameter, method_name};

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    for (method, path, operation) in walk::operations(openapi) {
        let id = operation.operation_id.clone().unwrap_or_default();
        facts
            .operations
            .insert(method_name(&id), read(openapi, method, path, id, operation));
    }
    for tag in &openapi.tags {
        facts.tags.insert(
            tag.name.clone(),
            tag.description.clone().unwrap_or_default(),
        );
    }
    facts.operations.len()
}

fn read(
    openapi: &OpenAPI,
    method: &str,
    path: &str,
    id: String,
    operation: &openapiv3::Operation,
) -> Operation {
    let extension = |name: &str| operation.extensions.get(name);
    let roles = extension("x-atlas-roles")
        .and_then(|roles| roles.as_array())
        .into_iter()
        .flatten();
    let statuses: Vec<u16> = operation
        .responses
        .responses
        .keys()
        .filter_map(|status| status.to_string().parse().ok())
        .collect();
    let mut errors: Vec<u16> = statuses
        .iter()
        .copied()
        .filter(|status| *status >= 400)
        .collect();
    errors.sort_unstable();
    Operation {
        pointer: child(&child("/paths", path), method),
        id,
        official_id: extension("x-atlas-operation-id")
            .and_then(|id| id.as_str())
            .unwrap_or_default()
            .to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: operation.tags.first().cloned().unwrap_or_default(),
        summary: operation.summary.clone().unwrap_or_default(),
        // The deprecation and the roles become an attribute and a line of documentation.
        description: own_words(
            operation.description.as_deref().unwrap_or_default(),
            extension("x-atlas-deprecation"),
            extension("x-atlas-roles"),
        )
        .to_owned(),
        page: operation
            .external_docs
            .as_ref()
            .map(|docs| docs.url.clone())
            .unwrap_or_default(),
        roles: roles
            .filter_map(|role| role.as_str())
            .map(str::to_owned)
            .collect(),
        deprecated: extension("x-atlas-deprecation")
            .map(|deprecation| with_methods(&deprecation_note(deprecation), openapi)),
        idempotency: idempotency(
            method,
            extension("x-atlas-effect").and_then(|declared| declared.as_str()),
        ),
        accept: String::new(),
        content_type: None,
        optional_body: operation
            .request_body
            .iter()
            .any(|body| body.as_item().is_some_and(|body| !body.required)),
        success: statuses
            .iter()
            .copied()
            .find(|status| *status < 300)
            .unwrap_or(200),
        errors,
        parameters: parameters(openapi, operation),
    }
}

/// Replaces the `operationId`s in a text by the names of the methods.
fn with_methods(text: &str, openapi: &OpenAPI) -> String {
    let is_operation = |word: &str| {
        walk::operations(openapi)
            .any(|(_, _, operation)| operation.operation_id.as_deref() == Some(word))
    };
    let parts = text.split('`').map(|word| match is_operation(word) {
        true => method_name(word),
        false => word.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Returns the idempotency of an operation. By RFC 9110, GET is safe, PUT and DELETE are
/// idempotent. For a PATCH the spec declares it; a POST is never idempotent.
fn idempotency(method: &str, declared: Option<&str>) -> Idempotency {
    match (method, declared) {
        ("get", _) => Idempotency::Safe,
        ("put" | "delete", _) | ("patch", Some("idempotent")) => Idempotency::Idempotent,
        _ => Idempotency::NotIdempotent,
    }
}

fn parameters(
    openapi: &OpenAPI,
    operation: &openapiv3::Operation,
) -> std::collections::BTreeMap<String, Parameter> {
    let components = openapi.components.as_ref();
    let resolved = operation
        .parameters
        .iter()
        .filter_map(|entry| walk::component(&components?.parameters, entry));
    resolved
        .map(|parameter| {
            let data = parameter.parameter_data_ref();
            let default = match &data.format {
                ParameterSchemaOrContent::Schema(schema) => schema
                    .as_item()
                    .and_then(|schema| schema.schema_data.default.as_ref()),
                ParameterSchemaOrContent::Content(_) => None,
            };
            let fact = Parameter {
                description: data.description.clone().unwrap_or_default(),
                default: default.map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                }),
                checks: Vec::new(),
            };
            (data.name.clone(), fact)
        })
        .collect()
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
