//! Reads the documents of then and now, and compares them.

use atlas_backup_document::changes::{Change, Place, changes as compare, rust_version};
use atlas_backup_document::{Document, Error, GENERATIONS, Loaded, lint, load};

use crate::git::{Commit, Repository};
use crate::lost_methods::lost_methods;
use crate::same_code::unify;

/// The manifest of the client.
const CLIENT: &str = "atlas-backup-api/Cargo.toml";

/// Returns all changes since a commit.
pub fn changes(repository: &Repository, base: &Commit) -> Result<Vec<Change>, String> {
    let (mut older, mut newer) = (Vec::new(), Vec::new());
    for generation in GENERATIONS {
        let path = generation.document;
        let document = |path: String, text| Document {
            api: generation.api.to_owned(),
            path,
            text,
        };
        let then = repository.then(base, path)?;
        older.extend(then.map(|text| document(format!("{}:{path}", base.name), text)));
        newer.extend(
            repository
                .now(path)?
                .map(|text| document(path.to_owned(), text)),
        );
    }
    if newer.is_empty() {
        let paths: Vec<_> = GENERATIONS
            .iter()
            .map(|generation| generation.document)
            .collect();
        return Err(format!("There is no {}.", paths.join(" and no ")));
    }
    // The older documents are not linted: they may break rules that are newer.
    let mut older_loaded = load_all(&older, |_| Ok(())).map_err(|error| {
        let name = &base.name;
        format!("{error}The spec of {name} cannot be read, so nothing can be compared with it: choose another commit.")
    })?;
    let mut newer_loaded = load_all(&newer, lint)?;
    for loaded in older_loaded.iter_mut().chain(&mut newer_loaded) {
        unify(&mut loaded.value);
    }
    let mut changes = compare(&older_loaded, &newer_loaded).map_err(|error| {
        let mut all = older.iter().chain(&newer);
        let document = all.find(|document| document.path == error.path);
        document.map_or_else(
            || error.to_string(),
            |document| error.render(document, true),
        )
    })?;
    changes.extend(all_lost_methods(&older_loaded, &newer_loaded));
    sort(&mut changes);
    changes.extend(rust(repository, base)?);
    Ok(changes)
}

/// The methods that requests of all generations have lost.
fn all_lost_methods(older: &[Loaded<'_>], newer: &[Loaded<'_>]) -> Vec<Change> {
    let old = |api: &str| older.iter().find(|old| old.document.api == api);
    let pairs = newer
        .iter()
        .filter_map(|new| Some((old(&new.document.api)?, new)));
    pairs
        .flat_map(|(old, new)| lost_methods(old, new))
        .collect()
}

/// Sorts changes as the comparison does: what concerns all generations is at the end.
fn sort(changes: &mut [Change]) {
    let is_of_one = |api: &str| GENERATIONS.iter().any(|known| known.api == api);
    changes.sort_by_key(|change| {
        let api = change.api.clone();
        (!is_of_one(&api), api, change.promise, change.place.clone())
    });
}

fn load_all(
    documents: &[Document],
    verify: impl Fn(&Loaded<'_>) -> Result<(), Error>,
) -> Result<Vec<Loaded<'_>>, String> {
    let mut all = Vec::new();
    for document in documents {
        let loaded = load(document).and_then(|loaded| verify(&loaded).map(|()| loaded));
        all.push(loaded.map_err(|error| error.render(document, true))?);
    }
    Ok(all)
}

/// The change of the minimum Rust version.
fn rust(repository: &Repository, base: &Commit) -> Result<Option<Change>, String> {
    let (then, now) = (repository.then(base, CLIENT)?, repository.now(CLIENT)?);
    let (Some(then), Some(now)) = (then, now) else {
        return Ok(None);
    };
    let version = |name: &str, text: &str| -> Result<Option<String>, String> {
        let manifest = crate::version::manifest(name, text)?;
        let version = manifest
            .get("package")
            .and_then(|package| package.get("rust-version"));
        Ok(version.and_then(toml::Value::as_str).map(str::to_owned))
    };
    let old = version(&format!("{}:{CLIENT}", base.name), &then)?;
    let new = version(CLIENT, &now)?;
    let line = now
        .lines()
        .position(|line| line.starts_with("rust-version"));
    let place = Place {
        path: CLIENT.to_owned(),
        line: line.map_or(1, |line| line + 1),
        column: 1,
    };
    Ok(old
        .zip(new)
        .and_then(|(old, new)| rust_version(&old, &new, place)))
}
