//! Turns one curated OpenAPI document into Rust source.
//!
//! ```text
//! load -> check -> lower -> backend -> rewrite -> emit
//! ```
//!
//! Text goes in and files come out: nothing here touches a file system, the environment, a clock or standard output, and nothing
//! iterates a `HashMap`, so the same document always gives the same bytes. What OpenAPI says and progenitor cannot carry crosses it
//! in [`facts::Facts`].

mod backend;
mod check;
pub mod compare;
mod document;
mod emit;
mod error;
pub mod facts;
mod lower;
mod rewrite;

pub use document::Document;
pub use emit::{File, Item, ItemKind};
pub use error::{Error, Finding, Location};

/// What one document became.
#[derive(Debug)]
pub struct Output {
    /// The files to write, by path relative to the generated directory (`v2/types/shared.rs`), in order.
    pub files: Vec<File>,
    /// The table of calls for tests (`v2.rs`).
    pub table: File,
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
    let loaded = document::load(document)?;
    check::check(&loaded)?;
    translate(&loaded).map_err(|error| error.locate(&loaded))
}

fn translate(loaded: &document::Loaded<'_>) -> Result<Output, Error> {
    let mut passes = Vec::new();
    let (openapi, facts) = lower::lower(loaded, &mut passes)?;
    let code = rewrite::rewrite(backend::generate(&openapi)?, &facts, &mut passes)?;
    let (files, table, items) = emit::emit(loaded.document, &facts, code)?;
    Ok(Output { files, table, items, passes })
}

/// The document as JSON, without the rules of [`generate`].
///
/// # Errors
/// What keeps it from being YAML.
pub fn read(document: &Document) -> Result<serde_json::Value, Error> {
    document::load(document).map(|loaded| loaded.value)
}
