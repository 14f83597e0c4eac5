//! Drafts one operation.

use serde_json::{Value, json};

use super::Omitted;
use super::names::{Names, tag};
use super::parameters;
use super::published::{Operation, Published};
use super::schemas::Schemas;
use super::shared::Shared;
use crate::generations::GENERATIONS;

/// What operations share while they are drafted.
pub(super) struct Drafter<'a> {
    pub schemas: Schemas<'a>,
    pub shared: Shared<'a>,
}

/// The official references, each with a page for each of its operations.
const PAGES: &str = "https://www.mongodb.com/docs/api/doc/atlas-admin-api-";

impl<'a> Drafter<'a> {
    pub fn new(published: Published<'a>, names: Names, prose: &'a str) -> Self {
        let shared = Shared::new(published);
        let schemas = Schemas::new(published, names, prose);
        Drafter { schemas, shared }
    }

    /// Drafts an operation, or returns why it cannot be drafted.
    pub fn operation(&mut self, operation: &Operation<'a>) -> Result<Value, String> {
        let id = self.schemas.names.operation(operation.id);
        let responses = self.responses(operation, &id)?;
        let request_body = self.request_body(operation, &id)?;
        let parameters = self.parameters(operation, &id)?;
        let prose = self.schemas.prose;
        let published = operation.value;
        let mut drafted = json!({
            "operationId": id,
            "x-atlas-operation-id": operation.id,
            "tags": [tag(published["tags"][0].as_str().unwrap_or_default())],
            "summary": prose,
            "externalDocs": {"url": page(operation)},
            "parameters": parameters,
            "responses": responses,
        });
        if published.get("deprecated") == Some(&Value::Bool(true)) {
            drafted["deprecated"] = true.into();
            drafted["x-atlas-deprecation"] = json!({"note": prose});
        }
        let roles = ["x-rolesRequirements", "x-roles"];
        if let Some(roles) = roles.iter().find_map(|key| published.get(key)) {
            drafted["x-atlas-roles"] = roles.clone();
        }
        if published.get("security").is_some() {
            self.omit(operation.id, "its own security requirements".to_owned());
        }
        if let Some(body) = request_body {
            drafted["requestBody"] = body;
        }
        Ok(drafted)
    }

    pub(super) fn omit(&mut self, operation: &str, what: String) {
        self.schemas.omitted.push(Omitted {
            place: operation.to_owned(),
            what,
        });
    }

    /// Returns the components of the operations that were drafted, and what they lack.
    pub fn components(self) -> (Value, Vec<Omitted>) {
        let Drafter {
            mut schemas,
            shared,
        } = self;
        let mut components = shared.components();
        components["schemas"] = schemas.finish();
        (components, schemas.omitted)
    }
}

/// The page of an operation in the official reference.
fn page(operation: &Operation<'_>) -> String {
    let mut generations = GENERATIONS.iter();
    let api = generations.find(|it| operation.path.starts_with(it.prefix));
    let api = api.map_or("v2", |generation| generation.api);
    let id = operation.id.to_lowercase();
    format!("{PAGES}{api}/operation/operation-{id}")
}

/// The path of an operation, with the names of parameters as the draft writes them.
pub(super) fn path(operation: &Operation<'_>) -> String {
    parameters::path(operation.path)
}
