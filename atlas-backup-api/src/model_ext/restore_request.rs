//! Constructors of restore requests by delivery type, so that a download cannot have a target, and
//! a restore that overwrites a cluster must name it.
//!
//! Flex and shared clusters do not need them: their restore takes its target in `new`, and their
//! download is another operation.

use jiff::Timestamp;

use crate::generated::shared::{
    LegacyRestoreDeliveryRequest, LegacyRestoreJobRequest, LegacyRestoreMethod,
    RestoreDeliveryType, RestoreJobRequest, ServerlessRestoreJobRequest,
};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;

/// Implements the constructors for requests that have a `deliveryType`: those of dedicated clusters
/// and serverless instances, whose members have the same names.
macro_rules! restores {
    ($($request:ident),*) => {
        $(
            impl $request {
                /// Downloads a snapshot. It overwrites nothing.
                #[inline]
                pub fn download(snapshot_id: ObjectId) -> Self {
                    Self { snapshot_id: Some(snapshot_id), ..Self::new(RestoreDeliveryType::Download) }
                }

                /// Restores a snapshot to the target cluster. **All data of the target cluster is
                /// overwritten.**
                #[inline]
                pub fn automated(snapshot_id: ObjectId, target_project_id: ObjectId, target_cluster_name: ClusterName) -> Self {
                    Self {
                        snapshot_id: Some(snapshot_id),
                        target_group_id: Some(target_project_id),
                        target_cluster_name: Some(target_cluster_name),
                        ..Self::new(RestoreDeliveryType::Automated)
                    }
                }

                /// Restores the target cluster to the state at `timestamp`, rounded down to the
                /// second. **All data of the target cluster is overwritten.**
                ///
                /// ```
                #[cfg_attr(feature = "v2", doc = concat!("use atlas_backup_api::v2::types::", stringify!($request), ";"))]
                #[cfg_attr(not(feature = "v2"), doc = concat!("use atlas_backup_api::v1::types::", stringify!($request), ";"))]
                ///
                /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
                /// let (project, target) = ("32b6e34b3d91647abb20e7b8".parse()?, "orders-copy".parse()?);
                #[doc = concat!("let job = ", stringify!($request), "::point_in_time(project, target, \"2025-05-04T09:42:00Z\".parse()?);")]
                /// assert_eq!(job.validate(), Ok(()));
                /// # Ok(())
                /// # }
                /// ```
                #[inline]
                pub fn point_in_time(target_project_id: ObjectId, target_cluster_name: ClusterName, timestamp: Timestamp) -> Self {
                    Self {
                        target_group_id: Some(target_project_id),
                        target_cluster_name: Some(target_cluster_name),
                        point_in_time_utc_seconds: Some(timestamp.as_second()),
                        ..Self::new(RestoreDeliveryType::PointInTime)
                    }
                }
            }
        )*
    };
}

restores!(RestoreJobRequest, ServerlessRestoreJobRequest);

// Requests for legacy backups, whose delivery is an object of its own.

impl LegacyRestoreDeliveryRequest {
    /// Delivers by a download over HTTPS. It overwrites nothing.
    #[inline]
    pub fn download() -> Self {
        Self::new(LegacyRestoreMethod::Http)
    }

    /// Delivers to the target cluster. **All data of the target cluster is overwritten.**
    #[inline]
    pub fn automated(target_project_id: ObjectId, target_cluster_name: ClusterName) -> Self {
        Self {
            target_group_id: Some(target_project_id),
            target_cluster_name: Some(target_cluster_name),
            ..Self::new(LegacyRestoreMethod::AutomatedRestore)
        }
    }
}

impl LegacyRestoreJobRequest {
    /// Downloads a snapshot. It overwrites nothing.
    #[inline]
    pub fn download(snapshot_id: ObjectId) -> Self {
        Self {
            snapshot_id: Some(snapshot_id),
            ..Self::new(LegacyRestoreDeliveryRequest::download())
        }
    }

    /// Restores a snapshot to the target cluster. **All data of the target cluster is overwritten.**
    #[inline]
    pub fn automated(
        snapshot_id: ObjectId,
        target_project_id: ObjectId,
        target_cluster_name: ClusterName,
    ) -> Self {
        let delivery =
            LegacyRestoreDeliveryRequest::automated(target_project_id, target_cluster_name);
        Self {
            snapshot_id: Some(snapshot_id),
            ..Self::new(delivery)
        }
    }

    /// Restores the target cluster to the state at `timestamp`, to the millisecond and within the
    /// last 24 hours. **All data of the target cluster is overwritten.**
    #[inline]
    pub fn point_in_time(
        target_project_id: ObjectId,
        target_cluster_name: ClusterName,
        timestamp: Timestamp,
    ) -> Self {
        let delivery =
            LegacyRestoreDeliveryRequest::automated(target_project_id, target_cluster_name);
        Self {
            point_in_time_utc_millis: Some(timestamp.as_millisecond()),
            ..Self::new(delivery)
        }
    }
}
