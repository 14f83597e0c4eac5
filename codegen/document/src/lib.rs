//! Reads the OpenAPI documents in which this project describes the MongoDB Atlas backup endpoints.
//!
//! The code generator turns these documents into a client, the fake Atlas serves responses from
//! them, and commands compare them with captured traffic and with the documents that MongoDB
//! publishes. This crate holds what all of these need to know about a document; it does not depend
//! on the generator.
//!
//! ```
//! use atlas_backup_document::{Document, lint, load};
//!
//! let document = Document {
//!     api: "v2".into(),
//!     path: "spec/v2.yaml".into(),
//!     text: "openapi: 3.0.3\nopenapi: 3.1.0\n".into(),
//! };
//! let error = load(&document).and_then(|loaded| lint(&loaded)).expect_err("a duplicate key");
//! assert_eq!(
//!     error.to_string(),
//!     "spec/v2.yaml:2:1: the key `openapi` stands twice in one mapping [duplicate-key]"
//! );
//! ```
//!
//! The crate performs no I/O: it takes text and returns values, and never uses the file system, the
//! environment, a clock or standard output.

mod arguments;
pub mod changes;
pub mod compare;
pub mod deviation;
mod document;
mod documents;
pub mod draft;
mod error;
mod generations;
pub mod import;
mod instant;
mod lint;
mod notice;
pub mod parts;
mod place;
mod published;
pub mod route;
pub mod schema;
mod spec;
mod vocabulary;

pub use arguments::Arguments;
pub use document::{Document, Loaded, child, load};
pub use documents::Documents;
pub use error::{Error, Finding, Location};
pub use generations::{GENERATIONS, Generation};
pub use instant::instant;
pub use lint::{keywords, lint, lint_coverage};
pub use notice::{deprecation_note, notice, own_words};
pub use published::PublishedDocument;
pub use schema::exact_pattern;
pub use spec::{Endpoint, Example, OlderVersion, Operation, Spec};
pub use vocabulary::{
    MAX_MEMBERS, OtherForm, Pattern, RUNTIME_PATTERNS, RUNTIME_TYPES, is_keyword, method_name,
};
