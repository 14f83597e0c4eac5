//! Every keyword that a document may have: a change of it is reported by `changes`, or it is in the
//! list of those that users cannot see, or `lint` refuses it.
//!
//! The cases are those that prove the table of keywords in `spec/README.md`.

use std::collections::BTreeSet;

use atlas_backup_document::changes::changes;
use atlas_backup_document::{Document, keywords, lint, load};

#[path = "../../tests/cases/mod.rs"]
mod cases;

use cases::{CASES, Case};

const SOUND: &str = include_str!("../../../tests/fixtures/documents/sound.yaml");

/// The keywords that users of the client cannot see, as (object, keyword): nothing is generated from
/// them, as `spec/README.md` says.
const UNSEEN: &[(&str, &str)] = &[
    ("contact", "name"),
    ("contact", "url"),
    ("document", "externalDocs"),
    ("example", "description"),
    ("example", "summary"),
    ("example", "value"),
    ("externalDocs", "description"),
    ("header", "description"),
    ("header", "example"),
    ("header", "schema"),
    ("info", "contact"),
    ("info", "license"),
    ("info", "version"),
    ("license", "name"),
    ("license", "url"),
    ("media type", "examples"),
    ("media type", "x-atlas-older-versions"),
    ("media type", "x-atlas-other-form-examples"),
    ("media type", "x-atlas-sunset"),
    ("older version", "deprecated"),
    ("older version", "sunset"),
    ("older version", "version"),
    ("parameter", "example"),
    ("request body", "description"),
    ("response", "description"),
    ("response", "headers"),
    ("components", "responses"),
    ("schema", "nullable"),
    ("security scheme", "description"),
    ("server", "description"),
    ("source of a rule", "page"),
    ("source of a rule", "published"),
    ("source of a rule", "wire"),
    ("tag", "externalDocs"),
];

fn document(text: String) -> Document {
    Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text,
    }
}

fn apply(text: &str, edits: &[(&str, &str)]) -> String {
    let edit = |text: String, (old, new): &(&str, &str)| text.replace(old, new);
    edits.iter().fold(text.to_owned(), edit)
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Reported,
    Refused,
    Nothing,
}

fn seen(case: &Case) -> Seen {
    let base = apply(SOUND, case.base);
    let (old, new) = (document(base.clone()), document(apply(&base, case.change)));
    let (old, new) = (load(&old).expect("YAML"), load(&new).expect("YAML"));
    if lint(&new).is_err() {
        return Seen::Refused;
    }
    match changes(&[old], &[new]).expect("comparable").as_slice() {
        [] => Seen::Nothing,
        _ => Seen::Reported,
    }
}

#[test]
fn a_change_of_each_keyword_is_reported_or_cannot_be_seen() {
    let mut wrong = Vec::new();
    for case in CASES {
        let is_unseen = UNSEEN.contains(&(case.of, case.keyword));
        let seen = seen(case);
        if (seen == Seen::Nothing) != is_unseen {
            wrong.push(format!("{} of {}: {seen:?}", case.keyword, case.of));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let proved: BTreeSet<_> = CASES.iter().map(|case| (case.of, case.keyword)).collect();
    assert_eq!(proved, keywords());
}
