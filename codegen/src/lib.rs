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
//! - `lower` moves what progenitor cannot handle from the document into [`facts::Facts`];
//! - `backend` runs progenitor, which turns the lowered document into code;
//! - `read` turns that code into a `model`, and refuses what it does not recognise;
//! - `merge` adds the facts to the model;
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
pub mod facts;
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
    /// The number of places that each pass changed in all documents, in the order of the passes.
    pub passes: Vec<(&'static str, usize)>,
}

/// Runs the whole pipeline on all documents, each of another API generation.
///
/// # Errors
/// If documents have problems: an error for each of these documents, in their order, which has a
/// finding for each problem, with its rule and location.
pub fn generate(documents: &[Document]) -> Result<Output, Vec<Error>> {
    generate_observed(documents, &mut |_| {})
}

/// Like [`generate`], and calls `ended` with the name of every pass (`lower/formats`) and every
/// stage (`lower`) when it has ended, for each document. The generator has no clock; a caller that
/// measures times can read one in `ended`.
///
/// # Errors
/// Like [`generate`].
pub fn generate_observed(
    documents: &[Document],
    ended: &mut dyn FnMut(&'static str),
) -> Result<Output, Vec<Error>> {
    let mut run = Run {
        ended: Some(ended),
        ..Run::default()
    };
    let (mut models, mut errors) = (Vec::new(), Vec::new());
    for document in documents {
        match translate(document, &mut run) {
            Ok(model) => models.push(model),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let Shared { types, duplicates } = share::share(&mut models);
    run.ended("share");
    let parts = files::files(&models, &types);
    run.ended("render");
    Ok(Output {
        parts,
        duplicates,
        passes: run.passes,
    })
}

/// Returns the document that progenitor gets. A benchmark compares our client with progenitor's.
///
/// # Errors
/// Like [`generate`].
pub fn lowered(document: &Document) -> Result<openapiv3::OpenAPI, Error> {
    let mut run = Run::default();
    let loaded = load(document)?;
    lint(&loaded)?;
    let (openapi, _) = lower::lower(&loaded, &mut run)?;
    Ok(openapi)
}

/// Runs the stages that need one document only.
fn translate(document: &Document, run: &mut Run<'_>) -> Result<Model, Error> {
    let loaded = load(document)?;
    run.ended("load");
    lint(&loaded)?;
    run.ended("lint");
    model(&loaded, run).map_err(|error| error.locate(&loaded))
}

fn model(loaded: &Loaded<'_>, run: &mut Run<'_>) -> Result<Model, Error> {
    let (openapi, facts) = lower::lower(loaded, run)?;
    run.ended("lower");
    let file = backend::generate(&openapi)?;
    run.ended("backend");
    model_of(loaded, facts, file, run)
}

/// Reads progenitor's code and merges the facts into it.
fn model_of(
    loaded: &Loaded<'_>,
    facts: Facts,
    file: syn::File,
    run: &mut Run<'_>,
) -> Result<Model, Error> {
    let model = read::read(&file, &facts)?;
    drop(file);
    run.ended("read");
    let model = merge::merge(model, loaded.document, facts)?;
    run.ended("merge");
    Ok(model)
}

/// The passes that have run, and the caller's callback if there is one.
#[derive(Default)]
struct Run<'a> {
    passes: Vec<(&'static str, usize)>,
    ended: Option<&'a mut dyn FnMut(&'static str)>,
}

impl Run<'_> {
    fn pass(&mut self, name: &'static str, places: usize) {
        match self.passes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, total)) => *total += places,
            None => self.passes.push((name, places)),
        }
        self.ended(name);
    }

    fn ended(&mut self, name: &'static str) {
        if let Some(ended) = &mut self.ended {
            ended(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid_document() -> Document {
        let text = include_str!("../../tests/fixtures/documents/sound.yaml").to_owned();
        Document {
            api: "v2".into(),
            path: "sound.yaml".into(),
            text,
        }
    }

    #[test]
    fn the_observer_is_called_for_every_stage_and_pass() {
        let mut steps = Vec::new();
        let output = generate_observed(&[valid_document()], &mut |step| steps.push(step))
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        let stages: Vec<_> = steps
            .iter()
            .copied()
            .filter(|step| !step.contains('/'))
            .collect();
        assert_eq!(
            stages,
            [
                "load", "lint", "lower", "backend", "read", "merge", "share", "render"
            ]
        );
        assert!(output.passes.iter().all(|(pass, _)| steps.contains(pass)));
    }
}
