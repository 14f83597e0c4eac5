//! Drafts operations of a published OpenAPI document in the dialect that `spec/README.md` describes.
//!
//! The facts are taken over: names, types, bounds, enums, media types, roles and dates. Prose is
//! never taken over: a draft has a placeholder in its place, or nothing, and then the draft breaks
//! the rules that demand descriptions until somebody has written them.
//!
//! An operation that the dialect cannot describe is left out, with the reason. A detail that it
//! cannot describe is omitted, with what it was: the operation works without it.

mod bodies;
mod flat;
mod join;
mod names;
mod operation;
mod parameters;
mod plain;
pub(crate) mod published;
mod sample;
mod schemas;
mod shared;
#[cfg(test)]
mod tests;
mod versions;
pub(crate) mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use names::Names;
use operation::Drafter;
use published::Published;
pub use yaml::text;

/// What to draft, and with which prose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The official ids of the operations to draft; `None` for all of them.
    pub operations: Option<BTreeSet<String>>,
    /// The sentence that stands wherever prose belongs; `None` leaves these places empty.
    pub placeholder: Option<String>,
}

/// A document in the dialect of `spec/`, and what it lacks.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The document. Its samples and prose are placeholders.
    pub document: Value,
    /// The operations that could not be drafted.
    pub left_out: Vec<LeftOut>,
    /// The details that the drafted operations lack.
    pub omitted: Vec<Omitted>,
}

/// An operation that could not be drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its official id.
    pub operation: String,
    /// Why, in plain words: `answers a file (application/vnd.atlas.2023-01-01+gzip)`.
    pub reason: String,
}

/// A published detail that the draft lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// The official id of the operation, or the name of the schema in the draft.
    pub place: String,
    /// What is missing: `header parameter Use-Effective-Instance-Fields`.
    pub what: String,
}

/// Drafts operations of `published`. Names do not depend on which operations are chosen, except
/// those of types that have no official name.
pub fn draft(published: &Value, options: &Options) -> Draft {
    let published = Published(published);
    let names = Names::new(published);
    let prose = options.placeholder.as_deref().unwrap_or_default();
    let mut drafter = Drafter::new(published, names, prose);
    let mut left_out = Vec::new();
    let mut paths: BTreeMap<String, BTreeMap<&str, Value>> = BTreeMap::new();
    let is_chosen = |id: &str| {
        options
            .operations
            .as_ref()
            .is_none_or(|ids| ids.contains(id))
    };
    let mut unknown: BTreeSet<&str> = options
        .operations
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    for operation in published.operations() {
        unknown.remove(operation.id);
        if !is_chosen(operation.id) {
            continue;
        }
        match drafter.operation(&operation) {
            Ok(value) => {
                paths
                    .entry(operation::path(&operation))
                    .or_default()
                    .insert(operation.method, value);
            }
            Err(reason) => left_out.push(LeftOut {
                operation: operation.id.to_owned(),
                reason,
            }),
        }
    }
    left_out.extend(unknown.into_iter().map(|id| LeftOut {
        operation: id.to_owned(),
        reason: "the published document has no operation with this id".to_owned(),
    }));
    let tags = tags(&paths, prose);
    let (mut components, omitted) = drafter.components();
    components["securitySchemes"] = security_schemes(published);
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": prose, "version": published.version()},
        "servers": servers(published),
        "security": published.0.get("security").cloned().unwrap_or_else(|| json!([])),
        "tags": tags,
        "paths": paths,
        "components": components,
    });
    shared::keep_used(&mut document);
    sample::fill(&mut document, prose);
    Draft {
        document,
        left_out,
        omitted,
    }
}

/// The tags that operations have, each with a description.
fn tags(paths: &BTreeMap<String, BTreeMap<&str, Value>>, prose: &str) -> Vec<Value> {
    let operations = paths.values().flat_map(BTreeMap::values);
    let names: BTreeSet<&str> = operations.filter_map(|it| it["tags"][0].as_str()).collect();
    let tag = |name| json!({"name": name, "description": prose});
    names.into_iter().map(tag).collect()
}

/// The hosts of the published document, without descriptions.
fn servers(published: Published<'_>) -> Vec<Value> {
    let servers = published.0.get("servers").and_then(Value::as_array);
    let urls = servers
        .into_iter()
        .flatten()
        .filter_map(|server| server.get("url"));
    urls.map(|url| json!({"url": url})).collect()
}

/// The security schemes of the published document, without descriptions and scopes.
fn security_schemes(published: Published<'_>) -> Value {
    let mut schemes = json!({});
    for (name, scheme) in published.components("securitySchemes") {
        let mut drafted = json!({});
        for keyword in ["type", "scheme"] {
            if let Some(value) = scheme.get(keyword) {
                drafted[keyword] = value.clone();
            }
        }
        for (flow, value) in crate::lint::members(scheme, "flows") {
            drafted["flows"][flow] = json!({"tokenUrl": value["tokenUrl"], "scopes": {}});
        }
        schemes[name] = drafted;
    }
    schemes
}
