//! Constructors of export buckets by cloud provider: each provider requires its own members, and
//! refuses the others'.

use crate::v2::types::{CloudProvider, ExportBucketRequest};
use crate::wire::object_id::ObjectId;

impl ExportBucketRequest {
    /// An AWS S3 bucket, and the IAM role that Atlas assumes to access it.
    #[inline]
    pub fn aws(bucket_name: impl Into<String>, iam_role_id: ObjectId) -> Self {
        Self {
            bucket_name: Some(bucket_name.into()),
            iam_role_id: Some(iam_role_id),
            ..Self::new(CloudProvider::Aws)
        }
    }

    /// An Azure storage account by its URL, such as `https://ordersbackups.blob.core.windows.net`,
    /// and the role with which Atlas accesses it. `bucket_name` may name a container.
    #[inline]
    pub fn azure(service_url: impl Into<String>, role_id: ObjectId) -> Self {
        Self {
            service_url: Some(service_url.into()),
            role_id: Some(role_id),
            ..Self::new(CloudProvider::Azure)
        }
    }

    /// A Google Cloud Storage bucket, and the role with which Atlas accesses it.
    #[inline]
    pub fn gcp(bucket_name: impl Into<String>, role_id: ObjectId) -> Self {
        Self {
            bucket_name: Some(bucket_name.into()),
            role_id: Some(role_id),
            ..Self::new(CloudProvider::Gcp)
        }
    }
}
