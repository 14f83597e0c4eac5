//! From a recorded method and path to the operation it is.

use std::collections::BTreeSet;

use crate::{Entry, entries};

/// What a recorded request is.
#[derive(Clone, Copy)]
pub enum Route {
    /// An operation of the spec.
    Operation(&'static Entry),
    /// It looks like a backup operation, and the spec has none of that method and path.
    Unknown,
    /// None of ours.
    Other,
}

/// Finds the operation of a request. Where several templates match, the one with the most literal segments wins.
pub fn route(method: &str, path: &str) -> Route {
    let matching = entries().filter(|entry| entry.method == method && matches(entry.path, path));
    match matching.max_by_key(|entry| literals(entry.path).count()) {
        Some(entry) => Route::Operation(entry),
        None if is_backup(path) => Route::Unknown,
        None => Route::Other,
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(pattern, segment): (&&str, &&str)| pattern == segment || (pattern.starts_with('{') && !segment.is_empty());
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// The names and values of the path parameters.
pub fn parameters<'a>(template: &'a str, path: &'a str) -> impl Iterator<Item = (&'a str, String)> {
    template.split('/').zip(path.split('/')).filter_map(|(pattern, segment)| {
        let name = pattern.strip_prefix('{')?.strip_suffix('}')?;
        Some((name, percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()))
    })
}

fn literals(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter(|segment| !segment.is_empty() && !segment.starts_with('{'))
}

/// Whether the path is one of Atlas's API and has a segment that only backup operations have.
fn is_backup(path: &str) -> bool {
    const EVERYWHERE: &[&str] = &["api", "atlas", "v1.0", "v2", "groups", "clusters", "flexClusters", "serverless"];
    let ours: BTreeSet<&str> = entries().flat_map(|entry| literals(entry.path)).filter(|segment| !EVERYWHERE.contains(segment)).collect();
    path.starts_with("/api/atlas/") && path.split('/').any(|segment| ours.contains(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOTS: &str = "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots";

    #[test]
    fn requests_find_their_operation() {
        let found = |method, path: &str| match route(method, path) {
            Route::Operation(entry) => entry.id,
            Route::Unknown => "unknown",
            Route::Other => "other",
        };
        assert_eq!(found("POST", SNAPSHOTS), "takeSnapshot");
        assert_eq!(found("POST", &SNAPSHOTS.replace("/v2/", "/v1.0/")), "takeSnapshot");
        assert_eq!(found("PURGE", SNAPSHOTS), "unknown");
        assert_eq!(found("POST", &format!("{SNAPSHOTS}/a/b/c/d/e")), "unknown");
        assert_eq!(found("GET", "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters"), "other");
        assert_eq!(found("GET", "/backup/snapshots"), "other");
    }

    #[test]
    fn path_parameters_are_decoded() {
        let found: Vec<_> = parameters("/a/{x}/b/{y}", "/a/1%2F2/b/3").collect();
        assert_eq!(found, [("x", "1/2".to_owned()), ("y", "3".to_owned())]);
    }
}
