//! Client for the backup endpoints of the MongoDB Atlas Administration API: take snapshots, list
//! them, download them, restore them to a cluster.
//!
//! Each backup operation has one method, and tasks that take more than one request are
//! [jobs](#jobs). The client retries what is safe to send twice, and never takes two snapshots for
//! one call.
//!
//! # A first call
//!
//! Required arguments are parameters, optional ones are setters of the call or fields of its body,
//! and awaiting the call sends the request. [`Client::from_env`] reads the credentials from the
//! environment variables that other tools for Atlas use.
//!
#![cfg_attr(feature = "v2", doc = "```no_run")]
#![cfg_attr(not(feature = "v2"), doc = "```ignore")]
//! use atlas_backup_api::Client;
//! use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?;
//! let project = client.v2().find_project("Shop").await?;
//! let body = OnDemandSnapshotRequest { retention_in_days: Some(5), ..Default::default() };
//! let snapshot = client.v2().take_snapshot(&project, "orders", body).await?;
//! println!("snapshot {} was accepted: {}", snapshot.id, snapshot.status());
//! # Ok(())
//! # }
//! ```
//!
//! The first argument is a project, or its id; the second is a cluster, or its name. The response
//! dereferences to the snapshot and has the HTTP status and headers ([`Response`]). Operations that
//! this crate has no method for are [raw calls](docs::raw_calls).
//!
#![cfg_attr(all(feature = "v2", feature = "download"), doc = include_str!("docs/jobs.md"))]
#![cfg_attr(
    not(all(feature = "v2", feature = "download")),
    doc = "# Jobs\n\nThe jobs need the feature `v2`, and saving snapshots the feature `download`. Every call that lists has `stream` ([`Items`]), and every call that returns a job has `wait` ([`Wait`])."
)]
//!
//! # Testing
//!
//! The crate [`atlas-backup-fake`](https://docs.rs/atlas-backup-fake) is an Atlas for your tests,
//! without an account.
#![cfg_attr(
    all(feature = "digest", feature = "v2"),
    doc = "[Testing](docs::testing) shows a complete test, responses of your own, and a clock on which nobody waits."
)]
//!
//! # Chapters
//!
//! - [Authentication](docs::authentication): the kinds of credentials, where they go, what they cost.
//! - [Retries](docs::retries): what is retried and when, and the error of each failure.
//! - [Decoding](docs::decoding): what is validated, and what happens to a response that is newer
//!   than this version.
#![cfg_attr(
    feature = "download",
    doc = "- [Downloads](docs::downloads): hosts, resuming, permissions, verification."
)]
//! - [Raw calls](docs::raw_calls): operations and versions that this crate has no method for.
//! - [Tracing](docs::tracing): spans and events.
#![cfg_attr(
    all(feature = "digest", feature = "v2"),
    doc = "- [Testing](docs::testing): a fake Atlas, responses of your own, the clock."
)]
//! - [Dependencies](docs::dependencies): the crates that are part of this API, and what their
//!   upgrades mean.
#![cfg_attr(
    feature = "v2",
    doc = "- [If you know progenitor](docs::from_progenitor), and [if you know the Go SDK](docs::from_the_go_sdk)."
)]
//!
//! # Errors
//!
//! Every failure of a call is one [`Error`]. Its message is one line that begins with the operation:
//! `getSnapshot: 404 Not Found (…)`. Every response that is not a success is an [`ApiError`],
//! whatever its status and body, even if the gateway in front of Atlas responded with HTML or an
//! empty body. The client does not follow redirects.
//!
#![cfg_attr(feature = "v2", doc = include_str!("docs/errors.md"))]
//! # Features
//!
//! All are on by default.
//!
//! - `digest` supports API keys; a program with a service account or an access token does not need
//!   it.
//! - `download` downloads snapshot files.
//! - `v1` and `v2` contain the two generations of the API. Atlas has deprecated all of v1.
#![forbid(unsafe_code)]
// docs.rs names the feature of each item that needs one.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
// Without `v1` and `v2` most of the crate is unused. Such a build is of no practical use, but it
// must compile.
#![cfg_attr(
    not(any(feature = "v1", feature = "v2")),
    allow(dead_code, unused_imports, unused_macros)
)]

// rustdoc shows the methods of a type in the order of the modules that they are in: the jobs come
// first on the page of `v2::Api`, and then the generated operations.
#[cfg(feature = "v2")]
mod workflow;

mod auth;
mod client;
mod config;
#[cfg(feature = "download")]
mod download;
mod error;
mod generated;
mod http;
mod model_ext;
mod pipeline;
mod validate;
mod wire;

#[cfg(any(doc, doctest))]
pub mod docs;

#[cfg(test)]
mod loopback;

// v2 comes first, because rustdoc links types that both generations share to the first of them.
#[cfg(feature = "v2")]
pub use generated::v2;

#[cfg(feature = "v1")]
pub use generated::v1;

pub use auth::Credentials;
pub use client::Client;
pub use client::builder::ClientBuilder;
pub use client::pager::Items;
pub use client::poller::{Ending, JobState, Wait, WaitError};
pub use client::raw_call::RawCall;
pub use client::sending::Sending;
pub use config::call_options::CallOptions;
pub use config::clock::{Clock, Sleep};
pub use config::retry_policy::RetryPolicy;
pub use config::statistics::Statistics;
#[cfg(feature = "download")]
pub use download::{Checksum, Delivery, Download, DownloadError, DownloadProgress, SavedFile};
pub use error::Error;
pub use error::ambiguous::AmbiguousError;
pub use error::api::{ApiError, FieldViolation};
pub use error::auth::AuthError;
pub use error::configuration::ConfigurationError;
pub use error::connection::ConnectionError;
pub use error::decode::DecodeError;
pub use error::invalid_argument::InvalidArgument;
pub use http::rate_limit::RateLimit;
pub use pipeline::response::Response;
pub use wire::cluster_name::ClusterName;
pub use wire::extra::Extra;
pub use wire::invalid_id::InvalidId;
pub use wire::object_id::ObjectId;
#[cfg(feature = "v2")]
pub use workflow::find::FindError;
#[cfg(all(feature = "download", feature = "v2"))]
pub use workflow::save_snapshot::{SaveError, SaveSnapshot};
#[cfg(feature = "v2")]
pub use workflow::take_snapshot::{SnapshotOnce, TakeError, TakeSnapshotAndWait, TakeSnapshotOnce};

// Types of other crates in this crate's signatures, re-exported so that a program needs no
// dependency for them. docs/dependencies.md lists them.
pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
pub use jiff::Timestamp;
pub use reqwest;
pub use secrecy::SecretString;
pub use serde_json::Value;
