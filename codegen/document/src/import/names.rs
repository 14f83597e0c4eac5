//! The names that an imported operation and its schemas get, by rule 3 of `spec/README.md`: our own
//! plain ones.

use std::collections::BTreeSet;

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::find::{known, template};
use crate::draft::published::Operation;
use crate::generations::GENERATIONS;
use crate::lint::{members, taken_names};
use crate::vocabulary::{RUNTIME_TYPES, method_name};

/// The words that official ids repeat from the path, and what the path then contains.
const OF_PATHS: &[(&str, &str)] = &[
    ("Group", "groups/{"),
    ("Cluster", "clusters/{"),
    ("Backup", "/backup"),
];
/// What official schema names have in front, and at the end.
const PREFIXES: &[&str] = &["Paginated", "ApiAtlas", "Api", "Atlas", "DiskBackup"];
const SUFFIXES: &[&str] = &["View", "Response"];

/// Names an operation: as the other generation does, or with the verb and the noun of its official
/// id.
pub(super) fn operation(published: &Operation<'_>, ours: &Value, others: &[&Value]) -> String {
    let taken: BTreeSet<String> = known(ours).map(|known| method_name(known.id)).collect();
    let schemas: BTreeSet<&str> = members(&ours["components"], "schemas")
        .map(|(name, _)| name)
        .collect();
    let is_free = |id: &String| {
        !id.is_empty()
            && taken_names::as_method(&method_name(id)).is_none()
            && taken_names::as_request(&id.to_pascal_case()).is_none()
            && !schemas.contains(id.to_pascal_case().as_str())
            && !taken.contains(&method_name(id))
    };
    let official = published.id.to_lower_camel_case();
    let path = published.path.to_lowercase();
    let of_path = OF_PATHS.iter().filter(|(_, part)| path.contains(part));
    let mut shorter = vec![official.clone()];
    for (word, _) in of_path {
        shorter.extend(shorter.last().map(|id| without(id, word)));
    }
    let numbered = (2..).map(|number| format!("{official}{number}"));
    counterpart(published, others)
        .into_iter()
        .chain(shorter.into_iter().rev())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}

/// Returns the name that another generation gives to the operation with the same path and method.
fn counterpart(published: &Operation<'_>, others: &[&Value]) -> Option<String> {
    let relative = |path: &str| {
        let prefix = GENERATIONS.iter().find(|it| path.starts_with(it.prefix));
        template(
            path.strip_prefix(prefix.map_or("", |it| it.prefix))
                .unwrap_or(path),
        )
    };
    let mut operations = others.iter().flat_map(|other| known(other));
    let same = operations.find(|known| {
        known.method == published.method && relative(known.path) == relative(published.path)
    });
    same.map(|known| known.id.to_owned())
}

/// Returns the names that a schema may have, the best first. `drafted` is its name in the draft.
pub(super) fn schema(drafted: &str, item: Option<&str>) -> impl Iterator<Item = String> {
    let (stem, request) = match drafted.strip_suffix("Request") {
        Some(stem) => (stem, "Request"),
        None => (drafted, ""),
    };
    let page = item.map(|item| format!("{item}Page"));
    let plain = plain(stem);
    let short = without(&plain, "Backup");
    let short = if request.is_empty() {
        short
    } else {
        short.strip_suffix("Create").unwrap_or(&short).to_owned()
    };
    let drafted = drafted.to_owned();
    let numbered = (2..).map(move |number| format!("{drafted}{number}"));
    page.into_iter()
        .chain([format!("{short}{request}"), format!("{plain}{request}")])
        .chain([format!("{stem}{request}")])
        .chain(numbered)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Whether a schema of this name could be added to the document.
pub(super) fn is_free(name: &str, ours: &Value, operation: &str) -> bool {
    let is_runtime = RUNTIME_TYPES.iter().any(|(known, _)| *known == name);
    let is_request = known(ours).any(|known| known.id.to_pascal_case() == name);
    (is_runtime || taken_names::as_type(name).is_none())
        && ours["components"]["schemas"].get(name).is_none()
        && !is_request
        && operation.to_pascal_case() != name
}

/// Returns an official name without what only Atlas's own code needs.
fn plain(official: &str) -> String {
    let mut name = official;
    for prefix in PREFIXES {
        name = rest(name, name.strip_prefix(prefix));
    }
    for suffix in SUFFIXES {
        name = rest(name, name.strip_suffix(suffix));
    }
    // The date of the version in which the schema changed.
    let undated = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_dated = name.len() - undated.len() == "20240805".len();
    let name = said_once(if is_dated { undated } else { name });
    // A type of one member has the name of its owner in front.
    SUFFIXES
        .iter()
        .fold(name, |name, word| without(&name, word))
}

/// Returns a name without the words that stand twice in a row: an enum is named after its owner and
/// its member, which often begins as the owner ends.
fn said_once(name: &str) -> String {
    let snake = name.to_snake_case();
    let mut words: Vec<&str> = snake.split('_').collect();
    words.dedup();
    match words.len() == snake.split('_').count() {
        true => name.to_owned(),
        false => words.join("_").to_pascal_case(),
    }
}

/// Returns what remains of a name, if that is a name too.
fn rest<'a>(name: &'a str, remains: Option<&'a str>) -> &'a str {
    let is_name = |it: &&str| it.starts_with(|c: char| c.is_ascii_uppercase());
    remains.filter(is_name).unwrap_or(name)
}

/// Removes a word from a name in camel case, unless it is the first or last one left.
fn without(name: &str, word: &str) -> String {
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase());
    let mut at = name.match_indices(word).map(|(at, _)| at);
    let found = at.find(|at| is_end(&name[at + word.len()..]));
    match found {
        Some(at) if at + word.len() < name.len() => {
            format!("{}{}", &name[..at], &name[at + word.len()..])
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{schema, without};

    #[test]
    fn a_schema_has_the_plain_part_of_its_official_name() {
        for (drafted, item, expected) in [
            ("ApiAtlasCheckpointView", None, "Checkpoint"),
            (
                "DiskBackupSnapshotSchedule20240805",
                None,
                "SnapshotSchedule",
            ),
            (
                "FlexBackupRestoreJobCreate20241113Request",
                None,
                "FlexRestoreJobRequest",
            ),
            (
                "PaginatedTenantSnapshotView",
                Some("TenantSnapshot"),
                "TenantSnapshotPage",
            ),
            ("DiskBackupDatabaseResponse", None, "Database"),
            (
                "SnapshotRetentionRetentionUnit",
                None,
                "SnapshotRetentionUnit",
            ),
            ("ApiAtlasSnapshotTagViewKind", None, "SnapshotTagKind"),
            ("Backup", None, "Backup"),
            ("View", None, "View"),
            ("Backups", None, "Backups"),
        ] {
            let name = schema(drafted, item).next();
            assert_eq!(name.as_deref(), Some(expected), "{drafted}");
        }
    }

    #[test]
    fn a_taken_name_is_followed_by_a_longer_one() {
        let names: Vec<_> = schema("DiskBackupSnapshotView", None).take(4).collect();
        let expected = [
            "Snapshot",
            "Snapshot",
            "DiskBackupSnapshotView",
            "DiskBackupSnapshotView2",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn only_whole_words_are_removed() {
        assert_eq!(without("getGroupBed", "Group"), "getBed");
        assert_eq!(without("listGroupsBed", "Group"), "listGroupsBed");
        assert_eq!(without("getGroup", "Group"), "getGroup");
    }
}
