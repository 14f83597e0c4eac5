//! Finds the shard of each part of a sharded cluster's snapshot.

use crate::wire::object_id::ObjectId;

/// Implements `shards` for both generations of the API, whose members have the same names.
macro_rules! shards {
    ($types:path) => {
        const _: () = {
            use $types as types;

            impl types::Snapshot {
                /// The snapshots that make up this snapshot of a sharded cluster: one for each
                /// shard and one for the config servers, in the order of `snapshot_ids`. Each comes
                /// with the member that has its id and names its replica set, or `None` if Atlas
                /// has not listed that member (yet).
                ///
                /// Empty for a replica set.
                #[inline]
                pub fn shards(
                    &self,
                ) -> impl Iterator<Item = (&ObjectId, Option<&types::SnapshotMember>)> {
                    self.snapshot_ids.iter().map(|id| {
                        (
                            id,
                            self.members
                                .iter()
                                .find(|member| member.id.as_ref() == Some(id)),
                        )
                    })
                }
            }
        };
    };
}

#[cfg(feature = "v1")]
shards!(crate::v1::types);
#[cfg(feature = "v2")]
shards!(crate::v2::types);

#[cfg(all(test, feature = "v2"))]
mod tests {
    use serde_json::json;

    use crate::v2::types::Snapshot;

    #[test]
    fn each_id_comes_with_its_member() {
        let snapshot: Snapshot = serde_json::from_value(json!({
            "id": "5",
            "snapshotIds": ["1", "2", "3"],
            "members": [
                {"id": "2", "replicaSetName": "shard-1"},
                {"replicaSetName": "lost"},
                {"id": "1", "replicaSetName": "config"},
            ],
        }))
        .unwrap();
        let named = snapshot.shards().map(|(id, member)| {
            let name = member.and_then(|member| member.replica_set_name.as_deref());
            (id.as_str(), name)
        });
        assert_eq!(
            named.collect::<Vec<_>>(),
            [("1", Some("config")), ("2", Some("shard-1")), ("3", None)]
        );
    }

    #[test]
    fn a_replica_set_has_none() {
        assert_eq!(Snapshot::default().shards().count(), 0);
    }
}
