//! Client for the backup endpoints of the MongoDB Atlas Administration API.
//!
//! One method per documented operation: required arguments are arguments, optional ones are setters, and the
//! request leaves when `send` is awaited.
//!
#![cfg_attr(feature = "v2", doc = "```no_run")]
#![cfg_attr(not(feature = "v2"), doc = "```ignore")]
//! use atlas_backup_api::Client;
//! use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
//!
//! # async fn run() -> Result<(), atlas_backup_api::Error> {
//! let client = Client::new()?;
//! let snapshot = client
//!     .v2()
//!     .take_snapshot(
//!         "32b6e34b3d91647abb20e7b8",
//!         "orders",
//!         OnDemandSnapshotRequest { retention_in_days: Some(5), ..Default::default() },
//!     )
//!     .send()
//!     .await?;
//! println!("snapshot {} was accepted: {}", snapshot.id, snapshot.status());
//! # Ok(())
//! # }
//! ```
//!
//! # What is checked, and when
//!
//! The client is strict in what it sends and tolerant in what it accepts. Ids, names, bounds and rules across members
//! are checked by `send` before anything leaves; [`Error::InvalidArgument`] names the argument, its value and the rule.
//!
//! An answer never fails for being newer or looser than the documents this version was made from. Unknown enum values
//! are kept in a variant `Unknown`, unknown members in a field `extra` ([`Extra`]), and both are written back, so that a
//! program which reads, changes one field and writes loses nothing. `null` and absent mean the same.
//!
//! # Errors
//!
//! Every failure is one [`Error`]. An answer that is not a success is an [`ApiError`] whatever its status and body,
//! also where the gateway in front of Atlas answered in HTML or not at all. Redirects are not followed.
//!
//! # Features
//!
//! `v1` and `v2`, both on by default, hold the two generations of the API. All of v1 is deprecated by Atlas.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
// Without any generation of the API nothing calls the machinery. That is no use to anybody, but it must compile.
#![cfg_attr(not(any(feature = "v1", feature = "v2")), allow(dead_code, unused_imports, unused_macros))]

mod api_error;
mod base_url;
mod body;
mod check;
mod checked_text;
mod client;
mod client_builder;
mod cluster_name;
mod configuration_error;
mod connection_error;
mod date_time;
mod decode_error;
mod envelope;
mod error;
mod excerpt;
mod extra;
mod generated;
mod invalid_argument;
mod members;
mod mismatch;
mod object;
mod object_id;
mod objects;
mod open_enum;
mod operation;
mod path;
mod query;
mod read;
mod request;
mod requests;
mod response;
mod retry_after;
#[cfg(any(feature = "v1", feature = "v2"))]
mod sharded;
mod transport;

#[cfg(test)]
mod loopback;

pub use api_error::{ApiError, FieldViolation};
pub use checked_text::InvalidId;
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use cluster_name::ClusterName;
pub use configuration_error::ConfigurationError;
pub use connection_error::ConnectionError;
pub use decode_error::DecodeError;
pub use error::Error;
pub use extra::Extra;
#[cfg(feature = "v1")]
pub use generated::v1;
#[cfg(feature = "v2")]
pub use generated::v2;
pub use invalid_argument::InvalidArgument;
pub use object_id::ObjectId;
pub use response::Response;

// Types of other crates that this one's signatures name, so that a program needs no dependency for them.
pub use http::{HeaderMap, StatusCode};
pub use jiff::Timestamp;
pub use serde_json::Value;
