//! Operations of the course with their schemas and the calls that exercise them, and how several
//! become one document.

use std::collections::BTreeSet;

use atlas_backup_document::{Document, draft};
use serde_json::{Map, Value, json};

use crate::types;

/// The tag of operations that are not about tags.
pub const TAG: &str = "Cells";

/// The media type of all bodies.
pub const MEDIA: &str = "application/vnd.atlas.2023-01-01+json";

/// A part of a document, which is complete but for the schemas of [`types::shared`].
#[derive(Clone, Default)]
pub struct Fragment {
    /// Path items by path.
    pub paths: Map<String, Value>,
    /// Schemas by name.
    pub schemas: Map<String, Value>,
    /// Calls of the operations, as `tests/it/round_trip.rs` reads them.
    pub exercises: Vec<Value>,
    /// The updates that are made from responses.
    pub conversions: Vec<Conversion>,
}

/// An update that is made from a response.
#[derive(Clone)]
pub struct Conversion {
    /// The operation that takes the update.
    pub id: String,
    /// The schema of the response.
    pub read: String,
    /// The schema of the update.
    pub written: String,
}

impl Fragment {
    /// Adds an operation.
    pub fn operation(&mut self, path: &str, method: &str, operation: Value) {
        self.paths
            .insert(path.to_owned(), json!({method: operation}));
    }

    /// Adds everything of another fragment.
    pub fn add(&mut self, other: Fragment) {
        self.paths.extend(other.paths);
        self.schemas.extend(other.schemas);
        self.exercises.extend(other.exercises);
        self.conversions.extend(other.conversions);
    }

    /// The document that consists of this fragment.
    pub fn document(&self, api: &str, path: &str) -> Document {
        let tags: BTreeSet<&str> = self
            .paths
            .values()
            .filter_map(Value::as_object)
            .flatten()
            .filter_map(|(_, operation)| operation["tags"][0].as_str())
            .collect();
        let tags: Vec<Value> = tags
            .into_iter()
            .map(|tag| json!({"name": tag, "description": "Things to try."}))
            .collect();
        let mut components = json!({
            "securitySchemes": {"DigestAuth": {"type": "http", "scheme": "digest"}},
        });
        let schemas = self.needed_schemas();
        if !schemas.is_empty() {
            components["schemas"] = Value::Object(schemas);
        }
        let value = json!({
            "openapi": "3.0.3",
            "info": {"title": "Obstacles", "version": "1"},
            "servers": [{"url": "https://cloud.mongodb.com"}],
            "security": [{"DigestAuth": []}],
            "tags": tags,
            "paths": self.paths,
            "components": components,
        });
        Document {
            api: api.to_owned(),
            path: path.to_owned(),
            text: draft::text(&value),
        }
    }

    /// The schemas that the operations refer to, directly or in another schema.
    fn needed_schemas(&self) -> Map<String, Value> {
        let mut known = self.schemas.clone();
        for place in crate::place::PLACES {
            known.extend(types::shared(place.prefix()));
        }
        let mut needed = Map::new();
        let mut open = Vec::new();
        let paths = Value::Object(self.paths.clone());
        references(&paths, &mut open);
        while let Some(name) = open.pop() {
            if let Some(schema) = known.get(&name).filter(|_| !needed.contains_key(&name)) {
                references(schema, &mut open);
                needed.insert(name, schema.clone());
            }
        }
        needed
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            found.extend(name.map(str::to_owned));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// An operation that takes nothing and answers nothing.
pub fn operation(id: &str, tag: &str) -> Value {
    json!({
        "operationId": id,
        "x-atlas-operation-id": id,
        "tags": [tag],
        "summary": "Try a thing",
        "externalDocs": {"url": "https://example.com"},
        "responses": {"204": {"description": "Done."}},
    })
}

/// A parameter, whose name stands in the path too if it is `in` the path. One that is required has an
/// example.
pub fn parameter(name: &str, is_in: &str, example: Option<&Value>, schema: Value) -> Value {
    let mut parameter =
        json!({"name": name, "in": is_in, "description": "A parameter.", "schema": schema});
    if let Some(example) = example {
        parameter["required"] = json!(true);
        parameter["example"] = example.clone();
    }
    parameter
}

/// The content of a request or a response.
pub fn content(schema: Value, example: &Value) -> Value {
    json!({MEDIA: {"schema": schema, "examples": {"request": {"value": example}}}})
}

/// The success response with this content.
pub fn success(content: Value) -> Value {
    json!({"200": {"description": "Done.", "content": content}})
}

/// An object with these members.
pub fn object(members: Map<String, Value>, required: &[String]) -> Value {
    let mut schema = json!({"type": "object", "description": "An object.", "properties": members});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// A reference to a shared schema.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}
