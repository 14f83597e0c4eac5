//! What tests and tools share: every operation as a call with JSON arguments, and the tools behind
//! `cargo xtask conform`, `demo` and `fake-atlas`.

#[cfg(feature = "calls")]
pub mod calls;
#[cfg(feature = "calls")]
pub mod conform;
#[cfg(feature = "calls")]
pub mod corpus;
mod fault_name;
mod reader_gone;
mod shutdown_signal;

/// The servers that tests run against.
pub use atlas_backup_fake as fake_atlas;

#[cfg(feature = "calls")]
#[allow(
    deprecated,
    unused_imports,
    unused_mut,
    unused_variables,
    reason = "what a call needs depends on the operation"
)]
mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

pub use atlas_backup_document::Arguments;
#[cfg(feature = "calls")]
pub use calls::{Answered, Entry};
pub use fault_name::FaultName;
pub use reader_gone::{READER_GONE, is_reader_gone};
pub use shutdown_signal::shutdown_signal;

/// Every operation of every API, by tag.
#[cfg(feature = "calls")]
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    table::ALL.iter().copied().flatten()
}

/// Compiles the samples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Compiles the sample of the client's README.
#[cfg(doctest)]
#[doc = include_str!("../../atlas-backup-api/README.md")]
pub struct ClientReadme;

/// Compiles and runs the samples of the chapter about testing. They use the fake, which the client
/// does not depend on.
#[cfg(doctest)]
#[doc = include_str!("../../atlas-backup-api/src/docs/testing.md")]
pub struct TestingChapter;

/// Compiles the sample of the fake's README. It uses the client, which the fake itself must not
/// depend on.
#[cfg(doctest)]
#[doc = include_str!("../fake-atlas/README.md")]
pub struct FakeReadme;

/// Code that must not compile. Each such sample follows one that compiles and differs from it in
/// one thing only, so that it fails for that reason.
///
/// With all arguments:
/// ```no_run
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", "orders", OnDemandSnapshotRequest::default()));
/// # }
/// ```
/// Without the cluster:
/// ```compile_fail
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", OnDemandSnapshotRequest::default()));
/// # }
/// ```
/// Without the body:
/// ```compile_fail
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", "orders"));
/// # }
/// ```
///
/// With all required members (API v1.0 requires both):
/// ```no_run
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest::new("Before the upgrade", 5));
/// ```
/// With one of them missing:
/// ```compile_fail
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest::new("Before the upgrade"));
/// ```
/// With one of them missing in a struct literal:
/// ```compile_fail
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest { description: "Before the upgrade".into() });
/// ```
/// Required members have no default:
/// ```compile_fail
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest { retention_in_days: 5, ..Default::default() });
/// ```
///
/// A download of a snapshot:
/// ```no_run
/// # use atlas_backup_api::{ClusterName, ObjectId, v2::types::RestoreJobRequest};
/// # fn f(snapshot: ObjectId, project: ObjectId, cluster: ClusterName) {
/// drop(RestoreJobRequest::download(snapshot));
/// # }
/// ```
/// A download has no target:
/// ```compile_fail
/// # use atlas_backup_api::{ClusterName, ObjectId, v2::types::RestoreJobRequest};
/// # fn f(snapshot: ObjectId, project: ObjectId, cluster: ClusterName) {
/// drop(RestoreJobRequest::download(snapshot, project, cluster));
/// # }
/// ```
/// A restore into a cluster must have a target:
/// ```compile_fail
/// # use atlas_backup_api::{ClusterName, ObjectId, v2::types::RestoreJobRequest};
/// # fn f(snapshot: ObjectId, project: ObjectId, cluster: ClusterName) {
/// drop(RestoreJobRequest::automated(snapshot));
/// # }
/// ```
#[cfg(doctest)]
pub struct MustNotCompile;
