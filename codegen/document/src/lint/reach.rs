//! Which shared schemas requests and responses contain, directly or in another schema.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{described, members, operations, resolve, text};

/// Returns the shared schemas that request bodies contain.
pub(super) fn requests(document: &Value) -> BTreeSet<&str> {
    let bodies = operations(document).filter_map(|(.., operation)| operation.get("requestBody"));
    closure(document, bodies.flat_map(schemas).collect())
}

/// Returns the shared schemas that responses contain, errors included.
pub(super) fn responses(document: &Value) -> BTreeSet<&str> {
    let responses = operations(document).flat_map(|(.., operation)| {
        members(operation, "responses").map(|(_, response)| resolve(document, response))
    });
    closure(document, responses.flat_map(schemas).collect())
}

fn schemas(holder: &Value) -> impl Iterator<Item = &Value> {
    members(holder, "content").filter_map(|(_, media)| media.get("schema"))
}

fn closure<'a>(document: &'a Value, mut open: Vec<&'a Value>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    while let Some(schema) = open.pop() {
        let target = text(described(schema), "$ref").strip_prefix("#/components/schemas/");
        if target.is_some_and(|name| !names.insert(name)) {
            continue;
        }
        let schema = resolve(document, described(schema));
        open.extend(members(schema, "properties").map(|(_, member)| member));
        open.extend(
            ["items", "additionalProperties"]
                .iter()
                .filter_map(|keyword| schema.get(keyword)),
        );
    }
    names
}
