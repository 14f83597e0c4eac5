//! The resource families, and the kinds of clusters that have them.

use ClusterKind as Kind;

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Snapshots of dedicated clusters.
    Snapshot,
    /// Restore jobs of dedicated clusters, downloads included.
    RestoreJob,
    /// Exports of snapshots to a bucket.
    ExportJob,
    /// Restores of single collections.
    CollectionRestoreJob,
    /// The schedule of a dedicated cluster.
    Schedule,
    /// Buckets to export to.
    ExportBucket,
    /// The compliance policy of a project.
    CompliancePolicy,
    /// Private endpoints to buckets.
    PrivateEndpoint,
    /// Snapshots of flex clusters.
    FlexSnapshot,
    /// Restores and downloads of flex clusters.
    FlexRestoreJob,
    /// Snapshots of M2 and M5 clusters.
    TenantSnapshot,
    /// Restores and downloads of M2 and M5 clusters.
    TenantRestoreJob,
    /// Snapshots of serverless instances.
    ServerlessSnapshot,
    /// Restore jobs of serverless instances.
    ServerlessRestoreJob,
    /// Legacy snapshots.
    LegacySnapshot,
    /// Legacy checkpoints.
    LegacyCheckpoint,
    /// Legacy restore jobs.
    LegacyRestoreJob,
    /// The schedule of legacy backups.
    LegacySchedule,
}

/// A kind of cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterKind {
    /// A dedicated replica set.
    ReplicaSet,
    /// A dedicated sharded cluster: two shards and config servers.
    Sharded,
    /// A flex cluster.
    Flex,
    /// An M2 or M5 cluster.
    Tenant,
    /// A serverless instance.
    Serverless,
    /// A cluster with legacy backups.
    Legacy,
}

impl Family {
    /// The kinds of clusters that have resources of this family. Empty if the family belongs to a
    /// project.
    pub(super) fn clusters(self) -> &'static [ClusterKind] {
        match self {
            Family::ExportBucket | Family::CompliancePolicy | Family::PrivateEndpoint => &[],
            Family::FlexSnapshot | Family::FlexRestoreJob => &[Kind::Flex],
            Family::TenantSnapshot | Family::TenantRestoreJob => &[Kind::Tenant],
            Family::ServerlessSnapshot | Family::ServerlessRestoreJob => &[Kind::Serverless],
            Family::LegacySnapshot
            | Family::LegacyCheckpoint
            | Family::LegacyRestoreJob
            | Family::LegacySchedule => &[Kind::Legacy],
            _ => &[Kind::ReplicaSet, Kind::Sharded],
        }
    }

    /// The family of the snapshots that jobs of this family restore, export or download.
    pub(super) fn snapshots(self) -> Family {
        match self {
            Family::FlexRestoreJob => Family::FlexSnapshot,
            Family::TenantRestoreJob => Family::TenantSnapshot,
            Family::ServerlessRestoreJob => Family::ServerlessSnapshot,
            Family::LegacyRestoreJob => Family::LegacySnapshot,
            _ => Family::Snapshot,
        }
    }
    /// The member that says when a snapshot of this family expires.
    pub(super) fn expiry(self) -> Option<&'static str> {
        match self {
            Family::Snapshot | Family::ServerlessSnapshot => Some("expiresAt"),
            Family::FlexSnapshot | Family::TenantSnapshot => Some("expiration"),
            Family::LegacySnapshot => Some("expires"),
            _ => None,
        }
    }
}
