//! The paths of this repository, and its snapshots: one small file each, and a test fails if no
//! test uses a file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use atlas_backup_document::{Document, GENERATIONS, Spec};
use atlas_backup_fake::documents;

/// Returns the names of the API generations.
pub fn apis() -> impl Iterator<Item = &'static str> {
    GENERATIONS.iter().map(|generation| generation.api)
}

/// Returns the root folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is a folder of the workspace")
        .to_owned()
}

/// Returns the shipped document of an API generation.
pub fn document(api: &str) -> Document {
    let path = format!("spec/{api}.yaml");
    let text =
        fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    Document {
        api: api.to_owned(),
        path,
        text,
    }
}

/// Returns the parsed document of an API generation.
pub fn spec(api: &str) -> &'static Spec {
    &documents()[api]
}

/// The snapshots of one kind in one folder. Call [`Snapshots::done`] at the end: without it,
/// orphaned snapshots are not detected.
pub struct Snapshots {
    folder: PathBuf,
    ending: &'static str,
    wanted: BTreeSet<String>,
}

impl Snapshots {
    /// Creates a set of snapshots in `tests/snapshots/<folder>` whose names end in `ending`.
    pub fn new(folder: &str, ending: &'static str) -> Self {
        Snapshots {
            folder: root().join("tests/snapshots").join(folder),
            ending,
            wanted: BTreeSet::new(),
        }
    }

    /// Compares `text` with the snapshot called `name`.
    pub fn check(&mut self, name: &str, text: &str) {
        self.wanted.insert(format!("{name}{}", self.ending));
        let ending = self.ending.strip_suffix(".snap").unwrap_or_default();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("{name}{ending}"), text));
    }

    /// Panics if the folder holds a snapshot of this kind that no `check` compared. Removes it if
    /// insta is to accept all changes (`INSTA_UPDATE=always`).
    pub fn done(self) {
        let found = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = found
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(self.ending));
        let mut orphans: Vec<_> = names.filter(|name| !self.wanted.contains(name)).collect();
        if env::var("INSTA_UPDATE").as_deref() == Ok("always") {
            for orphan in orphans.drain(..) {
                fs::remove_file(self.folder.join(orphan)).expect("writable");
            }
        }
        assert!(
            orphans.is_empty(),
            "no test wants these snapshots any more; delete them: {orphans:?} in {}",
            self.folder.display()
        );
    }
}
