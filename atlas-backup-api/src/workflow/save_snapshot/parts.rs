//! How many files a snapshot of a dedicated cluster has.
//!
//! A job of a sharded cluster may have a URL for one part before it has those of the others, and a
//! job does not always say how many parts there are. The snapshot does.

use crate::error::Error;
use crate::v2::Api;
use crate::v2::types::{ClusterType, Snapshot};
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::ClusterRef;

/// A snapshot whose parts can be counted.
pub(super) struct Parts {
    pub(super) api: Api,
    pub(super) cluster: ClusterRef,
    pub(super) snapshot_id: ObjectId,
}

impl Parts {
    /// Returns 1 for a replica set, and the number of shards and config servers for a sharded
    /// cluster. Atlas has a call for each kind of cluster. If neither says more, 1 is returned.
    #[inline]
    pub(super) async fn count(&self) -> Result<usize, Error> {
        let ClusterRef {
            group_id,
            cluster_name,
        } = &self.cluster;
        let (api, id) = (&self.api, &self.snapshot_id);
        let of_set = api.get_snapshot(group_id, cluster_name, id).send().await;
        if let Some(snapshot) = unless_other_kind(of_set)? {
            let parts = parts_of(&snapshot);
            if parts > 0 || snapshot.type_ == Some(ClusterType::ReplicaSet) {
                return Ok(parts.max(1));
            }
        }
        let sharded = api
            .get_sharded_snapshot(group_id, cluster_name, id)
            .send()
            .await;
        let snapshot = unless_other_kind(sharded)?;
        Ok(snapshot.map_or(1, |snapshot| parts_of(&snapshot).max(1)))
    }
}

#[inline]
fn parts_of(snapshot: &Snapshot) -> usize {
    snapshot.snapshot_ids.len().max(snapshot.members.len())
}

/// `None` if Atlas refuses the call: the snapshot is there, since Atlas prepares its download, so
/// the call is for the other kind of cluster.
#[inline]
fn unless_other_kind<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(error) if is_refusal(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[inline]
fn is_refusal(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    matches!(status, Some(400 | 404)) && !error.is_rate_limited()
}
