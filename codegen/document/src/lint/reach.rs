//! Which shared schemas requests and responses contain, directly or in another schema.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{described, members, operations, resolve, text};

/// A document, with the names of the shared schemas that it sends and receives.
pub(crate) struct Reach<'a> {
    pub document: &'a Value,
    /// Those in request bodies.
    pub requests: BTreeSet<&'a str>,
    /// Those in responses, errors included.
    pub responses: BTreeSet<&'a str>,
    /// Those in responses of success.
    pub successes: BTreeSet<&'a str>,
}

impl<'a> Reach<'a> {
    pub(crate) fn of(document: &'a Value) -> Self {
        let (mut requests, mut responses, mut successes) = (Vec::new(), Vec::new(), Vec::new());
        for (.., operation) in operations(document) {
            let body = operation.get("requestBody");
            requests.extend(body.into_iter().flat_map(schemas));
            for (status, response) in members(operation, "responses") {
                let schemas = schemas(resolve(document, response));
                match status.as_bytes().first() {
                    Some(b'2') => successes.extend(schemas),
                    Some(b'4' | b'5') => responses.extend(schemas),
                    _ => {}
                }
            }
        }
        // Each schema is looked at once, and not for each of the sets.
        let shared = members(&document["components"], "schemas");
        let inner: HashMap<_, _> = shared
            .map(|(name, schema)| (name, references(schema)))
            .collect();
        let reached = |roots: Vec<&'a Value>| {
            let roots = roots.into_iter().flat_map(references).collect();
            follow(roots, |name| inner.get(name).cloned().unwrap_or_default())
        };
        let successes = reached(successes);
        let mut responses = reached(responses);
        responses.extend(&successes);
        Reach {
            document,
            requests: reached(requests),
            responses,
            successes,
        }
    }
}

impl Reach<'_> {
    /// Whether only errors contain a schema. Nothing is generated for it.
    pub(crate) fn is_of_error(&self, name: &str) -> bool {
        let is_generated = self.requests.contains(name) || self.successes.contains(name);
        self.responses.contains(name) && !is_generated
    }
}

fn schemas(holder: &Value) -> impl Iterator<Item = &Value> {
    members(holder, "content").filter_map(|(_, media)| media.get("schema"))
}

/// Returns the names of the shared schemas that these schemas lead to.
pub(crate) fn closure<'a>(document: &'a Value, schemas: Vec<&'a Value>) -> BTreeSet<&'a str> {
    let shared = &document["components"]["schemas"];
    let roots = schemas.into_iter().flat_map(references).collect();
    follow(roots, |name| {
        shared.get(name).map_or_else(Vec::new, references)
    })
}

/// Returns these names and all that they lead to.
fn follow<'a>(
    mut open: Vec<&'a str>,
    inner: impl Fn(&'a str) -> Vec<&'a str>,
) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop() {
        if names.insert(name) {
            open.extend(inner(name));
        }
    }
    names
}

/// Returns the names of the shared schemas to which a schema refers itself.
fn references(schema: &Value) -> Vec<&str> {
    let (mut names, mut open) = (Vec::new(), vec![schema]);
    while let Some(schema) = open.pop() {
        let schema = described(schema);
        names.extend(text(schema, "$ref").strip_prefix("#/components/schemas/"));
        open.extend(members(schema, "properties").map(|(_, member)| member));
        let inner = ["items", "additionalProperties"].iter();
        open.extend(inner.filter_map(|keyword| schema.get(keyword)));
    }
    names
}
