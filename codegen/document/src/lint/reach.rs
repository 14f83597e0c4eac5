//! Which shared schemas requests and responses contain, directly or in another schema.

use std::collections::BTreeSet;

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
        let bodies = operations(document).filter_map(|(.., it)| it.get("requestBody"));
        let responses = |statuses: &str| {
            let all = operations(document).flat_map(|(.., it)| members(it, "responses"));
            let these = all.filter(|(status, _)| status.starts_with(|c| statuses.contains(c)));
            let these = these.map(|(_, response)| resolve(document, response));
            closure(document, these.flat_map(schemas).collect())
        };
        Reach {
            document,
            requests: closure(document, bodies.flat_map(schemas).collect()),
            responses: responses("245"),
            successes: responses("2"),
        }
    }
}

fn schemas(holder: &Value) -> impl Iterator<Item = &Value> {
    members(holder, "content").filter_map(|(_, media)| media.get("schema"))
}

/// Returns the names of the shared schemas that these schemas lead to.
pub(crate) fn closure<'a>(document: &'a Value, mut open: Vec<&'a Value>) -> BTreeSet<&'a str> {
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
