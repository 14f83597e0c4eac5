//! JSON to types and back. Nothing in here knows of HTTP.

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
pub(crate) mod open_enum;
pub(crate) mod other_form;
pub(crate) mod read;
mod read_object;
pub(crate) mod scalar;
pub(crate) mod string_newtype;
mod write;

#[cfg(test)]
mod tests;
