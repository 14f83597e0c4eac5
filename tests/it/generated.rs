//! Snapshots of what `generate()` makes of the shipped documents, one for each item. A person reads
//! this part of a pull request.

use std::fmt::Write;

use atlas_backup_codegen::{File, ItemKind, Output, generate};

use crate::repository::{Snapshots, apis, document};

fn output() -> Output {
    let documents: Vec<_> = apis().map(document).collect();
    generate(&documents).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn every_operation_and_type_has_its_snapshot() {
    for part in output().parts {
        let folder = part.folder;
        let mut operations = Snapshots::new(&format!("generated/{folder}"), ".snap");
        let mut types = Snapshots::new(&format!("generated/{folder}/types"), ".snap");
        for item in &part.items {
            match item.kind {
                ItemKind::Operation => operations.check(&item.name, &item.text),
                ItemKind::Type => types.check(&item.name, &item.text),
            }
        }
        operations.check("module_docs", &module_docs(&part.files));
        operations.done();
        types.done();
    }
}

/// Returns the documentation of every module that has any.
fn module_docs(files: &[File]) -> String {
    let mut text = String::new();
    for file in files {
        let docs: Vec<_> = file
            .text
            .lines()
            .filter(|line| line.starts_with("//!"))
            .collect();
        if !docs.is_empty() {
            let _infallible = write!(text, "=== {}\n{}\n\n", file.path, docs.join("\n"));
        }
    }
    text.trim_end().to_owned()
}

#[test]
fn two_runs_give_the_same_bytes() {
    let (one, other) = (output(), output());
    assert_eq!(one.duplicates, other.duplicates);
    for (one, other) in one.parts.iter().zip(&other.parts) {
        assert_eq!(one.files, other.files);
    }
}

/// Every user compiles this code, and people read it.
#[test]
fn the_generated_code_stays_small() {
    /// README says it.
    const LINES_OF_A_FILE: usize = 750;
    const LINES_OF_AN_OPERATION: usize = 95;
    let (mut lines, mut operations) = (0, 0);
    for part in output().parts {
        for file in &part.files {
            let count = file.text.lines().count();
            assert!(
                count <= LINES_OF_A_FILE,
                "{} has {count} lines; give some of its operations another tag",
                file.path
            );
        }
        let files = part.files.iter();
        lines += files.map(|file| file.text.lines().count()).sum::<usize>();
        let items = part.items.iter();
        operations += items
            .filter(|item| item.kind == ItemKind::Operation)
            .count();
    }
    assert!(
        lines <= operations * LINES_OF_AN_OPERATION,
        "{lines} lines are generated for {operations} operations, {} for each; find out why an operation \
         needs so many, and raise LINES_OF_AN_OPERATION only if it has to",
        lines / operations
    );
}
