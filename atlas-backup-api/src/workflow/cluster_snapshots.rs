//! The snapshots of a cluster of which it need not be known whether it is sharded.

use std::fmt;

use crate::client::pager::{Items, Pager};
use crate::v2::Api;
use crate::v2::types::{ClusterType, Snapshot};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::ClusterRef;

impl Api {
    /// All snapshots of a dedicated cluster, a replica set or a sharded one.
    ///
    /// Atlas has a list for each kind ([`list_snapshots`](Self::list_snapshots) and
    /// [`list_sharded_snapshots`](Self::list_sharded_snapshots)). This asks for the first, and for the second only
    ///
    /// - where Atlas refuses the first with its own words for the wrong kind of cluster, such as `INCORRECT_BACKUP_API_ENDPOINT`, or
    /// - where no item of the first tells the kind (`type`), as in an empty list.
    ///
    /// A snapshot that is in both comes once.
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
    /// Any other refusal of the first list (401, 403, 404, 429…) is told at once, and so is one of the second that is not about the kind of
    /// cluster. Where the first was refused and the second has no snapshot, the refusal is told: it is not said that there are none.
    ///
    /// Roles are those of the two lists.
    pub fn list_cluster_snapshots(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
    ) -> Items<Snapshot> {
        match ClusterRef::new(group_id, cluster_name) {
            Ok(cluster) => list(self, &cluster),
            Err(error) => Items::failed(error.into()),
        }
    }
}

/// The same of arguments that have been checked.
pub(crate) fn list(
    api: &Api,
    ClusterRef {
        group_id,
        cluster_name,
    }: &ClusterRef,
) -> Items<Snapshot> {
    let tells_the_kind = |snapshot: &Snapshot| {
        matches!(
            snapshot.type_,
            Some(ClusterType::ReplicaSet | ClusterType::ShardedCluster)
        )
    };
    let sharded = Pager::new(api.list_sharded_snapshots(group_id, cluster_name).0);
    api.list_snapshots(group_id, cluster_name)
        .stream()
        .or_fallback(sharded, tells_the_kind)
}
