//! Projects and clusters that were looked up, as arguments of other calls.

use crate::pipeline::response::Response;
use crate::v2::types::{Cluster, ClusterTopology, FlexCluster, Project};
use crate::wire::cluster_name::ClusterName;
use crate::wire::invalid_id::InvalidId;
use crate::wire::object_id::ObjectId;

/// Makes a resource, or the response that returned it, usable where its id or its name is an
/// argument. The value is checked, because it may come from a response.
macro_rules! argument {
    ($resource:ident as $argument:ident: |$it:ident| $value:expr) => {
        impl TryFrom<&$resource> for $argument {
            type Error = InvalidId;

            #[inline]
            fn try_from($it: &$resource) -> Result<Self, InvalidId> {
                $argument::try_from($value)
            }
        }

        impl TryFrom<$resource> for $argument {
            type Error = InvalidId;

            #[inline]
            fn try_from(resource: $resource) -> Result<Self, InvalidId> {
                $argument::try_from(&resource)
            }
        }

        impl TryFrom<&Response<$resource>> for $argument {
            type Error = InvalidId;

            #[inline]
            fn try_from(response: &Response<$resource>) -> Result<Self, InvalidId> {
                $argument::try_from(&**response)
            }
        }
    };
}

argument!(Project as ObjectId: |project| &project.id);
argument!(Cluster as ClusterName: |cluster| cluster.name.as_ref().map_or("", ClusterName::as_str));
argument!(FlexCluster as ClusterName: |cluster| cluster.name.as_ref().map_or("", ClusterName::as_str));

impl Cluster {
    /// Whether the cluster is sharded, by its `clusterType`. A global cluster is sharded, too.
    ///
    /// Snapshots of sharded clusters have operations of their own, such as
    /// [`list_sharded_snapshots`](crate::v2::Api::list_sharded_snapshots). `None` if Atlas did not
    /// say of which kind the cluster is, or named a kind that this version does not know.
    #[inline]
    pub fn is_sharded(&self) -> Option<bool> {
        match self.cluster_type.as_ref()? {
            ClusterTopology::Replicaset => Some(false),
            ClusterTopology::Sharded | ClusterTopology::Geosharded => Some(true),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cluster(value: serde_json::Value) -> Cluster {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_unknown_kind_is_neither_sharded_nor_not() {
        let is_sharded = |kind: &str| cluster(json!({"id": "1", "clusterType": kind})).is_sharded();
        assert_eq!(is_sharded("REPLICASET"), Some(false));
        assert_eq!(is_sharded("SHARDED"), Some(true));
        assert_eq!(is_sharded("GEOSHARDED"), Some(true));
        assert_eq!(is_sharded("RING"), None);
        assert_eq!(cluster(json!({"id": "1"})).is_sharded(), None);
    }

    #[test]
    fn a_cluster_without_a_valid_name_is_no_argument() {
        let named = cluster(json!({"id": "1", "name": "orders"}));
        assert_eq!(ClusterName::try_from(&named), "orders".parse());
        for value in [json!({"id": "1"}), json!({"id": "1", "name": ".."})] {
            assert!(ClusterName::try_from(cluster(value)).is_err());
        }
    }
}
