//! Iterators and visitors over an OpenAPI document that several passes share.

use openapiv3::{
    AdditionalProperties, OpenAPI, Operation, Parameter, ParameterSchemaOrContent, ReferenceOr,
    Schema, SchemaKind, Type,
};

/// Returns every operation with its method (lower case) and path.
pub(super) fn operations(openapi: &OpenAPI) -> impl Iterator<Item = (&str, &str, &Operation)> {
    openapi
        .paths
        .iter()
        .filter_map(|(path, item)| Some((path.as_str(), item.as_item()?)))
        .flat_map(|(path, item)| {
            item.iter()
                .map(move |(method, operation)| (method, path, operation))
        })
}

/// Returns every operation.
pub(super) fn operations_mut(openapi: &mut OpenAPI) -> impl Iterator<Item = &mut Operation> {
    openapi
        .paths
        .paths
        .values_mut()
        .filter_map(item_mut)
        .flat_map(|item| {
            [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.delete,
                &mut item.patch,
            ]
            .into_iter()
            .flatten()
        })
}

/// Returns an inline definition, or `None` for a `$ref`.
pub(super) fn item_mut<T>(entry: &mut ReferenceOr<T>) -> Option<&mut T> {
    match entry {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { .. } => None,
    }
}

/// Returns an inline definition or, for a `$ref`, the component with the last token of the
/// reference. Returns `None` if that component is missing or itself a `$ref`.
pub(super) fn component<'a, T>(
    map: &'a indexmap::IndexMap<String, ReferenceOr<T>>,
    entry: &'a ReferenceOr<T>,
) -> Option<&'a T> {
    match entry {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { reference } => map.get(reference.rsplit('/').next()?)?.as_item(),
    }
}

/// Visits every inline schema of the document, outer schemas before inner ones. `$ref`s are not
/// followed.
pub(super) fn schemas(openapi: &mut OpenAPI, visit: &mut dyn FnMut(&mut Schema)) {
    if let Some(components) = &mut openapi.components {
        components
            .schemas
            .values_mut()
            .for_each(|schema| reference(schema, visit));
        components
            .parameters
            .values_mut()
            .filter_map(item_mut)
            .for_each(|it| parameter(it, visit));
        for response in components.responses.values_mut().filter_map(item_mut) {
            response
                .content
                .values_mut()
                .filter_map(|media| media.schema.as_mut())
                .for_each(|it| reference(it, visit));
        }
    }
    for operation in operations_mut(openapi) {
        operation
            .parameters
            .iter_mut()
            .filter_map(item_mut)
            .for_each(|it| parameter(it, visit));
        let body = operation
            .request_body
            .iter_mut()
            .filter_map(item_mut)
            .flat_map(|body| body.content.values_mut());
        let responses = operation
            .responses
            .responses
            .values_mut()
            .filter_map(item_mut);
        let media = body.chain(responses.flat_map(|response| response.content.values_mut()));
        media
            .filter_map(|media| media.schema.as_mut())
            .for_each(|it| reference(it, visit));
    }
}

fn parameter(parameter: &mut Parameter, visit: &mut dyn FnMut(&mut Schema)) {
    let (Parameter::Query { parameter_data, .. }
    | Parameter::Header { parameter_data, .. }
    | Parameter::Path { parameter_data, .. }
    | Parameter::Cookie { parameter_data, .. }) = parameter;
    if let ParameterSchemaOrContent::Schema(schema) = &mut parameter_data.format {
        reference(schema, visit);
    }
}

fn reference(entry: &mut ReferenceOr<Schema>, visit: &mut dyn FnMut(&mut Schema)) {
    if let ReferenceOr::Item(item) = entry {
        schema(item, visit);
    }
}

/// Visits a schema and all inline schemas inside it.
pub(super) fn schema(item: &mut Schema, visit: &mut dyn FnMut(&mut Schema)) {
    visit(item);
    match &mut item.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            for property in object.properties.values_mut() {
                if let ReferenceOr::Item(property) = property {
                    schema(property, visit);
                }
            }
            if let Some(AdditionalProperties::Schema(values)) = &mut object.additional_properties {
                reference(values, visit);
            }
        }
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(ReferenceOr::Item(items)) = &mut array.items {
                schema(items, visit);
            }
        }
        _ => {}
    }
}
