//! lower: writes the document that progenitor gets, which has what becomes a name or a type and,
//! besides `info`, nothing else. What else is generated is in [`Facts`](crate::facts::Facts).
//!
//! Before: `retentionInDays: {type: integer, format: int32, minimum: 1}`, and `200` and `404` with
//! dated media types. After: `{type: integer, format: int64}`, and `2XX` with `application/json`.

use atlas_backup_document::parts::{items, members, operations, resolve, text};
use atlas_backup_document::{Error, Finding};
use openapiv3::OpenAPI;
use serde_json::{Value, json};

pub(crate) fn lower(document: &Value) -> Result<OpenAPI, Error> {
    let mut paths = json!({});
    for (_, method, path, one) in operations(document) {
        paths[path][method] = operation(document, one);
    }
    let schemas = members(&document["components"], "schemas");
    let schemas: Value = schemas.map(|(name, one)| (name, schema(one))).collect();
    parse(&json!({
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": paths,
        "components": {"schemas": schemas},
    }))
}

fn parse(document: &Value) -> Result<OpenAPI, Error> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let segments = error.path().iter();
        let pointer: String = segments.map(|segment| format!("/{segment}")).collect();
        Error::one(Finding::new("openapi", pointer, error.inner().to_string()))
    })
}

fn operation(document: &Value, operation: &Value) -> Value {
    let parameters = items(operation, "parameters").map(|parameter| {
        let parameter = resolve(document, parameter);
        json!({
            "name": parameter["name"],
            "in": parameter["in"],
            "required": parameter["required"] == true,
            "schema": schema(&parameter["schema"]),
        })
    });
    // Any success is decoded like the documented one. The runtime decodes all errors itself.
    let mut responses = members(operation, "responses");
    let success = responses.find(|(status, _)| status.starts_with('2'));
    let success = success.map_or(json!({}), |(_, one)| content(resolve(document, one)));
    let mut lowered = json!({
        "operationId": operation["operationId"],
        "parameters": parameters.collect::<Vec<_>>(),
        "responses": {"2XX": {"description": "", "content": success}},
    });
    if let Some(body) = operation.get("requestBody") {
        lowered["requestBody"] = json!({"required": true, "content": content(body)});
    }
    lowered
}

/// progenitor generates types only for `application/json`, and panics on content without a schema,
/// as that of a 204.
fn content(holder: &Value) -> Value {
    let mut schemas = members(holder, "content").filter_map(|(_, media)| media.get("schema"));
    match schemas.next() {
        Some(one) => json!({"application/json": {"schema": schema(one)}}),
        None => json!({}),
    }
}

/// Without bounds and patterns, which progenitor would check in responses too; without defaults,
/// since the client does not send what the user did not set; and with two formats: all integers are
/// 64 bits wide, because sizes exceed 2^31 before a document mentions it, and all texts but
/// date-times are plain, because a response must not be rejected for an unusual uuid.
fn schema(schema: &Value) -> Value {
    let keyword = |(keyword, value): (&String, &Value)| {
        let value = match keyword.as_str() {
            "$ref" | "allOf" | "enum" | "required" | "type" => value.clone(),
            "properties" => {
                let properties = members(schema, keyword);
                properties
                    .map(|(name, one)| (name, self::schema(one)))
                    .collect()
            }
            "items" => self::schema(value),
            "additionalProperties" if value.is_object() => self::schema(value),
            "additionalProperties" => value.clone(),
            "format" if value == "date-time" => value.clone(),
            _ => return None,
        };
        Some((keyword.clone(), value))
    };
    let mut lowered: Value = schema
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(keyword)
        .collect();
    if text(schema, "type") == "integer" {
        lowered["format"] = "int64".into();
    }
    lowered
}

/// The valid document of the tests, lowered.
#[cfg(test)]
pub(crate) fn sound() -> (OpenAPI, crate::facts::Facts) {
    let document = atlas_backup_document::Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text: include_str!("../../tests/fixtures/documents/sound.yaml").into(),
    };
    let loaded = atlas_backup_document::load(&document).unwrap_or_else(|error| panic!("{error}"));
    let openapi = lower(&loaded.value).unwrap_or_else(|error| panic!("{error}"));
    (openapi, crate::facts::Facts::of(&loaded))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r"
openapi: 3.0.3
info: {title: t, version: '1'}
servers: [{url: 'https://cloud.mongodb.com'}]
tags: [{name: Things, description: d}]
paths:
  /a/{id}:
    post:
      operationId: makeThing
      x-atlas-operation-id: createThing
      tags: [Things]
      description: Makes it.
      parameters:
        - {$ref: '#/components/parameters/id'}
        - {name: size, in: query, schema: {type: integer, format: int32, default: 7}}
      requestBody:
        required: true
        content: {application/vnd.atlas.2023-01-01+json: {schema: {$ref: '#/components/schemas/A'}}}
      responses:
        '404': {$ref: '#/components/responses/missing'}
        '201': {description: d, content: {application/vnd.atlas.2024-05-30+json: {schema: {$ref: '#/components/schemas/A'}}}}
    delete:
      operationId: deleteThing
      responses:
        '204': {description: d, content: {application/vnd.atlas.2023-01-01+json: {}}}
        '401': {$ref: '#/components/responses/missing'}
components:
  parameters:
    id: {name: id, in: path, required: true, description: d, schema: {type: string, pattern: '^a$'}}
  responses:
    missing: {description: d}
  schemas:
    A:
      type: object
      description: d
      required: [days]
      x-atlas-schema: B
      x-atlas-rules: [{together: [key, at], reason: r, source: {wire: Seen.}}]
      properties:
        days: {type: integer, minimum: 1, maximum: 9, default: 7, nullable: true}
        size: {type: number, format: double, description: d}
        key: {type: string, format: uuid, maxLength: 9, pattern: '^a$', x-atlas-secret: true}
        at: {type: string, format: date-time, deprecated: true}
        format: {type: string, enum: [default, minimum]}
        counts: {type: array, minItems: 1, items: {type: integer, format: int32, minimum: 1}}
        texts: {type: object, additionalProperties: {type: string, minLength: 1}}
        any: {type: object, additionalProperties: true}
        other: {allOf: [{$ref: '#/components/schemas/A'}], description: d}
";

    /// Names and types stay, also members that are called like keywords, and nothing else.
    #[test]
    fn a_document_keeps_names_and_types() {
        let document = atlas_backup_document::Document {
            api: "v2".into(),
            path: "test.yaml".into(),
            text: BEFORE.into(),
        };
        let loaded = atlas_backup_document::load(&document).unwrap();
        let lowered = serde_json::to_value(lower(&loaded.value).unwrap()).unwrap();
        let a = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let make = json!({
            "operationId": "makeThing",
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}, "style": "simple"},
                {"name": "size", "in": "query", "schema": {"type": "integer", "format": "int64"}, "style": "form"},
            ],
            "requestBody": {"required": true, "content": a},
            "responses": {"2XX": {"description": "", "content": a}},
        });
        let delete = json!({
            "operationId": "deleteThing",
            "responses": {"2XX": {"description": ""}},
        });
        let schema = json!({
            "type": "object",
            "required": ["days"],
            "properties": {
                "days": {"type": "integer", "format": "int64"},
                "size": {"type": "number"},
                "key": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "format": {"type": "string", "enum": ["default", "minimum"]},
                "counts": {"type": "array", "items": {"type": "integer", "format": "int64"}},
                "texts": {"type": "object", "additionalProperties": {"type": "string"}},
                "any": {"type": "object", "additionalProperties": true},
                "other": {"allOf": [{"$ref": "#/components/schemas/A"}]},
            },
        });
        let expected = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a/{id}": {"delete": delete, "post": make}},
            "components": {"schemas": {"A": schema}},
        });
        assert_eq!(lowered, expected, "{lowered:#}");
    }

    /// For `codegen/tests/fixtures/progenitor.sh`, which runs other versions of progenitor on it.
    #[test]
    #[ignore = "prints the document for a script"]
    fn print_sound() {
        let (openapi, _) = sound();
        println!("{}", serde_json::to_string(&openapi).unwrap_or_default());
    }
}
