//! Turns a curated OpenAPI document into Rust source.
//!
//! ```text
//! load -> lint -> lower -> backend -> rewrite -> emit
//! ```
//!
//! `load` and `lint` are in the crate `atlas-backup-document`; each other stage is a module of its
//! name:
//!
//! - `lower` moves what progenitor cannot handle from the document into [`facts::Facts`];
//! - `backend` runs progenitor, which turns the lowered document into code;
//! - `rewrite` changes that code into what the client needs and puts the facts back;
//! - `emit` sorts the items into files and prints them.
//!
//! The crate performs no I/O: it takes text and returns files, and never uses the file system, the
//! environment, a clock or standard output. It never iterates over a `HashMap`, so the same
//! document always gives the same bytes.

mod backend;
mod emit;
pub mod facts;
mod lower;
mod rewrite;

use atlas_backup_document::{Document, Error, Loaded, lint, load};

pub use emit::{File, Item, ItemKind};

/// The output of the generator for one document.
#[derive(Debug)]
pub struct Output {
    /// The files of the client, in order; paths are relative to the generated directory
    /// (`v2/types/shared.rs`).
    pub files: Vec<File>,
    /// The files of the test table, which calls every operation (`v2/mod.rs`), in order.
    pub table: Vec<File>,
    /// The code of `files`, with one entry for each operation and type, for snapshots.
    pub items: Vec<Item>,
    /// The number of places that each pass changed, in the order of the passes.
    pub passes: Vec<(&'static str, usize)>,
}

/// Runs the whole pipeline on one document.
///
/// # Errors
/// If the document has problems. The error has a finding for each, with its rule and location.
pub fn generate(document: &Document) -> Result<Output, Error> {
    generate_observed(document, &mut |_| {})
}

/// Like [`generate`], and calls `ended` with the name of every pass (`lower/formats`) and every
/// stage (`lower`) when it has ended. The generator has no clock; a caller that measures times can
/// read one in `ended`.
///
/// # Errors
/// Like [`generate`].
pub fn generate_observed(
    document: &Document,
    ended: &mut dyn FnMut(&'static str),
) -> Result<Output, Error> {
    let mut run = Run {
        passes: Vec::new(),
        ended,
    };
    let loaded = load(document)?;
    run.ended("load");
    lint(&loaded)?;
    run.ended("lint");
    translate(&loaded, run).map_err(|error| error.locate(&loaded))
}

fn translate(loaded: &Loaded<'_>, mut run: Run<'_>) -> Result<Output, Error> {
    let (openapi, facts) = lower::lower(loaded, &mut run)?;
    run.ended("lower");
    let code = backend::generate(&openapi)?;
    run.ended("backend");
    let code = rewrite::rewrite(code, &facts, &mut run)?;
    run.ended("rewrite");
    let emit::Emitted {
        files,
        table,
        items,
    } = emit::emit(loaded.document, &facts, code)?;
    run.ended("emit");
    Ok(Output {
        files,
        table,
        items,
        passes: run.passes,
    })
}

/// The passes that have run, and the caller's callback.
struct Run<'a> {
    passes: Vec<(&'static str, usize)>,
    ended: &'a mut dyn FnMut(&'static str),
}

impl Run<'_> {
    fn pass(&mut self, name: &'static str, places: usize) {
        self.passes.push((name, places));
        self.ended(name);
    }

    fn ended(&mut self, name: &'static str) {
        (self.ended)(name);
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
        let output = generate_observed(&valid_document(), &mut |step| steps.push(step))
            .unwrap_or_else(|error| panic!("{error}"));
        let stages: Vec<_> = steps
            .iter()
            .copied()
            .filter(|step| !step.contains('/'))
            .collect();
        assert_eq!(
            stages,
            ["load", "lint", "lower", "backend", "rewrite", "emit"]
        );
        assert!(output.passes.iter().all(|(pass, _)| steps.contains(pass)));
    }
}
