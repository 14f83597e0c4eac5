//! Arguments of tasks that call more than one operation.

use std::fmt;

use crate::error::invalid_argument::InvalidArgument;
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;

/// A cluster: the id of its project, and its name.
#[derive(Clone)]
pub(crate) struct ClusterRef {
    pub(crate) group_id: ObjectId,
    pub(crate) cluster_name: ClusterName,
}

impl ClusterRef {
    #[inline]
    pub(crate) fn new(
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
    ) -> Result<Self, InvalidArgument> {
        Ok(ClusterRef {
            group_id: parse_argument("groupId", group_id)?,
            cluster_name: parse_argument("clusterName", cluster_name)?,
        })
    }
}

/// Parses an argument as a call of a single operation does.
#[inline]
pub(crate) fn parse_argument<T>(
    name: &str,
    value: impl TryInto<T, Error: fmt::Display>,
) -> Result<T, InvalidArgument> {
    value
        .try_into()
        .map_err(|error| InvalidArgument::refused(name, &error))
}
