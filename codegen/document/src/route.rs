//! Maps the method, path and query of a request to an operation and its arguments.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::documents::Documents;
use crate::spec::Operation;

/// What a request calls. `T` identifies the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<T> {
    /// An operation in the documents.
    Operation(T),
    /// A request that looks like a backup operation, but whose method and path are not in the
    /// documents.
    Unknown,
    /// A request that has nothing to do with backups.
    Other,
}

impl<T> Route<T> {
    /// Converts the value that identifies the operation.
    pub fn map<U>(self, other: impl FnOnce(T) -> U) -> Route<U> {
        match self {
            Route::Operation(operation) => Route::Operation(other(operation)),
            Route::Unknown => Route::Unknown,
            Route::Other => Route::Other,
        }
    }
}

/// Finds the operation of a request. If several path templates match, the one with the most literal
/// segments wins; a literal after a parameter counts as one. If they have as many, the one whose
/// literals come first wins: `/groups/byName/{groupName}` before `/groups/{groupId}/clusters`.
pub(crate) fn route<'a>(
    documents: &'a Documents,
    method: &str,
    path: &str,
) -> Route<&'a Operation> {
    let matching = documents
        .operations()
        .filter(|operation| operation.method == method && matches(&operation.path, path));
    let precedence = |template: &str| {
        let is_literal = |segment| parameter(segment).is_none();
        let first: Vec<bool> = template.split('/').map(is_literal).collect();
        (literals(template).count(), first)
    };
    match matching.max_by_key(|operation| precedence(&operation.path)) {
        Some(operation) => Route::Operation(operation),
        None if is_backup(documents, path) => Route::Unknown,
        None => Route::Other,
    }
}

/// Splits a segment of a template into the name of its parameter and the literal after it:
/// `{clusterName}:pin` into `clusterName` and `:pin`. Returns `None` if it has no parameter.
pub fn parameter(segment: &str) -> Option<(&str, &str)> {
    segment.strip_prefix('{')?.split_once('}')
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let fits = |(pattern, segment): (&&str, &&str)| match parameter(pattern) {
        Some((_, literal)) => segment.len() > literal.len() && segment.ends_with(literal),
        None => pattern == segment,
    };
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// Returns the decoded path parameters as (name, value).
pub fn parameters<'a>(template: &'a str, path: &'a str) -> impl Iterator<Item = (&'a str, String)> {
    template
        .split('/')
        .zip(path.split('/'))
        .filter_map(|(pattern, segment)| {
            let (name, literal) = parameter(pattern)?;
            let value = segment.strip_suffix(literal).unwrap_or(segment);
            Some((
                name,
                percent_decode_str(value).decode_utf8_lossy().into_owned(),
            ))
        })
}

/// Returns the decoded query parameters as (name, value).
pub fn query(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn literals(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('/')
        .map(|segment| parameter(segment).map_or(segment, |(_, literal)| literal))
        .filter(|segment| !segment.is_empty())
}

/// Whether the path belongs to the Atlas API and has a segment that only backup operations have.
fn is_backup(documents: &Documents, path: &str) -> bool {
    const COMMON_SEGMENTS: &[&str] = &[
        "api",
        "atlas",
        "v1.0",
        "v2",
        "groups",
        "byName",
        "clusters",
        "flexClusters",
        "serverless",
    ];
    let literals = documents
        .operations()
        .flat_map(|operation| literals(&operation.path));
    let ours: BTreeSet<&str> = literals
        .filter(|segment| !COMMON_SEGMENTS.contains(segment))
        .collect();
    path.starts_with("/api/atlas/") && path.split('/').any(|segment| ours.contains(segment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn documents() -> Documents {
        let text = |prefix: &str| {
            let snapshots = format!(
                "/api/atlas/{prefix}/groups/{{groupId}}/clusters/{{clusterName}}/backup/snapshots"
            );
            let operation = |id: &str| format!("{{operationId: {id}, responses: {{}}}}");
            format!(
                "paths:\n  /{prefix}/groups/byName/{{groupName}}: {{get: {}}}\n  /{prefix}/groups/{{groupId}}/clusters: {{get: {}}}\n  {snapshots}: {{post: {}}}\n  {snapshots}/{{snapshotId}}: {{get: {}}}\n  {snapshots}/{{snapshotId}}:pin: {{get: {}}}\n  {snapshots}/latest: {{get: {}}}\n",
                operation("getProjectByName"),
                operation("listClusters"),
                operation("takeSnapshot"),
                operation("getSnapshot"),
                operation("pinSnapshot"),
                operation("getLatestSnapshot")
            )
        };
        let document = |(api, prefix): (&str, &str)| Document {
            api: api.into(),
            path: format!("{api}.yaml"),
            text: text(prefix),
        };
        Documents::read([("v1", "v1.0"), ("v2", "v2")].map(document)).unwrap()
    }

    const SNAPSHOTS: &str =
        "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots";

    #[test]
    fn requests_find_their_operation() {
        let documents = documents();
        let found = |method, path: &str| match documents.route(method, path) {
            Route::Operation(operation) => format!("{}/{}", operation.api, operation.id),
            Route::Unknown => "unknown".to_owned(),
            Route::Other => "other".to_owned(),
        };
        assert_eq!(found("POST", SNAPSHOTS), "v2/takeSnapshot");
        assert_eq!(
            found("POST", &SNAPSHOTS.replace("/v2/", "/v1.0/")),
            "v1/takeSnapshot"
        );
        assert_eq!(found("GET", &format!("{SNAPSHOTS}/%2F")), "v2/getSnapshot");
        assert_eq!(
            found("GET", &format!("{SNAPSHOTS}/a:pin")),
            "v2/pinSnapshot"
        );
        assert_eq!(found("GET", &format!("{SNAPSHOTS}/:pin")), "v2/getSnapshot");
        assert_eq!(
            found("GET", &format!("{SNAPSHOTS}/latest")),
            "v2/getLatestSnapshot"
        );
        for path in [
            format!("{SNAPSHOTS}/"),
            format!("{SNAPSHOTS}/a/b/c"),
            SNAPSHOTS.replace("/orders", ""),
        ] {
            assert_eq!(found("GET", &path), "unknown", "{path}");
        }
        assert_eq!(found("PURGE", SNAPSHOTS), "unknown");
        assert_eq!(
            found(
                "GET",
                "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters"
            ),
            "other"
        );
        assert_eq!(found("GET", "/backup/snapshots"), "other");
    }

    #[test]
    fn of_two_templates_the_one_with_the_earlier_literal_wins() {
        let documents = documents();
        for (path, expected) in [
            ("/v2/groups/byName/clusters", "getProjectByName"),
            ("/v2/groups/byName/Shop", "getProjectByName"),
            (
                "/v2/groups/32b6e34b3d91647abb20e7b8/clusters",
                "listClusters",
            ),
        ] {
            match documents.route("GET", path) {
                Route::Operation(operation) => assert_eq!(operation.id, expected, "{path}"),
                _ => panic!("{path} calls no operation"),
            }
        }
    }

    #[test]
    fn path_parameters_are_decoded() {
        let found: Vec<_> = parameters("/a/{x}/b/{y}", "/a/1%2F2/b/3").collect();
        assert_eq!(found, [("x", "1/2".to_owned()), ("y", "3".to_owned())]);
        let found: Vec<_> = parameters("/a/{x}:pin", "/a/b%3Apin:pin").collect();
        assert_eq!(found, [("x", "b:pin".to_owned())]);
    }

    #[test]
    fn queries_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            query("a=b+c%20d&&e&f=g=h"),
            [pair("a", "b c d"), pair("e", ""), pair("f", "g=h")]
        );
        assert!(query("").is_empty());
    }
}
