//! What tests and tools share: every operation as a call from JSON arguments, and a server that records what it is sent.

#[cfg(feature = "calls")]
pub mod calls;
#[cfg(feature = "calls")]
pub mod conform;
#[cfg(feature = "calls")]
pub mod corpus;
mod fault_name;
mod shutdown_signal;

/// The servers that tests speak to.
pub use atlas_backup_fake as fake_atlas;

#[cfg(feature = "calls")]
#[rustfmt::skip]
mod generated {
    pub mod v1;
    pub mod v2;
}

pub use atlas_backup_document::Arguments;
#[cfg(feature = "calls")]
pub use calls::Entry;
pub use fault_name::FaultName;
pub use shutdown_signal::shutdown_signal;

/// Every operation of every API, by tag.
#[cfg(feature = "calls")]
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    generated::v1::ENTRIES
        .iter()
        .chain(generated::v2::ENTRIES)
        .copied()
        .flatten()
}

/// The README's samples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The sample of the fake's own README, which uses the client: the fake itself must not know it.
#[cfg(doctest)]
#[doc = include_str!("../fake-atlas/README.md")]
pub struct FakeReadme;

/// What must not compile. Each sample stands beside one that does and differs in one thing, so that it fails for that reason.
///
/// All arguments given:
/// ```no_run
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", "orders", OnDemandSnapshotRequest::default()));
/// # }
/// ```
/// The cluster forgotten:
/// ```compile_fail
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", OnDemandSnapshotRequest::default()));
/// # }
/// ```
/// The body forgotten:
/// ```compile_fail
/// # use atlas_backup_api::{Client, v2::types::OnDemandSnapshotRequest};
/// # fn f(client: Client) {
/// drop(client.v2().take_snapshot("32b6e34b3d91647abb20e7b8", "orders"));
/// # }
/// ```
///
/// All required members given (API v1.0 requires both):
/// ```no_run
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest::new("Before the upgrade", 5));
/// ```
/// One forgotten:
/// ```compile_fail
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest::new("Before the upgrade"));
/// ```
/// One forgotten in a literal:
/// ```compile_fail
/// # use atlas_backup_api::v1::types::OnDemandSnapshotRequest;
/// drop(OnDemandSnapshotRequest { description: "Before the upgrade".into() });
/// ```
/// No default stands in for required members:
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
/// What overwrites a cluster has one:
/// ```compile_fail
/// # use atlas_backup_api::{ClusterName, ObjectId, v2::types::RestoreJobRequest};
/// # fn f(snapshot: ObjectId, project: ObjectId, cluster: ClusterName) {
/// drop(RestoreJobRequest::automated(snapshot));
/// # }
/// ```
#[cfg(doctest)]
pub struct MustNotCompile;
