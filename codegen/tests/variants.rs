//! Random changes of `sound.yaml`: the generator either refuses the document with a finding of the
//! lint, or makes code that can be parsed. No later stage refuses what the lint accepts.

use std::panic::catch_unwind;

use atlas_backup_codegen::generate;
use atlas_backup_document::Document;

#[path = "variants/change.rs"]
mod change;

use change::{VARIANTS, Variant, sound, written};

/// The stages after the lint, which refuse only what the lint should have refused.
const LATER: [&str; 3] = ["backend", "openapi", "read"];

/// Returns whether the variant is accepted, or why this is a fault of the generator.
fn outcome(document: Document) -> Result<bool, String> {
    let generated = catch_unwind(|| generate(&[document])).map_err(|_| "it panicked")?;
    match generated {
        Ok(output) => {
            for file in output.parts.iter().flat_map(|part| &part.files) {
                syn::parse_file(&file.text).map_err(|error| format!("{}: {error}", file.path))?;
            }
            Ok(true)
        }
        Err(errors) => {
            let findings = errors.iter().flat_map(|error| &error.findings);
            match findings.into_iter().find(|one| LATER.contains(&one.rule)) {
                Some(late) => Err(format!("[{}] {}", late.rule, late.message)),
                None => Ok(false),
            }
        }
    }
}

#[test]
fn the_document_itself_is_accepted_as_it_is_written_here() {
    assert_eq!(outcome(written(&sound(), "v2", "sound.yaml")), Ok(true));
}

#[test]
fn a_changed_document_is_refused_by_the_lint_or_gives_code() {
    let sound = sound();
    let (mut accepted, mut faults) = (0, Vec::new());
    for seed in 0..VARIANTS {
        let Variant { document, changes } = Variant::of(&sound, seed);
        match outcome(written(&document, "v2", "variant.yaml")) {
            Ok(is_accepted) => accepted += usize::from(is_accepted),
            Err(fault) => faults.push(format!("seed {seed}, {changes:?}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(accepted > 60, "only {accepted} variants were accepted");
}
