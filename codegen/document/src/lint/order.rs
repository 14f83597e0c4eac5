//! The order that spec/README.md prescribes (rule 9): it makes every document and every diff read
//! the same.

use serde_json::Value;

use super::{resolve, text};
use crate::document::{Loaded, Located, child};
use crate::error::Finding;

pub(crate) const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

pub(crate) const OPERATION: &[&str] = &[
    "operationId",
    "x-atlas-operation-id",
    "tags",
    "summary",
    "description",
    "externalDocs",
    "deprecated",
    "x-atlas-deprecation",
    "x-atlas-roles",
    "x-atlas-effect",
    "parameters",
    "requestBody",
    "responses",
];

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let root = loaded.root();
    for (section, entries) in root.member("components").iter().flat_map(|it| it.members()) {
        alphabetical(entries, &child("/components", section), findings);
    }
    let Some(paths) = root.member("paths") else {
        return;
    };
    alphabetical(paths, "/paths", findings);
    for (path, item) in paths.members() {
        let at = child("/paths", path);
        prescribed(item, &at, METHODS, findings);
        for (method, operation) in item.members() {
            let at = child(&at, method);
            prescribed(operation, &at, OPERATION, findings);
            parameters(&loaded.value, &at, operation.value, findings);
        }
    }
}

/// Returns the keys of a mapping, in the order of the text.
fn keys(mapping: Located<'_>) -> Vec<&str> {
    let mut members: Vec<_> = mapping.members().collect();
    members.sort_by_key(|(_, member)| member.entry().span.start);
    members.into_iter().map(|(key, _)| key).collect()
}

fn alphabetical(mapping: Located<'_>, pointer: &str, findings: &mut Vec<Finding>) {
    let keys = keys(mapping);
    report(pointer, &keys, &keys, findings);
}

fn prescribed(mapping: Located<'_>, pointer: &str, order: &[&str], findings: &mut Vec<Finding>) {
    let mut keys = keys(mapping);
    keys.retain(|key| order.contains(key));
    let rank = |key: &&str| order.iter().position(|known| known == key);
    let ranks: Vec<_> = keys.iter().map(rank).collect();
    report(pointer, &keys, &ranks, findings);
}

/// Reports the keys that stand after a key with a higher rank.
fn report<R: Ord>(pointer: &str, keys: &[&str], ranks: &[R], findings: &mut Vec<Finding>) {
    for index in misplaced(ranks) {
        let key = keys[index];
        let before = (0..keys.len())
            .filter(|other| ranks[*other] > ranks[index])
            .min_by_key(|other| &ranks[*other])
            .map(|other| keys[other]);
        let after = (0..keys.len())
            .filter(|other| ranks[*other] < ranks[index])
            .max_by_key(|other| &ranks[*other])
            .map(|other| keys[other]);
        let place = match (before, after) {
            (_, Some(after)) => format!("after `{after}`"),
            (Some(before), None) => format!("before `{before}`"),
            (None, None) => continue,
        };
        findings.push(
            Finding::new(
                "order",
                child(pointer, key),
                format!("`{key}` is out of order"),
            )
            .at_key()
            .help(format!("move it {place} (rule 9 of spec/README.md)")),
        );
    }
}

/// Returns the fewest items to move so that the others are in ascending order.
fn misplaced<R: Ord>(ranks: &[R]) -> Vec<usize> {
    // The search below takes time with the square of their number, and most documents are in order.
    if ranks.is_sorted() {
        return Vec::new();
    }
    // The longest ascending run that ends at each item, and the item before it in that run.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, rank) in ranks.iter().enumerate() {
        let before = (0..index)
            .filter(|other| ranks[*other] <= *rank)
            .max_by_key(|other| runs[*other].0);
        runs.push((before.map_or(1, |other| runs[other].0 + 1), before));
    }
    let mut at = (0..ranks.len()).max_by_key(|index| runs[*index].0);
    let mut kept = vec![false; ranks.len()];
    while let Some(index) = at {
        kept[index] = true;
        at = runs[index].1;
    }
    (0..ranks.len()).filter(|index| !kept[*index]).collect()
}

/// Path parameters come before query parameters.
fn parameters(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let mut query = None;
    let entries = operation.get("parameters").and_then(Value::as_array);
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        let at = child(&child(pointer, "parameters"), &index.to_string());
        let parameter = resolve(document, entry);
        match (text(parameter, "in"), &query) {
            ("query", None) => query = Some(at),
            ("path", Some(query)) => {
                let name = text(parameter, "name");
                findings.push(
                    Finding::new(
                        "order",
                        at,
                        format!("path parameter `{name}` is out of order"),
                    )
                    .related(query, "the first query parameter")
                    .help("move it before the query parameters (rule 9 of spec/README.md)"),
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::misplaced;

    #[test]
    fn as_few_as_possible_are_misplaced() {
        assert!(misplaced(&[1, 2, 3]).is_empty());
        assert_eq!(misplaced(&[9, 1, 2, 3]), [0]);
        assert_eq!(misplaced(&[1, 2, 3, 0]), [3]);
        assert_eq!(misplaced(&[2, 1]).len(), 1);
        assert_eq!(misplaced(&[1, 5, 6, 2, 3, 4]), [1, 2]);
        assert!(misplaced::<u8>(&[]).is_empty());
    }
}
