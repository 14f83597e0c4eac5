//! Operations and types that the spec does not have any more, and every place that still says their
//! names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use atlas_backup_document::{Loaded, Spec, method_name};
use serde_json::Value;
use xtask_changes::says;

/// Folders and files that are not searched: what is generated, what tells of the past, and the tools
/// and tests that have small documents of their own.
const NOT_SEARCHED: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "atlas-backup-api/CHANGELOG.md",
    "atlas-backup-api/src/generated/",
    "codegen/",
    "tests/fixtures/corpus.har",
    "tests/obstacles/",
    "xtask/",
];

/// An operation or type that a document does not have any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The API generation of the document.
    pub api: String,
    /// The name in the document: `takeSnapshot`, `Snapshot`.
    pub name: String,
    /// The operation that has the same method and path now, if it was renamed.
    pub renamed: Option<String>,
    /// The other API generation that still has the name, if there is one.
    pub kept_by: Option<String>,
    /// All forms of the name: as in the document, the method, and the type of the call.
    pub forms: Vec<String>,
}

/// Lists what the older documents have and the newer ones do not.
pub fn gone(older: &[Loaded<'_>], newer: &[Loaded<'_>]) -> Vec<Gone> {
    let (old, new) = (names(older), names(newer));
    let (old_ids, new_ids) = (operations(older), operations(newer));
    let gone = |(api, name): &(String, String)| {
        let place = old_ids
            .iter()
            .find(|((of, ..), id)| of == api && *id == name);
        let forms = match place {
            Some(_) => vec![name.clone(), method_name(name), capitalized(name)],
            None => vec![name.clone()],
        };
        Gone {
            api: api.clone(),
            name: name.clone(),
            renamed: place.and_then(|(place, _)| new_ids.get(place).cloned()),
            kept_by: new
                .iter()
                .find(|(_, kept)| kept == name)
                .map(|(api, _)| api.clone()),
            forms,
        }
    };
    old.difference(&new).map(gone).collect()
}

/// The names of all operations and schemas, with their API generation.
fn names(documents: &[Loaded<'_>]) -> BTreeSet<(String, String)> {
    let ids = operations(documents).into_iter();
    let ids = ids.map(|((api, ..), id)| (api, id));
    let schemas = documents.iter().flat_map(|loaded| {
        let schemas = loaded.value.pointer("/components/schemas");
        let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
        schemas.map(|(name, _)| (loaded.document.api.clone(), name.clone()))
    });
    ids.chain(schemas).collect()
}

/// The ids of all operations, by API generation, method and path.
fn operations(documents: &[Loaded<'_>]) -> BTreeMap<(String, String, String), String> {
    let specs = documents.iter().map(Spec::from);
    let operations = specs.flat_map(|spec| spec.operations().to_vec());
    operations
        .map(|one| ((one.api, one.method, one.path), one.id))
        .collect()
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
        // The tests write snapshots anew.
        if path.ends_with(".snap") || NOT_SEARCHED.iter().any(|start| path.starts_with(start)) {
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
