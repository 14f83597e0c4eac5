//! Imports an operation of a published document into one of ours, for `cargo xtask import`.
//!
//! The operation and what it needs are drafted, with our names, with the components that our
//! document has already, and without prose: lint points at every place that a person must fill in.
//! The result is the text of our document with the new entries in order; everything else stays as
//! it is, byte for byte.
//!
//! An operation that our document has already is compared instead.

mod adopt;
mod blanks;
mod entries;
mod find;
mod insert;
mod names;
mod reuse;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::compare::{self, Deviations, Difference, Subject};
use crate::document::{Document, Loaded, child, load};
use crate::draft::published::Operation;
use crate::draft::{self, Draft, Omitted, Options};
use crate::error::{Error, Finding, Location};
use crate::generations::{GENERATIONS, Generation};
use crate::lint::used;
use crate::published::PublishedDocument;

use adopt::{Adoption, sections};
use find::{known, template};
use reuse::Reuse;

/// Rule name of the findings of an import that is not possible.
const RULE: &str = "import";

/// What to import.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The official id of the operation, long or short, or our `operationId`.
    pub operation: &'a str,
    /// The generation of the operation; `None` if the published document decides.
    pub generation: Option<&'static Generation>,
    /// The tag that the operation gets; `None` leaves it to lint to ask for one.
    pub tag: Option<&'a str>,
}

/// The result of an import.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The operation is new: this is our document with it.
    New(Box<Import>),
    /// Our document has the operation, and stays as it is.
    Known(Known),
}

/// Our document with a new operation.
#[derive(Clone, Debug)]
pub struct Import {
    /// The document. Only its text has changed.
    pub document: Document,
    /// Our `operationId`.
    pub id: String,
    /// Where the operation stands in the new text.
    pub location: Location,
    /// What else was added: `schema Snapshot`, `tag Snapshots`.
    pub added: Vec<String>,
    /// The schemas that the document had already, as (name in the draft, our name).
    pub reused: Vec<(String, String)>,
    /// The schemas with a longer name, because another has the better one, as (name, taken name).
    pub renamed: Vec<(String, String)>,
    /// The published details that the dialect cannot describe.
    pub omitted: Vec<Omitted>,
    /// What the operation and its schemas say otherwise than the published document.
    pub differences: Vec<Difference>,
    /// What a person must fill in or correct, as lint tells it. Only the first stage of rules that
    /// has findings.
    pub findings: Option<Error>,
}

/// An operation that our document has already.
#[derive(Clone, Debug)]
pub struct Known {
    /// Path of our document.
    pub path: String,
    /// Our `operationId`.
    pub id: String,
    /// Where the operation stands.
    pub location: Location,
    /// What the operation and its schemas say otherwise than the published document.
    pub differences: Vec<Difference>,
}

/// Imports an operation into the one of our documents that it belongs to.
///
/// # Errors
/// If it cannot be imported. The error has the path of the document concerned, which is empty for
/// the published one.
pub fn import(
    documents: &[Document],
    published: &PublishedDocument,
    deviations: &Deviations,
    request: Request<'_>,
) -> Result<Outcome, Error> {
    let loaded = documents.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let generations = generations(&published.value, request.generation)?;
    let found = generations.iter().find_map(|generation| {
        let ours = loaded.iter().find(|it| it.document.api == generation.api)?;
        let wanted = request.operation;
        let operation = find::published(&published.value, generation, &ours.value, wanted)?;
        Some((ours, operation))
    });
    let Some((ours, operation)) = found else {
        return Err(find::unknown(
            &published.value,
            &generations,
            request.operation,
        ));
    };
    find::check_references(&published.value, &operation)?;
    let has = known(&ours.value).find(|known| {
        known.method == operation.method && template(known.path) == template(operation.path)
    });
    if let Some(known) = has {
        let location = ours.locate(&known.pointer);
        let (document, id) = (ours.document, known.id.to_owned());
        let path = document.path.clone();
        let differences = differences(document, &published.value, deviations, &id)?;
        return Ok(Outcome::Known(Known {
            path,
            id,
            location,
            differences,
        }));
    }
    let others = loaded
        .iter()
        .filter(|it| it.document.api != ours.document.api);
    let others: Vec<&Value> = others.map(|other| &other.value).collect();
    let imported = new(ours, &others, published, &operation, request)?;
    complete(imported, &published.value, deviations).map(|it| Outcome::New(Box::new(it)))
}

/// Returns the generations that the operation may be of.
fn generations(
    published: &Value,
    wanted: Option<&'static Generation>,
) -> Result<Vec<&'static Generation>, Error> {
    let fail = |message: String| Err(Error::one(Finding::new(RULE, "", message)));
    if published.get("paths").and_then(Value::as_object).is_none() {
        return fail("this is not an OpenAPI document: it has no `paths`".to_owned());
    }
    let all = compare::generations(published);
    if all.is_empty() {
        let prefixes: Vec<_> = GENERATIONS.iter().map(|it| it.prefix).collect();
        return fail(format!(
            "no path begins with {}: this is not a document of the Atlas API",
            prefixes.join(" or ")
        ));
    }
    Ok(wanted.map_or(all, |wanted| vec![wanted]))
}

/// Returns what the operation `id` and its schemas say otherwise than the published document.
fn differences(
    document: &Document,
    published: &Value,
    deviations: &Deviations,
    id: &str,
) -> Result<Vec<Difference>, Error> {
    let report = compare::compare(document, published, deviations, true)?;
    let loaded = load(document)?;
    let Some(operation) = known(&loaded.value).find(|known| known.id == id) else {
        return Ok(Vec::new());
    };
    let alone = json!({
        "paths": {operation.path: {operation.method: operation.value}},
        "components": loaded.value["components"],
    });
    let schemas = used(&alone);
    let concerns = |difference: &Difference| match &difference.subject {
        Subject::Operation(name) => name == id,
        Subject::Schema(name) => schemas.contains(&format!("#/components/schemas/{name}")),
        Subject::Document(_) => false,
    };
    Ok(report.differences.into_iter().filter(concerns).collect())
}

/// An operation in the text of our document, before the text has been examined.
struct Inserted {
    document: Document,
    pointer: String,
    id: String,
    added: Vec<String>,
    reused: Vec<(String, String)>,
    renamed: Vec<(String, String)>,
    omitted: Vec<Omitted>,
}

/// Drafts an operation and inserts it into the text of our document.
fn new(
    ours: &Loaded<'_>,
    others: &[&Value],
    published: &PublishedDocument,
    operation: &Operation<'_>,
    request: Request<'_>,
) -> Result<Inserted, Error> {
    let draft = draft_one(&published.value, operation.id)?;
    let (drafted_path, drafted) = only_operation(&draft.document, operation.method);
    let id = names::operation(operation, &ours.value, others);
    let has = known(&ours.value).find(|known| template(known.path) == template(drafted_path));
    let path = has.as_ref().map_or(drafted_path, |known| known.path);

    let reuse = Reuse::new(&ours.value, &draft.document, others);
    let mut adoption = Adoption::new(
        &reuse,
        &id,
        drafted["operationId"].as_str().unwrap_or_default(),
    );
    let mut value = adoption.operation(drafted, drafted_path, path);
    value["operationId"] = id.as_str().into();
    value["tags"] = request.tag.map_or_else(|| json!([]), |tag| json!([tag]));
    // All of v1.0 is deprecated, whatever its document says of single operations.
    if known(&ours.value).all(|known| known.value.get("deprecated").is_some()) {
        value["deprecated"] = true.into();
        value["x-atlas-deprecation"] = json!({"note": ""});
    }
    let mut components = sections(&adoption.added);
    empty(&mut value, &mut components, &ours.value);

    let mut insertions = vec![entries::operation(
        path,
        operation.method,
        value,
        has.is_some(),
    )];
    let mut added = Vec::new();
    if let Some(tag) = request.tag.filter(|tag| !has_tag(&ours.value, tag)) {
        insertions.push(entries::tag(tag));
        added.push(format!("tag {tag}"));
    }
    for (section, entries) in components {
        let names = entries.as_object().into_iter().flatten();
        added.extend(names.map(|(name, _)| format!("{} {name}", section.trim_end_matches('s'))));
        insertions.extend(entries::components(
            &ours.value,
            &section,
            entries,
            published,
        ));
    }
    let text = insert::insert(ours, insertions)?;
    Ok(Inserted {
        document: Document {
            text,
            ..ours.document.clone()
        },
        pointer: child(&child("/paths", path), operation.method),
        added,
        reused: adoption.reused,
        renamed: adoption.renamed,
        omitted: draft.omitted,
        id,
    })
}

/// Drafts one operation, or says why it cannot be drafted.
fn draft_one(published: &Value, id: &str) -> Result<Draft, Error> {
    let options = Options {
        operations: Some(BTreeSet::from([id.to_owned()])),
        placeholder: None,
    };
    let draft = draft::draft(published, &options);
    match draft.left_out.first() {
        None => Ok(draft),
        Some(left_out) => {
            let message = format!("`{id}` cannot be described in spec/: {}", left_out.reason);
            Err(Error::one(Finding::new(RULE, "/paths", message)))
        }
    }
}

/// Returns the path and the value of the only operation of a draft.
fn only_operation<'d>(draft: &'d Value, method: &str) -> (&'d str, &'d Value) {
    let mut paths = crate::lint::members(draft, "paths");
    let (path, item) = paths.next().unwrap_or(("", &Value::Null));
    (path, &item[method])
}

/// Empties all places that a person must fill in.
fn empty(operation: &mut Value, components: &mut Map<String, Value>, ours: &Value) {
    let mut schemas = ours["components"]["schemas"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let added = components.get("schemas").and_then(Value::as_object);
    schemas.extend(added.cloned().into_iter().flatten());
    blanks::operation(operation, &schemas);
    for (section, entries) in components {
        for (_, component) in entries.as_object_mut().into_iter().flatten() {
            blanks::component(section, component, &schemas);
        }
    }
}

fn has_tag(ours: &Value, tag: &str) -> bool {
    let tags = ours.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().any(|known| known["name"] == tag)
}

/// Examines the new text: it must be readable, and lint says what is still to be filled in.
fn complete(
    inserted: Inserted,
    published: &Value,
    deviations: &Deviations,
) -> Result<Import, Error> {
    let Inserted {
        document,
        pointer,
        id,
        added,
        reused,
        renamed,
        omitted,
    } = inserted;
    let loaded = load(&document)?;
    let location = loaded.locate(&pointer);
    let findings = crate::lint::lint(&loaded).err();
    let differences = differences(&document, published, deviations, &id)?;
    Ok(Import {
        location,
        findings,
        differences,
        document,
        id,
        added,
        reused,
        renamed,
        omitted,
    })
}
