//! Client for the backup endpoints of the MongoDB Atlas Administration API.
//!
//! Each documented operation has one method: required arguments are parameters, optional ones are
//! setters, and awaiting `send` sends the request. Tasks that take more than one request are
//! [below](#jobs).
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
//! # Validation and decoding
//!
//! The client is strict in what it sends and tolerant in what it accepts. `send` validates ids,
//! names, bounds and rules across members before it sends anything; [`Error::InvalidArgument`]
//! names the argument, its value and the rule.
//!
//! A response never fails to decode because it is newer or looser than the documents from which
//! this version was made. Unknown enum values are kept in a variant `Unknown`, unknown members in a
//! field `extra` ([`Extra`]), and both are serialized again, so a program that reads a value,
//! changes one field and writes it back loses nothing. `null` and absent mean the same. An optional
//! member of another type than documented (a number as text, an object for a list) is kept in
//! `extra` too, under its name, and its field stays empty; so one odd member makes neither the
//! response nor the rest of a list fail.
//!
//! A response that would mislead the program is an error nevertheless ([`Error::Decode`]): a
//! resource without its id, and a page without its `results`, which does not mean that the list is
//! empty. Only `"results": []` is an empty list. An empty response body is accepted if the response
//! has no required member.
//!
//! Every response has `extra`. So do the objects that responses and requests share (policies and
//! their items, copy settings), and the requests that write a response back
//! (`From<Schedule> for ScheduleUpdateRequest`). Other requests have none: they send only what is
//! documented. `extra` takes 32 bytes in each value, and no code for each type or member: one piece
//! of code that is not generic reads and writes all objects, whereas serde's `flatten` would add a
//! map of its own to every derive.
//!
//! The types are for formats that describe themselves, such as JSON, YAML or CBOR. They can be
//! neither serialized to nor deserialized from formats such as bincode or postcard.
//!
//! # Authentication
//!
//! [`Credentials`] are an API key, a service account or an access token. [`Client::from_env`] takes
//! them, and the base URL, from the environment variables that other tools for Atlas use. The
//! client sends them only to the host of the base URL, and only over TLS unless that host is this
//! machine or [`ClientBuilder::allow_http`] is set.
//!
//! An API key uses HTTP Digest: N calls in a row cost N + 1 requests, and N calls of which at most
//! P are in progress at a time cost at most N + P. A service account costs one more request for the
//! token, which all clones of a client share and which is renewed before it expires. An access
//! token from the program costs no request and is never renewed.
//!
//! # What is tried again
//!
//! By default the client attempts a call up to four times, within 300 seconds ([`RetryPolicy`],
//! [`ClientBuilder::total_timeout`]; for one call, [`CallOptions`]). Whether a retry is safe
//! depends on the effect of sending the request twice. A GET changes nothing. A PUT, a DELETE, and
//! a PATCH that is documented as idempotent have the same effect if they are repeated. A POST, and
//! any other PATCH, might do something twice; the table calls them *creating*.
//!
//! | what went wrong | GET, PUT, DELETE, idempotent PATCH | creating |
//! |---|---|---|
//! | an argument breaks a rule | [`Error::InvalidArgument`] with the argument's name in Rust and on the wire; nothing was sent | the same |
//! | connection refused | retried | retried: nothing was sent |
//! | no connection for another reason (name, TLS, connect timeout) | retried | [`Error::Connection`] or [`Error::Timeout`]: nothing was sent |
//! | connection lost before or during the response | retried | [`Error::Ambiguous`] |
//! | no complete response in time | retried | [`Error::Ambiguous`] |
//! | 429, or a 400 that mentions a rate limit | retried | retried: Atlas did nothing |
//! | 502, 503, 504 | retried | [`Error::Ambiguous`] |
//! | any other 5xx | [`Error::Api`] | [`Error::Ambiguous`] |
//! | 401 with a fresh challenge (API key) | signed again and resent, once; then [`Error::Auth`] | the same: on a 401 Atlas does nothing |
//! | 401 (service account) | resent once with a new token; then [`Error::Auth`] | the same |
//! | 401 (access token) | [`Error::Auth`]: the token has most likely expired | the same |
//! | no token: the token endpoint returns 429 or 5xx, or does not respond | the token request is retried; then [`Error::Auth`] | the same: nothing was sent |
//! | no token: any other response | [`Error::Auth`] | the same |
//! | 404 to a DELETE that was sent before and may have succeeded | success | |
//! | any other status, including redirects | [`Error::Api`] | the same |
//! | a success that cannot be decoded, or is longer than [`ClientBuilder::max_response_bytes`] | [`Error::Decode`] | the same: Atlas did it |
//! | the total timeout ends while the call waits for its turn ([`ClientBuilder::max_concurrency`]) or a token | [`Error::Timeout`] or [`Error::Auth`] | the same: nothing was sent |
//!
//! With an API key, the client sends a request unsigned if it has no challenge yet, in order to
//! receive one. Atlas refuses every unsigned request, so it has no effect, whatever happens to it:
//! the client then retries a creating call like a GET. (If a test server requires no credentials,
//! call it without any.) A connection that was idle for longer than
//! [`ClientBuilder::pool_idle_timeout`] is not used again, because it may have been dropped
//! silently.
//!
//! After the last attempt, the call returns the error of that attempt. Between attempts the client
//! waits for `Retry-After` (seconds or a date), or else for a random time up to a bound that
//! doubles each time. If `Retry-After` is longer than [`RetryPolicy::max_retry_after`], there is no
//! further attempt, and [`Error::retry_after`] returns how long the program should wait. A delay
//! that would end after the total timeout is not started.
//!
#![cfg_attr(feature = "download", doc = include_str!("download/guide.md"))]
//! # Jobs
//!
//! Common tasks that take more than one request:
//!
//! - **List** all items of a list: `stream` of every call that lists ([`Items`]).
#![cfg_attr(
    feature = "v2",
    doc = "  The snapshots of a cluster, sharded or not: [`v2::Api::list_cluster_snapshots`]."
)]
//! - **Wait** until a snapshot or a job has ended: `wait` of every call that returns one
//!   ([`Wait`]).
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
//! # Tracing
//!
//! Each call is a `tracing` span `atlas_call` with the target `atlas_backup_api` and the fields
//! `operation`, `method`, `path` (the template), `attempt`, `status` and `elapsed_ms`. Each attempt
//! and each delay is an event in it. Neither spans and events nor any message hold credentials,
//! queries or bodies.
//!
//! Each HTTP request of a call is a span `atlas_request` in it, with the fields that OpenTelemetry's
//! semantic conventions for HTTP clients name: `http.request.method`,
//! `http.request.resend_count`, `http.response.status_code`, `server.address`, `server.port`,
//! `url.full` (without its query), `url.template` and `error.type`. The crate
//! `tracing-opentelemetry` sends both spans as they are: the fields `otel.name`, `otel.kind` and
//! `otel.status_code` are for it.
//!
//! [`Client::statistics`] counts calls, attempts, requests, delays and bytes, and
//! [`Client::rate_limit`] returns how many calls are left in the rate limit.
//!
//! If a response says that its operation is deprecated, in the headers `Deprecation` or `Sunset`,
//! the client warns of it in an event, once for each operation. [`Response::deprecation`] and
//! [`Response::sunset`] return the times.
//!
//! # Errors
//!
//! Every failure is one [`Error`]. Its message is one line that begins with the operation:
//! `getSnapshot: 404 Not Found (…)`. Every response that is not a success is an [`ApiError`],
//! whatever its status and body, even if the gateway in front of Atlas responded with HTML or an
//! empty body. The client does not follow redirects. It reads no more of a response than a limit
//! allows, whatever length the response announces, and then closes the connection.
//!
//! # Features
//!
//! All are on by default.
//!
//! - `digest` supports API keys; a program with a service account or an access token does not need
//!   it.
//! - `download` downloads snapshot files.
//! - `v1` and `v2` contain the two generations of the API. Atlas has deprecated all of v1.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
// Without `v1` and `v2` most of the crate is unused. Such a build is of no practical use, but it
// must compile.
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
#[cfg(all(feature = "download", feature = "v2"))]
pub use workflow::save_snapshot::{SaveError, SaveSnapshot};
#[cfg(feature = "v2")]
pub use workflow::take_snapshot::{TakeError, TakeSnapshotAndWait};

// Types of other crates in this crate's signatures, re-exported so that a program needs no
// dependency for them.
pub use ::http::{HeaderMap, StatusCode};
pub use jiff::Timestamp;
pub use reqwest;
pub use serde_json::Value;
