//! Small documents with one fault each, and the finding that a person sees.
//!
//! Each fixture is a change to `sound.yaml`, written as `-` and `+` lines, so that a reader sees
//! the fault at a glance.

use std::fs;

use atlas_backup_codegen::generate;
use atlas_backup_document::{Document, Error};

use crate::repository::{Snapshots, apis, document, root};

fn fixtures() -> std::path::PathBuf {
    root().join("tests/fixtures/documents")
}

fn sound() -> String {
    fs::read_to_string(fixtures().join("sound.yaml"))
        .unwrap_or_else(|error| panic!("sound.yaml: {error}"))
}

/// Replaces each run of `-` lines with the `+` lines after it. The `-` lines must occur exactly
/// once in the document.
fn apply(document: &str, change: &str) -> String {
    let mut text = document.to_owned();
    for hunk in change.split("\n@@\n") {
        let lines = |sign: char| {
            hunk.lines()
                .filter_map(|line| line.strip_prefix(sign))
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        };
        let (old, new) = (lines('-'), lines('+'));
        assert_eq!(
            text.matches(&old).count(),
            1,
            "must stand once in the document:\n{old}"
        );
        text = text.replace(&old, &new);
    }
    text
}

/// The error that generating code from this document alone fails with.
fn only_error(document: &Document) -> Option<Error> {
    generate(std::slice::from_ref(document)).err()?.pop()
}

#[test]
fn the_sound_document_has_no_findings() {
    let document = Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text: sound(),
    };
    let output = generate(&[document]).unwrap_or_else(|errors| panic!("{errors:?}"));
    let folders: Vec<_> = output.parts.iter().map(|part| &part.folder).collect();
    assert_eq!(folders, ["v2"], "one document has nothing to share");
}

#[test]
fn every_fault_is_found_and_located() {
    let mut snapshots = Snapshots::new("documents", ".snap");
    let mut files: Vec<_> = fs::read_dir(fixtures())
        .expect("the fixtures are there")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "diff")
    });
    files.sort();
    assert!(files.len() > 20, "only {} fixtures", files.len());
    for file in files {
        let name = file
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let change = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let document = Document {
            api: "v2".into(),
            path: format!("{name}.yaml"),
            text: apply(&sound(), &change),
        };
        let error = only_error(&document).unwrap_or_else(|| panic!("{name} was accepted"));
        assert!(
            error
                .findings
                .iter()
                .all(|finding| finding.location.is_some()),
            "{name}: a finding without a place"
        );
        for finding in &error.findings {
            assert!(
                finding.help.is_some(),
                "{name}: no way out: {}",
                finding.message
            );
        }
        snapshots.check(&name, error.render(&document, false).trim_end());
    }
    snapshots.done();
}

/// Returns the line of `text` at `index` and the lines below it that are indented further.
fn block(text: &str, index: usize) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.split_inclusive('\n').skip(index);
    let first = lines.next().unwrap_or_default();
    let inside = lines
        .take_while(|line| indent(line) > indent(first))
        .collect::<String>();
    format!("{first}{inside}")
}

/// If nobody can look up a rule, Atlas may not have that rule.
#[test]
fn every_rule_of_a_shipped_document_has_a_source() {
    for api in apis() {
        let document = document(api);
        let read = atlas_backup_document::load(&document)
            .unwrap_or_else(|error| panic!("{error}"))
            .value;
        let schemas = read["components"]["schemas"]
            .as_object()
            .expect("it has schemas");
        let rules = schemas
            .values()
            .filter_map(|schema| schema["x-atlas-rules"].as_array())
            .map(Vec::len)
            .sum::<usize>();
        let Document { path, text, .. } = document;
        let sources: Vec<_> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.trim_start().starts_with("source:"))
            .collect();
        assert_eq!((sources.len(), rules > 5), (rules, true), "{path}");
        for (index, _) in sources {
            let source = block(&text, index);
            let before: usize = text.split_inclusive('\n').take(index).map(str::len).sum();
            let without = format!("{}{}", &text[..before], &text[before + source.len()..]);
            let error = only_error(&Document {
                api: (*api).into(),
                path: path.clone(),
                text: without,
            })
            .unwrap_or_else(|| panic!("{source} was not required"))
            .to_string();
            assert!(
                error.contains("this member rule has no `source`"),
                "{source}: {error}"
            );
        }
    }
}
