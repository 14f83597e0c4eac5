//! Operations and types that the spec does not have any more, and every place that still says their
//! names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use atlas_backup_document::{Loaded, Spec, method_name};
use serde_json::Value;

/// Folders and files that are not searched: what is generated or accepted anew, and what tells of
/// the past.
const NOT_SEARCHED: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "atlas-backup-api/src/generated/",
    "tests/fixtures/corpus.har",
    "tests/snapshots/",
    "tests/src/generated/",
];

/// An operation or type that no document has any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The name in the document: `takeSnapshot`, `Snapshot`.
    pub name: String,
    /// The operation that has the same method and path now, if it was renamed.
    pub renamed: Option<String>,
    /// All forms of the name: as in the document, the method, and the type of the call.
    pub forms: Vec<String>,
}

/// Lists what the older documents have and the newer ones do not.
pub fn gone(older: &[Loaded<'_>], newer: &[Loaded<'_>]) -> Vec<Gone> {
    let (old, new) = (operations(older), operations(newer));
    let ids: BTreeSet<&str> = new.values().map(String::as_str).collect();
    let mut gone: BTreeMap<&str, Gone> = BTreeMap::new();
    for (place, id) in &old {
        if !ids.contains(id.as_str()) {
            let found = gone.entry(id).or_insert_with(|| Gone {
                name: id.clone(),
                renamed: None,
                forms: vec![id.clone(), method_name(id), capitalized(id)],
            });
            found.renamed = found.renamed.take().or_else(|| new.get(place).cloned());
        }
    }
    let mut gone: Vec<_> = gone.into_values().collect();
    let (old, new) = (schemas(older), schemas(newer));
    gone.extend(old.difference(&new).map(|name| Gone {
        name: (*name).to_owned(),
        renamed: None,
        forms: vec![(*name).to_owned()],
    }));
    gone
}

/// The ids of all operations, by API generation, method and path.
fn operations(documents: &[Loaded<'_>]) -> BTreeMap<(String, String, String), String> {
    let specs = documents.iter().map(Spec::from);
    let operations = specs.flat_map(|spec| spec.operations().to_vec());
    operations
        .map(|one| ((one.api, one.method, one.path), one.id))
        .collect()
}

fn schemas<'a>(documents: &'a [Loaded<'_>]) -> BTreeSet<&'a str> {
    let schemas = documents
        .iter()
        .filter_map(|loaded| loaded.value.pointer("/components/schemas"))
        .filter_map(Value::as_object);
    schemas.flatten().map(|(name, _)| name.as_str()).collect()
}

fn capitalized(id: &str) -> String {
    let mut letters = id.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Returns the places of the files that still say one of the forms, as `path:line: text`.
///
/// # Errors
/// If a file cannot be read.
pub fn mentions(root: &Path, files: &[String], gone: &Gone) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for path in files {
        if NOT_SEARCHED.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let bytes =
            fs::read(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
        // A file that is no text says no names.
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            // Atlas's own id of an operation may be the name that is gone here.
            let official = line.trim_start().starts_with("x-atlas-");
            if !official && gone.forms.iter().any(|form| says(line, form)) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    Ok(found)
}

/// Whether the line has the name as a word.
fn says(line: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_only() {
        for (line, found) in [
            ("client.v2().take_snapshot(project)", true),
            ("[`take_snapshot`](crate)", true),
            ("take_snapshot_and_wait(project)", false),
            ("retake_snapshot()", false),
            ("retake_snapshot() and take_snapshot", true),
        ] {
            assert_eq!(says(line, "take_snapshot"), found, "{line}");
        }
    }
}
