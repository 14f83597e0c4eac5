//! Arguments of what calls more than one operation.

use std::fmt;

use crate::cluster_name::ClusterName;
use crate::invalid_argument::InvalidArgument;
use crate::object_id::ObjectId;

/// A cluster.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) group_id: ObjectId,
    pub(crate) cluster_name: ClusterName,
}

impl Place {
    pub(crate) fn new(
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
    ) -> Result<Self, InvalidArgument> {
        Ok(Place {
            group_id: argument("groupId", group_id)?,
            cluster_name: argument("clusterName", cluster_name)?,
        })
    }
}

/// Checks one, as a call of an operation does.
pub(crate) fn argument<T>(
    name: &str,
    value: impl TryInto<T, Error: fmt::Display>,
) -> Result<T, InvalidArgument> {
    value
        .try_into()
        .map_err(|error| InvalidArgument::refused(name, &error))
}
