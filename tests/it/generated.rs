//! Snapshots of what `generate()` makes of the shipped documents, one for each item. A person reads
//! this part of a pull request.

use std::collections::BTreeMap;

use atlas_backup_codegen::{ItemKind, generate};

use crate::repository::{Snapshots, apis, document};

#[test]
fn every_operation_and_type_has_its_snapshot() {
    for api in apis() {
        let output = generate(&document(api)).unwrap_or_else(|error| panic!("{error}"));
        let mut operations = Snapshots::new(&format!("generated/{api}"), ".snap");
        let mut types = Snapshots::new(&format!("generated/{api}/types"), ".snap");
        for item in &output.items {
            match item.kind {
                ItemKind::Operation => operations.check(&item.name, &item.text),
                ItemKind::Type => types.check(&item.name, &item.text),
            }
        }
        operations.done();
        types.done();
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    for api in apis() {
        let run = || generate(&document(api)).unwrap_or_else(|error| panic!("{error}"));
        let (one, other) = (run(), run());
        assert_eq!(one.files, other.files);
        assert_eq!(one.table, other.table);
    }
}

#[test]
fn no_pass_is_dead() {
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for api in apis() {
        for (pass, count) in generate(&document(api))
            .unwrap_or_else(|error| panic!("{error}"))
            .passes
        {
            *totals.entry(pass).or_default() += count;
        }
    }
    let dead: Vec<_> = totals.iter().filter(|(_, count)| **count == 0).collect();
    assert!(
        dead.is_empty(),
        "these passes change nothing in any document: {dead:?}"
    );
}

/// Every user compiles this code, and people read it.
#[test]
fn the_generated_code_stays_small() {
    let mut lines = 0;
    for api in apis() {
        let output = generate(&document(api)).unwrap_or_else(|error| panic!("{error}"));
        for file in output.files.iter().chain(&output.table) {
            let count = file.text.lines().count();
            assert!(count <= 1500, "{} has {count} lines", file.path);
        }
        lines += output
            .files
            .iter()
            .map(|file| file.text.lines().count())
            .sum::<usize>();
    }
    assert!(lines < 12_000, "{lines} lines are generated for the client");
}
