//! Client for the backup endpoints of the MongoDB Atlas Administration API.
//!
//! One method per documented operation: required arguments are arguments, optional ones are setters, and the
//! request leaves when `send` is awaited. What takes more than one call is [below](#jobs).
//!
#![cfg_attr(feature = "v2", doc = "```no_run")]
#![cfg_attr(not(feature = "v2"), doc = "```ignore")]
//! use atlas_backup_api::Client;
//! use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
//!
//! # async fn run() -> Result<(), atlas_backup_api::Error> {
//! let client = Client::from_env()?;
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
//! program which reads, changes one field and writes loses nothing. `null` and absent mean the same. An optional member of another type
//! than documented (a number as text, an object for a list) is kept in `extra` too, under its name, while its field is empty; so one odd
//! member takes neither the answer nor the rest of a list with it.
//!
//! What would mislead is an error all the same ([`Error::Decode`]): a resource without its id, and a page without its `results`, which does
//! not say that there are none. An empty list is only `"results": []`. An answer without a body is fine where nothing in it is required.
//!
//! Every answer has `extra`, so have the objects that answers and requests share (policies and their items, copy settings), and the
//! requests that write an answer back (`From<Schedule> for ScheduleUpdateRequest`). Other requests have none: what is sent is what is
//! documented. It costs a pointer in each value, and no code for each type or member: all objects are read and written by one
//! piece of code that is not generic, where serde's `flatten` would add a map of its own to every derive.
//!
//! # Who calls
//!
//! [`Credentials`] are an API key, a service account or an access token; [`Client::from_env`] takes them, and the base URL, from the
//! environment under the names that other tools for Atlas use. They go to the base URL's host and nowhere else, which is
//! spoken to over TLS unless it is this machine, or [`ClientBuilder::allow_http`] says otherwise.
//!
//! An API key is proved by HTTP Digest: N calls in a row cost N + 1 exchanges, and N calls of which at most P are under way
//! at a time cost N + P at most. A service account costs one exchange more for the token, which serves all clones of a client
//! and is renewed before it expires. An access token that the program was given costs no exchange and is never renewed.
//!
//! # What is tried again
//!
//! By default a call is attempted up to four times, within 300 seconds ([`RetryPolicy`], [`ClientBuilder::total_timeout`]; for
//! one call, [`CallOptions`]). Whether another attempt is right depends on what sending the request twice would do. GET
//! changes nothing; PUT, DELETE, and a PATCH of which the documents say so, do the same the second time; POST, and any other
//! PATCH, might do something twice, and are called *creating* below.
//!
//! | what went wrong | GET, PUT, DELETE, idempotent PATCH | creating |
//! |---|---|---|
//! | an argument breaks a rule | [`Error::InvalidArgument`], nothing was sent; it is named as here and as on the wire | the same |
//! | connection refused | tried again | tried again: nothing was sent |
//! | no connection for another reason (name, TLS, connect timeout) | tried again | [`Error::Connection`] or [`Error::Timeout`]: nothing was sent |
//! | connection lost before or in the answer | tried again | [`Error::Ambiguous`] |
//! | no complete answer in time | tried again | [`Error::Ambiguous`] |
//! | 429, or a 400 that speaks of a rate limit | tried again | tried again: Atlas did nothing |
//! | 502, 503, 504 | tried again | [`Error::Ambiguous`] |
//! | any other 5xx | [`Error::Api`] | [`Error::Ambiguous`] |
//! | 401 with a fresh challenge (API key) | signed anew, once; then [`Error::Auth`] | the same: a 401 does nothing |
//! | 401 (service account) | once more with a new token; then [`Error::Auth`] | the same |
//! | 401 (access token) | [`Error::Auth`]: it has expired, most likely | the same |
//! | no token: the endpoint answers 429, 5xx or not at all | asked for again; then [`Error::Auth`] | the same: nothing was sent |
//! | no token: any other answer | [`Error::Auth`] | the same |
//! | 404 to a DELETE that was sent before and may have been done | success | |
//! | any other status, redirects among them | [`Error::Api`] | the same |
//! | a success that cannot be read, or is longer than [`ClientBuilder::max_response_bytes`] | [`Error::Decode`] | the same: it was done |
//! | the total timeout passes while waiting for a place or a token | [`Error::Timeout`] or [`Error::Auth`] | the same: nothing was sent |
//!
//! With an API key, a request for which the client has no challenge yet is sent unsigned, to be given one. Atlas lets none of these in, so
//! nothing was done whatever becomes of it: a creating call is then treated as a GET is. (A stand-in for Atlas that asks for no
//! credentials is to be called without any.) A connection that was idle for longer than [`ClientBuilder::pool_idle_timeout`] is not used
//! again, as it may be gone without a word.
//!
//! After the last attempt the error is that of the attempt. Between attempts, `Retry-After` (seconds or a date) is waited
//! for; without it, a random time up to a bound that doubles each time. A `Retry-After` of more than
//! [`RetryPolicy::max_retry_after`] makes that attempt the last one: [`Error::retry_after`] tells how long to leave it alone. A wait
//! that would outlast the total timeout is not begun.
//!
#![cfg_attr(feature = "download", doc = include_str!("download/guide.md"))]
//! # Jobs
//!
//! Operators think in jobs, which take more than one call:
//!
//! - **List** all there is: `stream` of every call that lists ([`Items`]).
#![cfg_attr(
    feature = "v2",
    doc = "  The snapshots of a cluster, sharded or not: [`v2::Api::list_cluster_snapshots`]."
)]
//! - **Wait** until a snapshot or a job has ended: `wait` of every call that returns one ([`Wait`]).
#![cfg_attr(
    feature = "v2",
    doc = "- **Take** a snapshot and know that it is good: [`v2::Api::take_snapshot_and_wait`]."
)]
#![cfg_attr(
    all(feature = "v2", feature = "download"),
    doc = "- **Save** a snapshot on a disk: [`v2::Api::save_snapshot`] ([`SaveSnapshot`])."
)]
#![cfg_attr(
    feature = "v2",
    doc = "- **Restore** a snapshot to a cluster that is named: [`RestoreJobRequest::automated`](v2::types::RestoreJobRequest::automated), then wait."
)]
//!
//! # What can be seen
//!
//! Each call is a `tracing` span `atlas_call` of the target `atlas_backup_api` with `operation`, `method`, `path` (the
//! template), `attempt`, `status` and `elapsed_ms`, and an event for each attempt and each wait in it. Neither these nor
//! any message holds credentials, queries or bodies. [`Client::rate_limit`] tells what is left of the allowance.
//!
//! # Errors
//!
//! Every failure is one [`Error`]. Its message is one line that begins with the call: `getSnapshot: 404 Not Found (…)`. An answer that is not
//! a success is an [`ApiError`] whatever its status and body, also where the gateway in front of Atlas answered in HTML or not at all.
//! Redirects are not followed. Of an answer no more is read than a limit allows, whatever length it announces; then its connection is closed.
//!
//! # Features
//!
//! All are on by default.
//!
//! - `digest` is for API keys; a program with a service account or an access token can do without.
//! - `download` fetches what Atlas delivers.
//! - `v1` and `v2` hold the two generations of the API. All of v1 is deprecated by Atlas.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
// Without any generation of the API nothing calls the machinery. That is no use to anybody, but it must compile.
#![cfg_attr(
    not(any(feature = "v1", feature = "v2")),
    allow(dead_code, unused_imports, unused_macros)
)]

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
#[cfg(feature = "v2")]
mod workflow;

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
pub use client::poller::{Ending, Wait, WaitError};
pub use config::call_options::CallOptions;
pub use config::clock::{Clock, Sleep};
pub use config::retry_policy::RetryPolicy;
#[cfg(feature = "download")]
pub use download::{Delivery, Download, DownloadError, DownloadProgress, SavedFile};
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
#[cfg(all(feature = "download", feature = "v2"))]
pub use workflow::save_snapshot::{SaveError, SaveSnapshot};
#[cfg(feature = "v2")]
pub use workflow::take_snapshot::{TakeError, TakeSnapshotAndWait};

// Types of other crates that this one's signatures name, so that a program needs no dependency for them.
pub use ::http::{HeaderMap, StatusCode};
pub use jiff::Timestamp;
pub use reqwest;
pub use serde_json::Value;
