//! Objects may hold objects of their own type, but not as a required member, directly or through other
//! required members: no value of such an object would have an end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{described, members, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let schemas = members(&document["components"], "schemas");
    let required: BTreeMap<&str, Vec<(&str, &str)>> = schemas
        .map(|(name, schema)| (name, required(schema).collect()))
        .collect();
    let mut seen = BTreeSet::new();
    for name in required.keys() {
        let mut way = vec![*name];
        follow(&required, &mut way, &mut seen, findings);
    }
}

/// The required members that are one object, each with the name of its schema.
fn required(schema: &Value) -> impl Iterator<Item = (&str, &str)> {
    let is_required = |name: &str| {
        let mut required = schema["required"].as_array().into_iter().flatten();
        required.any(|required| required == name)
    };
    members(schema, "properties").filter_map(move |(name, member)| {
        let target = text(described(member), "$ref").strip_prefix("#/components/schemas/")?;
        is_required(name).then_some((name, target))
    })
}

/// Reports the members that lead from the last schema of the way back to one on it. Every schema is
/// followed once.
fn follow<'a>(
    required: &BTreeMap<&'a str, Vec<(&'a str, &'a str)>>,
    way: &mut Vec<&'a str>,
    seen: &mut BTreeSet<&'a str>,
    findings: &mut Vec<Finding>,
) {
    let Some(name) = way.last().copied().filter(|name| seen.insert(name)) else {
        return;
    };
    for (member, target) in required.get(name).into_iter().flatten() {
        if way.contains(target) {
            let at = child("/components/schemas", name);
            let at = child(&child(&at, "properties"), member);
            let message = format!("`{target}` would contain itself without end");
            findings.push(
                Finding::new("circle", at, message)
                    .at_key()
                    .help(format!("make `{member}` optional")),
            );
        }
        way.push(target);
        follow(required, way, seen, findings);
        way.pop();
    }
}
