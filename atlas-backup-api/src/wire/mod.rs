//! Converts between JSON and Rust types. Nothing in this folder knows HTTP.
//!
//! - `field`, `object`, `scalar`, `collection`: how the code that is not generic reaches a value
//! - `read`, `read_object`, `write`: that code
//! - `object_macros`, `open_enum`, `string_newtype`: the macros that define types
//! - `object_id`, `cluster_name`: types that are defined by hand
//! - `extra`, `other_form`: what keeps a response lossless
//! - `one_line`, `text`: what the rest of the crate needs of text
//! - `opaque`: keeps the code that drops a value out of the programs

pub(crate) mod cluster_name;
pub(crate) mod collection;
pub(crate) mod date_time;
pub(crate) mod extra;
pub(crate) mod field;
pub(crate) mod invalid_id;
pub(crate) mod json_path;
mod member_set;
pub(crate) mod mismatch;
pub(crate) mod object;
pub(crate) mod object_id;
pub(crate) mod object_macros;
pub(crate) mod one_line;
pub(crate) mod opaque;
pub(crate) mod open_enum;
pub(crate) mod other_form;
pub(crate) mod read;
pub(crate) mod read_object;
pub(crate) mod scalar;
pub(crate) mod string_newtype;
pub(crate) mod text;
mod write;

#[cfg(test)]
mod tests;
