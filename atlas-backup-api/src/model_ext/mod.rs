//! Hand-written methods of generated types. They do no I/O.

#[cfg(feature = "v2")]
mod export_bucket;
#[cfg(any(feature = "v1", feature = "v2"))]
mod job_state;
#[cfg(feature = "v2")]
mod place;
#[cfg(all(feature = "download", any(feature = "v1", feature = "v2")))]
pub(crate) mod restore_job;
#[cfg(any(feature = "v1", feature = "v2"))]
mod restore_request;
#[cfg(any(feature = "v1", feature = "v2"))]
mod snapshot;
