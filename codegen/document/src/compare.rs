//! Our document and the published one side by side, for `cargo xtask upstream`.
//!
//! A curated document is worth nothing if it drifts unseen from what Atlas publishes. Operations are paired by method and path and
//! compared with their newest stable media type; from them the schemas are, member by member. What differs on purpose stands in
//! `spec/deviations.yaml` with its reason. So whatever is left is news, and an entry that explains nothing any more is a mistake.

mod choices;
mod deviations;
mod difference;
mod media_types;
mod operations;
mod schemas;
mod shape;
mod sources;
mod view;

use std::collections::BTreeSet;

use serde_json::Value;

pub use deviations::Deviations;
pub use difference::{Difference, Explanation, Kind, Side, Subject};

use deviations::Scope;
use difference::Kind::{OperationEnded, OperationMissing};
use operations::{Operation, ended, operations, pair};
use schemas::{Comparison, Sides, Target};
use view::{DocumentView, Node};

use crate::document::{self, Document, Loaded};
use crate::error::{Error, Finding};
use crate::generations::{GENERATIONS, Generation};

/// Name of the rule that a document breaks which cannot be compared.
const RULE: &str = "upstream";

/// The generations that a published document describes: the paths tell.
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

/// What came of comparing one of our documents.
#[derive(Clone, Debug)]
pub struct Report {
    /// The generation.
    pub api: String,
    /// Path of our document.
    pub path: String,
    /// Operations of this generation in the published document, of whatever family.
    pub published: usize,
    /// Operations compared.
    pub operations: usize,
    /// Operations that are not published, as our document says: they have ended.
    pub ended: Vec<String>,
    /// Operations that are not published, which says nothing, because the published document is only a part.
    pub skipped: Vec<String>,
    /// Schemas of ours that were compared.
    pub schemas: usize,
    /// Members compared: parameters, bodies, answers and properties.
    pub members: usize,
    /// What differs, in the order of our document.
    pub differences: Vec<Difference>,
    /// Deviations that nothing needs, each as a fault of the file of deviations.
    pub stale: Vec<Finding>,
}

impl Report {
    /// The differences that nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| difference.explanation.is_none())
    }
}

/// Compares one of our documents with the published one of its generation.
///
/// With `part`, operations that the published document lacks are passed over.
///
/// # Errors
/// What keeps one of the documents from being compared at all; without a path when it is the published one.
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
    comparison.compare_schemas();
    // What a part lacks may be published all the same.
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
        stale,
    })
}

/// A document with a hole is not compared at all: a hole on one side looks like something missing on the other.
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
    // The published document is known by its values only, so a pointer is all there is to say where.
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

/// The differences in the order of our document.
fn locate_differences(comparison: &mut Comparison<'_>, loaded: &Loaded<'_>) -> Vec<Difference> {
    let mut differences = comparison.differences();
    for difference in &mut differences {
        difference.location = loaded.spans.locate(&difference.pointer);
    }
    let node = |difference: &Difference| (difference.location.line, difference.location.column);
    differences.sort_by(|a, b| (node(a), a.key()).cmp(&(node(b), b.key())));
    differences
}

/// Notes an operation that only one of the documents has.
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

/// Our schemas that these operations use.
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
