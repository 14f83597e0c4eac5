//! Lists the snapshots of a cluster without knowing whether it is sharded.

use std::fmt;

use crate::client::pager::{Items, Pager};
use crate::config::call_options::CallOptions;
use crate::v2::Api;
use crate::v2::types::{ClusterType, Snapshot};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::ClusterRef;

impl Api {
    /// Return all snapshots of a dedicated cluster, whether it is a replica set or sharded.
    ///
    /// Atlas has a list for each kind ([`list_snapshots`](Self::list_snapshots) and
    /// [`list_sharded_snapshots`](Self::list_sharded_snapshots)). This method requests the first
    /// list, and the second only
    ///
    /// - if Atlas refuses the first with an error code for the wrong kind of cluster, such as
    ///   `INCORRECT_BACKUP_API_ENDPOINT`, or
    /// - if no item of the first names the kind (`type`), for example because the list is empty.
    ///
    /// A snapshot that is in both lists is returned once.
    ///
    /// ```no_run
    /// # async fn run(client: atlas_backup_api::Client, project: &str) -> Result<(), atlas_backup_api::Error> {
    /// let mut snapshots = client.v2().list_cluster_snapshots(project, "orders");
    /// while let Some(snapshot) = snapshots.next().await {
    ///     println!("{}", snapshot?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any other refusal of the first list (401, 403, 404, 429…) is returned at once, and so is a
    /// refusal of the second list that is not about the kind of cluster. If the first list was
    /// refused and the second is empty, the refusal is returned, because the cluster may have
    /// snapshots.
    ///
    /// The required roles are those of the two lists.
    #[inline]
    pub fn list_cluster_snapshots(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
    ) -> Items<Snapshot> {
        match ClusterRef::new(group_id, cluster_name) {
            Ok(cluster) => list(self, &cluster, CallOptions::new()),
            Err(error) => Items::failed(error.into()),
        }
    }
}

/// Like `list_cluster_snapshots`, with valid arguments, and with options of each call.
#[inline]
pub(crate) fn list(
    api: &Api,
    ClusterRef {
        group_id,
        cluster_name,
    }: &ClusterRef,
    options: CallOptions,
) -> Items<Snapshot> {
    let tells_the_kind = |snapshot: &Snapshot| {
        matches!(
            snapshot.type_,
            Some(ClusterType::ReplicaSet | ClusterType::ShardedCluster)
        )
    };
    let sharded = api
        .list_sharded_snapshots(group_id, cluster_name)
        .options(options.clone());
    api.list_snapshots(group_id, cluster_name)
        .options(options)
        .stream()
        .or_fallback(Pager::new(sharded.0), tells_the_kind)
}
