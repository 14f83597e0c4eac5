//! `changes` and the generator agree: what is no longer there in the generated code is a major
//! change, what is generated otherwise is a change, and what is not is none but of documentation.

use std::collections::BTreeSet;

use atlas_backup_codegen::generate;
use atlas_backup_document::changes::{Change, Level, Promise, changes};
use atlas_backup_document::{Document, load};

#[path = "changes/api.rs"]
mod api;
mod cases;
#[path = "variants/change.rs"]
mod change;

use cases::CASES;
use change::{VARIANTS, Variant, sound, written};

/// The generated code of a document that the lint accepts.
struct Version {
    document: Document,
    names: BTreeSet<String>,
    code: BTreeSet<String>,
}

impl Version {
    fn of(document: Document) -> Option<Self> {
        let output = generate(std::slice::from_ref(&document)).ok()?;
        let (names, code) = api::of(&output.parts);
        Some(Version {
            document,
            names,
            code,
        })
    }
}

/// Major changes by promise though all code compiles as before.
const COMPILES: &[Promise] = &[
    // `validate` demands it of a type that is also received, and a list of a response may be empty.
    Promise::MemberRequired,
    // The name on the wire may be another while that in Rust is the same.
    Promise::MemberRenamed,
];

/// Words of the document that are in the code and not in its documentation, as (object, keyword),
/// without being names that users write: in error messages.
const WORDS: &[(&str, &str)] = &[("member rule", "reason"), ("parameter", "name")];

/// Returns why `changes` and the generator disagree about two versions.
fn disagreement(old: &Version, new: &Version) -> Option<String> {
    let (older, newer) = (load(&old.document).ok()?, load(&new.document).ok()?);
    let changes = changes(&[older], &[newer]).expect("comparable");
    let is_major = |change: &&Change| change.level() == Level::Major;
    let gone: Vec<_> = old.names.difference(&new.names).collect();
    let major: Vec<_> = changes.iter().filter(is_major).collect();
    let certain = major
        .iter()
        .filter(|change| !COMPILES.contains(&change.promise));
    let only_documents = changes
        .iter()
        .all(|change| change.promise == Promise::Documentation);
    if !gone.is_empty() && major.is_empty() {
        Some(format!("{gone:?} is gone, and the changes are {changes:?}"))
    } else if gone.is_empty() && certain.count() > 0 {
        Some(format!("nothing is gone, and these are major: {major:?}"))
    } else if old.code != new.code && only_documents {
        let (before, after) = (
            old.code.difference(&new.code),
            new.code.difference(&old.code),
        );
        let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
        Some(format!(
            "{before:#?} is {after:#?} now, and the changes are {changes:?}"
        ))
    } else {
        None
    }
}

#[test]
fn the_cases_of_all_keywords_mean_what_is_generated() {
    let sound = include_str!("../../tests/fixtures/documents/sound.yaml");
    let apply = |text: &str, edits: &[(&str, &str)]| {
        let edit = |text: String, (old, new): &(&str, &str)| text.replace(old, new);
        edits.iter().fold(text.to_owned(), edit)
    };
    let version = |text: String| {
        let (api, path) = ("v2".to_owned(), "sound.yaml".to_owned());
        Version::of(Document { api, path, text })
    };
    for case in CASES {
        let base = apply(sound, case.base);
        let new = version(apply(&base, case.change));
        // Any other case has findings.
        let (Some(old), Some(new)) = (version(base), new) else {
            continue;
        };
        if WORDS.contains(&(case.of, case.keyword)) {
            continue;
        }
        assert_eq!(
            disagreement(&old, &new),
            None,
            "{} of {}",
            case.keyword,
            case.of
        );
        assert_eq!(
            disagreement(&new, &old),
            None,
            "{} of {}, back",
            case.keyword,
            case.of
        );
    }
}

#[test]
fn random_variants_mean_what_is_generated() {
    let sound = sound();
    let mut versions = vec![(Vec::new(), Version::of(written(&sound, "v2", "sound.yaml")))];
    versions.extend((0..VARIANTS).map(|seed| {
        let Variant { document, changes } = Variant::of(&sound, seed);
        (
            changes,
            Version::of(written(&document, "v2", "variant.yaml")),
        )
    }));
    let accepted: Vec<_> = versions
        .iter()
        .filter_map(|(changes, version)| Some((changes, version.as_ref()?)))
        .collect();
    assert!(
        accepted.len() > 60,
        "only {} variants were accepted",
        accepted.len()
    );
    let mut faults = Vec::new();
    for (index, (changes, new)) in accepted.iter().enumerate() {
        // From the document, back to it, and from one variant to the next.
        let (_, sound) = &accepted[0];
        let (previous_changes, previous) = &accepted[index.saturating_sub(1)];
        let pairs = [(sound, new), (new, sound), (previous, new)];
        let found = pairs.iter().filter_map(|(old, new)| disagreement(old, new));
        faults.extend(found.map(|fault| format!("{previous_changes:?}, {changes:?}: {fault}")));
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
