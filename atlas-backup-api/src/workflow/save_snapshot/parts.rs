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

/// How many files the download of a snapshot has.
#[derive(Clone, Copy)]
pub(super) struct Files {
    /// One for each shard, and one for the config servers.
    pub(super) all: usize,
    /// At the least. Whether a download of a sharded cluster has a file for the config servers is
    /// not documented.
    pub(super) least: usize,
}

impl Files {
    /// A snapshot that is not sharded.
    pub(super) const ONE: Self = Files { all: 1, least: 1 };

    /// `None` if the snapshot does not name its parts.
    #[inline]
    fn of(snapshot: &Snapshot) -> Option<Self> {
        let (ids, members) = (&snapshot.snapshot_ids, &snapshot.members);
        let all = ids.len().max(members.len());
        let shards = members.iter().filter(|member| {
            let name = member.replica_set_name.as_deref();
            name.is_some_and(|name| !name.contains("-config-"))
        });
        let least = if members.is_empty() {
            // One of them may be that of the config servers.
            all.saturating_sub(1)
        } else {
            shards.count()
        };
        let least = least.max(1);
        (all > 0).then_some(Files { all, least })
    }
}

impl Parts {
    /// Counts the files. Atlas has a call for each kind of cluster. If neither says more, there is
    /// one file.
    #[inline]
    pub(super) async fn files(&self) -> Result<Files, Error> {
        let ClusterRef {
            group_id,
            cluster_name,
        } = &self.cluster;
        let (api, id) = (&self.api, &self.snapshot_id);
        let of_set = api.get_snapshot(group_id, cluster_name, id).send().await;
        if let Some(snapshot) = unless_other_kind(of_set)? {
            let files = Files::of(&snapshot);
            if files.is_some() || snapshot.type_ == Some(ClusterType::ReplicaSet) {
                return Ok(files.unwrap_or(Files::ONE));
            }
        }
        let sharded = api
            .get_sharded_snapshot(group_id, cluster_name, id)
            .send()
            .await;
        let snapshot = unless_other_kind(sharded)?;
        let files = snapshot.and_then(|snapshot| Files::of(&snapshot));
        Ok(files.unwrap_or(Files::ONE))
    }
}

/// `None` if Atlas refuses the call: the snapshot is there, since Atlas prepares its download, so
/// the call is for the other kind of cluster.
#[inline]
fn unless_other_kind<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(error) if error.is_bad_or_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
