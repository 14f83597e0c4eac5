//! The obstacle course: the source of the client with the code that was generated for every shape
//! and every awkward name that a document may have. `build/` makes it.

#![allow(
    clippy::all,
    dead_code,
    missing_docs,
    rustdoc::all,
    unexpected_cfgs,
    unused_imports,
    unused_macros,
    unused_variables,
    reason = "the features of the client are none of this crate, so much of it is unused"
)]

// The table of calls is for a crate that has the client as a dependency.
extern crate self as atlas_backup_api;

include!(concat!(env!("OUT_DIR"), "/client.rs"));

use serde::Serialize;
use serde::de::DeserializeOwned;

#[path = "../../src/calls.rs"]
pub mod calls;

#[allow(
    deprecated,
    unused_mut,
    reason = "what a call needs depends on the operation"
)]
mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

/// Every operation of the course.
pub fn entries() -> impl Iterator<Item = &'static calls::Entry> {
    table::ALL.iter().copied().flatten()
}

/// Makes an update from a response, unless it breaks a rule.
type Conversion = fn(Value) -> Result<Value, String>;

mod conversions {
    use super::{read, write};

    include!(concat!(env!("OUT_DIR"), "/conversions.rs"));
}

fn read<T: DeserializeOwned>(answer: Value) -> Result<T, String> {
    serde_json::from_value(answer).map_err(|error| error.to_string())
}

fn write<T: Serialize>(update: &T) -> Result<Value, String> {
    serde_json::to_value(update).map_err(|error| error.to_string())
}

/// Returns how the update that this operation takes is made from its response, if it takes one.
pub fn conversion(api: &str, id: &str) -> Option<Conversion> {
    let mut all = conversions::ALL.iter();
    all.find(|(known, operation, _)| (*known, *operation) == (api, id))
        .map(|(.., conversion)| *conversion)
}

/// The outcome of each cell, one a line.
pub const CELLS: &str = include_str!(concat!(env!("OUT_DIR"), "/cells.txt"));

/// The calls that exercise the course, as JSON: a list for each API generation.
pub const EXERCISES: &str = include_str!(concat!(env!("OUT_DIR"), "/exercises.json"));
