//! Chapters about how the client works. They contain no code, only documentation.
//!
//! Begin with the [front page](crate); each chapter explains one topic in full.

// The chapters link to the items of the crate's root by their names.
#[allow(unused_imports)]
use crate::*;

#[doc = include_str!("docs/authentication.md")]
pub mod authentication {}

#[doc = include_str!("docs/retries.md")]
pub mod retries {}

#[doc = include_str!("docs/decoding.md")]
pub mod decoding {}

#[cfg(feature = "download")]
#[doc = include_str!("docs/downloads.md")]
pub mod downloads {}

#[doc = include_str!("docs/raw_calls.md")]
pub mod raw_calls {}

#[doc = include_str!("docs/tracing.md")]
pub mod tracing {}

// The samples use the fake, which this crate does not depend on: tests/src/lib.rs compiles and runs
// them.
#[cfg(all(feature = "digest", feature = "v2", not(doctest)))]
#[doc = include_str!("docs/testing.md")]
pub mod testing {}

#[cfg(feature = "v2")]
#[doc = include_str!("docs/from_progenitor.md")]
pub mod from_progenitor {}

#[cfg(feature = "v2")]
#[doc = include_str!("docs/from_the_go_sdk.md")]
pub mod from_the_go_sdk {}

#[doc = include_str!("docs/dependencies.md")]
pub mod dependencies {}
