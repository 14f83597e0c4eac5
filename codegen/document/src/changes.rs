//! Compares two versions of our documents, for `cargo xtask changes`: what changes for people who
//! use the client, in the names that they use, and which release that needs.
//!
//! Operations are paired by method and path, or else by their id; types by their name, or else by
//! their members and the operations that use them. Each change is of a kind that CHANGELOG.md makes
//! a [`Promise`] about. What users cannot see, such as examples, is no change.

mod arguments;
mod document;
mod members;
mod operations;
mod promise;
mod schema;
mod share;
mod side;
mod types;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

pub use promise::{Level, Promise, Section};

use crate::document::Loaded;
use crate::error::{Error, Finding};
use side::Side;

/// Returns the change if the client needs another version of Rust, `1.85`, than before.
pub fn rust_version(old: &str, new: &str, place: Place) -> Option<Change> {
    let numbers = |version: &str| -> Vec<u64> {
        let numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
        numbers.chain([0, 0]).take(3).collect()
    };
    let promise = match numbers(old).cmp(&numbers(new)) {
        Ordering::Less => Promise::RustVersion,
        Ordering::Equal => return None,
        Ordering::Greater => Promise::Looser,
    };
    Some(Change {
        api: CRATE.to_owned(),
        promise,
        subject: "rust-version".to_owned(),
        text: format!("the minimum Rust version is {new} instead of {old}"),
        place,
    })
}

/// What stands in place of an API generation in changes of the whole client.
const CRATE: &str = "atlas-backup-api";

/// Rule name of the findings for a document that cannot be compared.
const RULE: &str = "changes";

/// One change that users can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The API generation (`v2`), `v1 and v2` if the change is in what they have in common, or the
    /// name of the client.
    pub api: String,
    /// The kind of the change.
    pub promise: Promise,
    /// What changes, in Rust: `v2::types::Snapshot::status`.
    pub subject: String,
    /// The change as a sentence without its full stop. It has the subject, in backticks.
    pub text: String,
    /// Where it is in the newer document, or in the older one if it is not in the newer one.
    pub place: Place,
}

/// A place in one of the documents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path of the document.
    pub path: String,
    /// Line, starting at 1.
    pub line: usize,
    /// Column in characters, starting at 1.
    pub column: usize,
}

impl Change {
    /// Returns the release that the change needs.
    pub fn level(&self) -> Level {
        self.promise.level()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// Returns what changes from the older documents to the newer ones, ordered by API generation, by
/// the gravity of the change and by place.
///
/// The paths of the older documents should differ from those of the newer ones, because changes and
/// errors name their place by path.
///
/// # Errors
/// If a document has a reference that leads nowhere, so that it cannot be compared.
pub fn changes(older: &[Loaded<'_>], newer: &[Loaded<'_>]) -> Result<Vec<Change>, Error> {
    let (mut older, newer) = (sides(older)?, sides(newer)?);
    for old in &mut older {
        let new = newer.iter().find(|new| new.api() == old.api());
        old.renamed = new.map(|new| types::renamed(old, new)).unwrap_or_default();
    }
    let apis: BTreeSet<&str> = older.iter().chain(&newer).map(Side::api).collect();
    let of = |sides: &[Side<'_>], api: &str| sides.iter().position(|side| side.api() == api);
    let mut changes = Vec::new();
    for api in apis {
        match (of(&older, api), of(&newer, api)) {
            (Some(old), Some(new)) => {
                let mut comparison = Comparison::new(&older[old], &newer[new]);
                comparison.compare();
                changes.append(&mut comparison.changes);
            }
            (None, Some(new)) => changes.push(document::added(&newer[new])),
            (Some(old), None) => changes.push(document::removed(&older[old])),
            (None, None) => {}
        }
    }
    for side in older.iter().chain(&newer) {
        problems(side)?;
    }
    changes.sort_by_key(|change| (change.api.clone(), change.promise, change.place.clone()));
    changes.extend(share::changes(&older, &newer));
    Ok(changes)
}

fn sides<'a>(documents: &'a [Loaded<'a>]) -> Result<Vec<Side<'a>>, Error> {
    let sides = documents.iter().map(Side::new);
    sides.map(|side| problems(&side).map(|()| side)).collect()
}

/// Fails if a reference leads nowhere: the gap would look like something that was removed or added.
fn problems(side: &Side<'_>) -> Result<(), Error> {
    let problems = side.view.problems().into_iter();
    let findings: Vec<_> = problems
        .map(|(pointer, message)| Finding::new(RULE, pointer, message))
        .collect();
    if findings.is_empty() {
        return Ok(());
    }
    let path = String::new();
    Err(Error { path, findings }.locate(side.loaded))
}

/// Where a change is: a JSON pointer in one of the versions.
#[derive(Clone, Copy)]
enum At<'p> {
    Old(&'p str),
    New(&'p str),
}

/// Compares the two versions of one document.
struct Comparison<'a> {
    api: String,
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    changes: Vec<Change>,
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Side<'a>, new: &'a Side<'a>) -> Self {
        Comparison {
            api: new.api().to_owned(),
            old,
            new,
            changes: Vec::new(),
        }
    }

    fn compare(&mut self) {
        self.compare_document();
        self.compare_operations();
        self.compare_types();
    }

    /// Records a change of `subject`. The first `{}` of the text stands for the subject.
    fn add(&mut self, promise: Promise, subject: &str, text: &str, at: At<'_>) {
        // Texts of the document may have several lines.
        let words: Vec<_> = text.split_whitespace().collect();
        let text = words.join(" ");
        let place = match at {
            At::Old(pointer) => self.old.place(pointer),
            At::New(pointer) => self.new.place(pointer),
        };
        self.changes.push(Change {
            api: self.api.clone(),
            promise,
            text: text.replacen("{}", &format!("`{subject}`"), 1),
            subject: subject.to_owned(),
            place,
        });
    }
}

#[cfg(test)]
mod promises;
#[cfg(test)]
mod tests;
