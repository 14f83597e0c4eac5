//! Turns curated OpenAPI documents into Rust source.
//!
//! ```text
//! load -> lint -> lower -> backend -> read -> merge     for each document
//!                                               └──> share -> render    for all of them
//! ```
//!
//! `load` and `lint` are in the crate `atlas-backup-document`; each other stage is a module of its
//! name:
//!
//! - `lower` writes the document that progenitor gets, and `facts` reads what this lacks from the
//!   document as it is;
//! - `backend` runs progenitor, which turns the lowered document into code;
//! - `read` turns that code and the facts into a `model`, and refuses code that it does not
//!   recognise;
//! - `merge` finds out where each type is used and what is a list, which needs the whole model;
//! - `share` moves the types that are the same in several documents out of their models;
//! - `render` turns each operation and type of the models into code, which `files` prints and
//!   distributes.
//!
//! `model` has the structs that `read`, `merge`, `share` and `render` work on, and `runtime` what
//! they may assume of the client.
//!
//! The crate performs no I/O: it takes text and returns files, and never uses the file system, the
//! environment, a clock or standard output. It never iterates over a `HashMap`, so the same
//! documents always give the same bytes.

mod backend;
mod explain;
mod facts;
mod files;
mod lower;
mod merge;
mod model;
mod read;
mod render;
mod runtime;
mod share;

use atlas_backup_document::{Document, Error, Loaded, lint, load};

use facts::Facts;
use model::Model;
use share::Shared;

/// progenitor itself, for a benchmark of what it makes of the [`lowered`] document by default.
pub use backend::Generator;
pub use explain::{Explanation, explain};
pub use files::{File, Item, ItemKind, Part};
pub use share::{Duplicate, Reason};

/// The output of the generator.
#[derive(Debug)]
pub struct Output {
    /// A part for each document, in the order of the documents, then one for the types that they
    /// share, if there are any.
    pub parts: Vec<Part>,
    /// The types that several documents have and that cannot be shared, by name.
    pub duplicates: Vec<Duplicate>,
}

/// Runs the whole pipeline on all documents, each of another API generation.
///
/// # Errors
/// If documents have problems: an error for each of these documents, in their order, which has a
/// finding for each problem, with its rule and location.
pub fn generate(documents: &[Document]) -> Result<Output, Vec<Error>> {
    generate_observed(documents, &mut |_| {})
}

/// Like [`generate`], and calls `ended` with the name of every stage (`lower`) when it has ended, for
/// each document. The generator has no clock; a caller that measures times can read one in `ended`.
///
/// # Errors
/// Like [`generate`].
pub fn generate_observed(
    documents: &[Document],
    ended: &mut dyn FnMut(&'static str),
) -> Result<Output, Vec<Error>> {
    let (mut models, mut errors) = (Vec::new(), Vec::new());
    for document in documents {
        match translate(document, ended) {
            Ok(model) => models.push(model),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let Shared { types, duplicates } = share::share(&mut models);
    ended("share");
    let parts = files::files(&models, &types);
    ended("render");
    Ok(Output { parts, duplicates })
}

/// Returns the document that progenitor gets. A benchmark compares our client with progenitor's.
///
/// # Errors
/// Like [`generate`].
pub fn lowered(document: &Document) -> Result<openapiv3::OpenAPI, Error> {
    let loaded = load(document)?;
    lint(&loaded)?;
    lower::lower(&loaded.value)
}

/// Runs the stages that need one document only.
fn translate(document: &Document, ended: &mut dyn FnMut(&'static str)) -> Result<Model, Error> {
    let loaded = load(document)?;
    ended("load");
    lint(&loaded)?;
    ended("lint");
    model(&loaded, ended).map_err(|error| error.locate(&loaded))
}

fn model(loaded: &Loaded<'_>, ended: &mut dyn FnMut(&'static str)) -> Result<Model, Error> {
    let (openapi, facts) = (lower::lower(&loaded.value)?, Facts::of(loaded));
    ended("lower");
    let file = backend::generate(&openapi)?;
    ended("backend");
    let model = read::read(&file, facts)?;
    drop(file);
    ended("read");
    let model = merge::merge(model);
    ended("merge");
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_observer_is_called_for_every_stage() {
        let document = Document {
            api: "v2".into(),
            path: "sound.yaml".into(),
            text: include_str!("../../tests/fixtures/documents/sound.yaml").into(),
        };
        let mut stages = Vec::new();
        generate_observed(&[document], &mut |stage| stages.push(stage))
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(
            stages,
            [
                "load", "lint", "lower", "backend", "read", "merge", "share", "render"
            ]
        );
    }
}
