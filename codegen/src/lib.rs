//! Turns one curated OpenAPI document into Rust source.
//!
//! ```text
//! load -> lint -> lower -> backend -> rewrite -> emit
//! ```
//!
//! Text goes in and files come out: nothing here touches a file system, the environment, a clock or standard output, and nothing
//! iterates a `HashMap`, so the same document always gives the same bytes. What OpenAPI says and progenitor cannot carry crosses it
//! in [`facts::Facts`].

mod backend;
mod emit;
pub mod facts;
mod lower;
mod rewrite;

use atlas_backup_document::{Document, Error, Loaded, lint, load};

pub use emit::{File, Item, ItemKind};

/// What one document became.
#[derive(Debug)]
pub struct Output {
    /// The files to write, by path relative to the generated directory (`v2/types/shared.rs`), in order.
    pub files: Vec<File>,
    /// The table of calls for tests (`v2/mod.rs`), in order.
    pub table: Vec<File>,
    /// The same code, one entry for each operation and type: what a reviewer sees in snapshots.
    pub items: Vec<Item>,
    /// How many places each pass changed, in the order the passes ran.
    pub passes: Vec<(&'static str, usize)>,
}

/// Runs the whole pipeline over one document.
///
/// # Errors
/// Every fault found, each with its rule and its place in the document.
pub fn generate(document: &Document) -> Result<Output, Error> {
    generate_observed(document, &mut |_| {})
}

/// As [`generate`], and tells `ended` the name of every pass (`lower/formats`) and every stage (`lower`) when it is through: there is no
/// clock here, so who wants times reads one then.
///
/// # Errors
/// Those of [`generate`].
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

/// What has run so far, and who is told.
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
