//! Small documents with one fault each, and the finding a person gets.
//!
//! Each fixture is a change to `sound.yaml`, written as `-` and `+` lines, so that what is wrong with it can be seen at a glance.

use std::fs;

use atlas_backup_codegen::generate;
use atlas_backup_document::Document;

use crate::repository::{Snapshots, root};

fn fixtures() -> std::path::PathBuf {
    root().join("tests/fixtures/documents")
}

fn sound() -> String {
    fs::read_to_string(fixtures().join("sound.yaml")).unwrap_or_else(|error| panic!("sound.yaml: {error}"))
}

/// Replaces each run of `-` lines by the `+` lines after it. The `-` lines must stand in the document, once.
fn apply(document: &str, change: &str) -> String {
    let mut text = document.to_owned();
    for hunk in change.split("\n@@\n") {
        let lines =
            |sign: char| hunk.lines().filter_map(|line| line.strip_prefix(sign)).map(|line| format!("{line}\n")).collect::<String>();
        let (old, new) = (lines('-'), lines('+'));
        assert_eq!(text.matches(&old).count(), 1, "must stand once in the document:\n{old}");
        text = text.replace(&old, &new);
    }
    text
}

#[test]
fn the_sound_document_is_sound() {
    let document = Document { api: "v2".into(), path: "sound.yaml".into(), text: sound() };
    assert!(generate(&document).is_ok(), "{:?}", generate(&document).err().map(|error| error.to_string()));
}

#[test]
fn every_fault_is_found_and_located() {
    let mut snapshots = Snapshots::new("documents", ".snap");
    let mut files: Vec<_> = fs::read_dir(fixtures()).expect("the fixtures are there").flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "diff"));
    files.sort();
    assert!(files.len() > 20, "only {} fixtures", files.len());
    for file in files {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let change = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let document = Document { api: "v2".into(), path: format!("{name}.yaml"), text: apply(&sound(), &change) };
        let Err(error) = generate(&document) else { panic!("{name} was accepted") };
        assert!(error.findings.iter().all(|finding| finding.location.is_some()), "{name}: a finding without a place");
        snapshots.check(&name, error.render(&document, false).trim_end());
    }
    snapshots.done();
}
