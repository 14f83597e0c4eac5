//! Compares our document with the published one, for `cargo xtask upstream`.
//!
//! A curated document loses its value if it drifts unnoticed from what Atlas publishes. Operations
//! are paired by method and path and compared by their newest stable media type; the schemas that
//! paired operations use are then compared member by member. Intended differences are listed in
//! `spec/deviations.yaml` with a reason. Every other difference is reported, and so is an entry of
//! that file that no longer explains a difference.

mod access;
mod choices;
mod deviations;
mod difference;
mod media_types;
mod operations;
mod schemas;
mod shape;
mod sources;
mod versions;
pub(crate) mod view;

use std::collections::BTreeSet;

use serde_json::Value;

pub use deviations::{Deviations, Review};
pub use difference::{Difference, Explanation, Kind, Side, Subject};
pub use versions::{Sunset, UnstableVersion};

use deviations::Scope;
use difference::Kind::{OperationEnded, OperationMissing};
use operations::{Operation, ended, operations, pair};
use schemas::{Comparison, Sides, Target};
use view::{DocumentView, Node};

use crate::document::{self, Document, Loaded};
use crate::error::{Error, Finding};
use crate::generations::{GENERATIONS, Generation};

/// Rule name of the findings for a document that cannot be compared.
const RULE: &str = "upstream";

/// Returns the generations that a published document describes, which its paths show.
pub fn generations(published: &Value) -> Vec<&'static Generation> {
    let paths = || {
        published
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(path, _)| path)
    };
    GENERATIONS
        .iter()
        .filter(|generation| paths().any(|path| path.starts_with(generation.prefix)))
        .collect()
}

/// The result of comparing one of our documents.
#[derive(Clone, Debug)]
pub struct Report {
    /// The API generation (`v2`).
    pub api: String,
    /// Path of our document.
    pub path: String,
    /// Number of operations of this generation in the published document, including those outside
    /// the backup families.
    pub published: usize,
    /// Number of operations compared.
    pub operations: usize,
    /// Our operations that are not published because, according to our document, they have ended.
    pub ended: Vec<String>,
    /// Our operations that are not in the published document when that document is only a part, so
    /// that their absence means nothing.
    pub skipped: Vec<String>,
    /// Number of our schemas that were compared.
    pub schemas: usize,
    /// Number of members compared: parameters, bodies, responses and properties.
    pub members: usize,
    /// All differences, in the order of our document.
    pub differences: Vec<Difference>,
    /// The versions of our operations that are published and may still change.
    pub unstable: Vec<UnstableVersion>,
    /// The days on which Atlas stops serving versions that we use, in the order of our document.
    pub sunsets: Vec<Sunset>,
    /// Deviations that explain no difference, each as a finding in the deviations file.
    pub stale: Vec<Finding>,
}

impl Report {
    /// Returns the differences that no entry of the deviations file explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| difference.explanation.is_none())
    }
}

/// Compares one of our documents with the published one of its generation.
///
/// With `part`, operations that are missing in the published document are skipped.
///
/// # Errors
/// If one of the documents cannot be compared at all. The error has an empty path if that is the
/// published document.
pub fn compare(
    ours: &Document,
    published: &Value,
    deviations: &Deviations,
    part: bool,
) -> Result<Report, Error> {
    let loaded = document::load(ours)?;
    let prefix = Generation::of(&ours.api).map_or("", |generation| generation.prefix);
    let mut comparison = Comparison::new(&loaded.value, published);
    let theirs = operations(&comparison.published, prefix);
    let count = theirs.len();
    let pairs = pair(
        operations(&comparison.ours, prefix),
        theirs,
        &comparison.published,
    );

    let (ended_operations, unpublished): (Vec<_>, Vec<_>) = pairs
        .ours
        .into_iter()
        .partition(|operation| ended(operation).is_some());
    comparison.incomplete = reachable_schemas(&comparison.ours, &unpublished);
    for (ours, published) in &pairs.both {
        comparison.compare_operation(ours, published);
    }
    comparison.compare_access(part);
    comparison.compare_schemas();
    // Something that a partial document lacks may still be published.
    if !part {
        comparison.compare_sources();
    }
    for operation in unpublished.iter().filter(|_| !part) {
        record_operation(
            &mut comparison,
            OperationEnded,
            operation.id(),
            Some(operation),
            None,
        );
    }
    for operation in &pairs.published {
        record_operation(
            &mut comparison,
            OperationMissing,
            &operation.title(),
            None,
            Some(operation),
        );
    }
    problems(&comparison, &loaded)?;

    let mut differences = locate_differences(&mut comparison, &loaded);
    let ids = |operations: &[Operation<'_>]| {
        operations
            .iter()
            .map(|operation| operation.id().to_owned())
            .collect::<Vec<_>>()
    };
    let components = comparison.ours.root.get("components");
    let known = Scope {
        api: &ours.api,
        operations: pairs.both.iter().map(|(ours, _)| ours.id()).collect(),
        unpublished: unpublished.iter().map(Operation::id).collect(),
        ended: ended_operations.iter().map(Operation::id).collect(),
        schemas: comparison.paired_schemas(),
        declared: components
            .iter()
            .flat_map(|components| components.members("schemas"))
            .map(|(name, _)| name)
            .collect(),
        incomplete: std::mem::take(&mut comparison.incomplete),
        part,
    };
    let stale = deviations.explain(&mut differences, &known);
    let (mut unstable, mut sunsets) = (Vec::new(), Vec::new());
    for (ours, published) in &pairs.both {
        let id = ours.id();
        unstable.extend(versions::unstable(&comparison.published, id, published));
        // Nobody uses an operation that has ended by our document.
        if operations::ended(ours).is_some() {
            continue;
        }
        let ours = (&comparison.ours, ours);
        sunsets.extend(versions::sunsets(ours, (&comparison.published, published)));
    }
    Ok(Report {
        api: ours.api.clone(),
        path: ours.path.clone(),
        published: count,
        operations: pairs.both.len(),
        ended: ids(&ended_operations),
        skipped: if part { ids(&unpublished) } else { Vec::new() },
        schemas: known.schemas.len(),
        members: comparison.members,
        differences,
        unstable,
        sunsets,
        stale,
    })
}

/// Fails if a document has an unresolvable reference: such a gap on one side would look like
/// something missing on the other.
fn problems(comparison: &Comparison<'_>, loaded: &Loaded<'_>) -> Result<(), Error> {
    let finding = |(pointer, message)| Finding::new(RULE, pointer, message);
    let ours: Vec<_> = comparison
        .ours
        .problems()
        .into_iter()
        .map(finding)
        .collect();
    if !ours.is_empty() {
        return Err(Error {
            path: String::new(),
            findings: ours,
        }
        .locate(loaded));
    }
    // The published document was parsed without positions, so the message gives the JSON pointer.
    let theirs = comparison
        .published
        .problems()
        .into_iter()
        .map(|(pointer, message)| (pointer.clone(), format!("#{pointer}: {message}")));
    let theirs: Vec<_> = theirs.map(finding).collect();
    if theirs.is_empty() {
        Ok(())
    } else {
        Err(Error {
            path: String::new(),
            findings: theirs,
        })
    }
}

/// Returns the differences with their locations, in the order of our document.
fn locate_differences(comparison: &mut Comparison<'_>, loaded: &Loaded<'_>) -> Vec<Difference> {
    let mut differences = comparison.differences();
    for difference in &mut differences {
        difference.location = loaded.locate(&difference.pointer);
    }
    let node = |difference: &Difference| (difference.location.line, difference.location.column);
    differences.sort_by(|a, b| (node(a), a.key()).cmp(&(node(b), b.key())));
    differences
}

/// Records an operation that only one of the documents has.
fn record_operation(
    comparison: &mut Comparison<'_>,
    kind: Kind,
    name: &str,
    ours: Option<&Operation<'_>>,
    published: Option<&Operation<'_>>,
) {
    let pointer = |operation: Option<&Operation<'_>>| {
        operation.map_or("/paths".to_owned(), |operation| {
            operation.node.pointer.clone()
        })
    };
    let sides = Sides {
        ours: Value::Null,
        published: Value::Null,
        pointer: &pointer(ours),
        published_pointer: &pointer(published),
    };
    comparison.record(&Target::operation(name), kind, None, sides);
}

/// Returns the names of our schemas that these operations use.
fn reachable_schemas<'a>(
    view: &DocumentView<'a>,
    operations: &[Operation<'a>],
) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<Node<'a>> = operations
        .iter()
        .flat_map(|operation| {
            operation
                .item
                .get("parameters")
                .into_iter()
                .chain([operation.node.clone()])
        })
        .collect();
    while let Some(node) = open.pop() {
        match node.value {
            Value::Object(members) => {
                if let Some(target) = node.text("$ref") {
                    reached.extend(target.strip_prefix("#/components/schemas/"));
                    if seen.insert(target) {
                        open.push(view.follow(&node));
                    }
                }
                open.extend(members.iter().map(|(name, value)| Node {
                    value,
                    pointer: document::child(&node.pointer, name),
                }));
            }
            Value::Array(items) => open.extend(items.iter().map(|value| Node {
                value,
                pointer: node.pointer.clone(),
            })),
            _ => {}
        }
    }
    reached
}

#[cfg(test)]
mod tests;
