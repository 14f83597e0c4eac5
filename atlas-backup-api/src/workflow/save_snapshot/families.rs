//! Saving a snapshot, for each family of clusters.

use std::fmt;

use super::SaveSnapshot;
use super::parts::Parts;
use super::plan::Plan;
use crate::error::invalid_argument::InvalidArgument;
use crate::v2::Api;
use crate::v2::types::{
    FlexRestoreJob, FlexSnapshotDownloadRequest, RestoreDeliveryType, RestoreJob,
    RestoreJobRequest, ServerlessRestoreJob, ServerlessRestoreJobRequest, TenantRestoreJob,
    TenantSnapshotDownloadRequest,
};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::{ClusterRef, parse_argument};

/// Snapshots of sharded clusters have several files.
#[inline]
fn parts(api: &Api, cluster: &ClusterRef, snapshot_id: &ObjectId) -> Option<Parts> {
    Some(Parts {
        api: api.clone(),
        cluster: cluster.clone(),
        snapshot_id: snapshot_id.clone(),
    })
}

#[inline]
fn one_part(_: &Api, _: &ClusterRef, _: &ObjectId) -> Option<Parts> {
    None
}

macro_rules! save {
    ($(#[$meta:meta])* $name:ident -> $job:ident, $create:ident = $operation:literal ($body:expr), $get:ident, $parts:expr, $is_finished:expr) => {
        impl Api {
            $(#[$meta])*
            #[inline]
            pub fn $name(
                &self,
                group_id: impl TryInto<ObjectId, Error: fmt::Display>,
                cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
                snapshot_id: impl TryInto<ObjectId, Error: fmt::Display>,
            ) -> SaveSnapshot<$job> {
                let cluster = ClusterRef::new(group_id, cluster_name);
                let plan = cluster.and_then(|cluster| {
                    let snapshot_id: ObjectId = parse_argument("snapshotId", snapshot_id)?;
                    let parts = $parts(self, &cluster, &snapshot_id);
                    let ClusterRef { group_id, cluster_name } = cluster;
                    let prefix = crate::model_ext::restore_job::prefix(snapshot_id.as_str());
                    let create = self.$create(&group_id, &cluster_name, $body(snapshot_id.clone())).0;
                    let api = self.clone();
                    let find = move |job: &$job| api.$get(&group_id, &cluster_name, &job.id).wait();
                    Ok(Plan {
                        snapshot_id,
                        parts,
                        create,
                        find: Box::new(find),
                        id: |job| &job.id,
                        snapshot_of: |job| job.snapshot_id.as_ref(),
                        is_finished: $is_finished,
                        deliveries: $job::deliveries_of,
                        prefix,
                    })
                });
                SaveSnapshot::new(&self.client, plan.map_err(|error: InvalidArgument| error.of($operation)))
            }
        }
    };
}

save! {
    /// Save one snapshot of a dedicated cluster as files.
    ///
    /// Creates a restore job that prepares the snapshot for download
    /// ([`create_restore_job`](Self::create_restore_job)), waits for the job, and downloads its
    /// files: one for a replica set, one for each shard and the config servers of a sharded
    /// cluster, called `snapshot-ID.tar.gz` or `snapshot-ID-SHARD.tar.gz`. Nothing is downloaded
    /// before the job names a file for each part that the snapshot has, which is read with
    /// [`get_snapshot`](Self::get_snapshot) and, if that does not say it,
    /// [`get_sharded_snapshot`](Self::get_sharded_snapshot). It restores nothing and changes no
    /// cluster.
    ///
    /// Each call creates a job in Atlas. [`into_directory`](SaveSnapshot::into_directory) describes
    /// how existing files are treated. Two processes must not save the same snapshot to the same
    /// directory at once.
    ///
    /// ```no_run
    /// # async fn run(client: atlas_backup_api::Client, project: &str, snapshot: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let files = client
    ///     .v2()
    ///     .save_snapshot(project, "orders", snapshot)
    ///     .on_download(|file| eprintln!("{}: {} of {:?} bytes", file.file, file.bytes, file.total))
    ///     .into_directory("backups")
    ///     .await?;
    /// # drop(files);
    /// # Ok(())
    /// # }
    /// ```
    save_snapshot -> RestoreJob,
    create_restore_job = "createRestoreJob" (|id| RestoreJobRequest { snapshot_id: Some(id), ..RestoreJobRequest::new(RestoreDeliveryType::Download) }),
    get_restore_job,
    parts, |job| job.finished_at.is_some()
}

save! {
    /// Save one snapshot of a flex cluster as a file, `snapshot-ID.tar.gz`.
    ///
    /// Its URL works for four hours from the request
    /// ([`download_flex_snapshot`](Self::download_flex_snapshot)). Each call creates a restore job
    /// in Atlas, and continues where an interrupted call stopped, as
    /// [`save_snapshot`](Self::save_snapshot) does.
    save_flex_snapshot -> FlexRestoreJob,
    download_flex_snapshot = "downloadFlexSnapshot" (FlexSnapshotDownloadRequest::new),
    get_flex_restore_job,
    one_part, |_| true
}

save! {
    /// Save one snapshot of an M2 or M5 cluster as a file, `snapshot-ID.tar.gz`.
    ///
    /// Its URL works for four hours from the request
    /// ([`download_tenant_snapshot`](Self::download_tenant_snapshot)). Each call creates a restore
    /// job in Atlas, and continues where an interrupted call stopped, as
    /// [`save_snapshot`](Self::save_snapshot) does.
    #[deprecated(note = "Atlas ended M2 and M5 clusters on 2026-01-22; flex clusters replace them")]
    #[allow(deprecated)]
    save_tenant_snapshot -> TenantRestoreJob,
    download_tenant_snapshot = "downloadTenantSnapshot" (TenantSnapshotDownloadRequest::new),
    get_tenant_restore_job,
    one_part, |_| true
}

save! {
    /// Save one snapshot of a serverless instance as a file, `snapshot-ID.tar.gz`.
    ///
    /// Each call creates a restore job in Atlas, and continues where an interrupted call stopped,
    /// as [`save_snapshot`](Self::save_snapshot) does.
    #[deprecated(note = "Atlas ended serverless instances on 2026-01-22; flex clusters replace them")]
    #[allow(deprecated)]
    save_serverless_snapshot -> ServerlessRestoreJob,
    create_serverless_restore_job = "createServerlessRestoreJob" (|id| {
        ServerlessRestoreJobRequest { snapshot_id: Some(id), ..ServerlessRestoreJobRequest::new(RestoreDeliveryType::Download) }
    }),
    get_serverless_restore_job,
    one_part, |_| true
}
