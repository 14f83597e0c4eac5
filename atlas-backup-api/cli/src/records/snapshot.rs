//! A snapshot.

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, ObjectId, Timestamp};
use indicatif::HumanBytes;
use serde::Serialize;

use super::{cell, status, time};
use crate::output::Record;
use crate::target::Target;

/// A snapshot of a cluster of any kind.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    pub project: ObjectId,
    pub cluster: ClusterName,
    /// The id.
    pub snapshot: ObjectId,
    /// `queued`, `running`, `completed` or `failed`.
    pub status: String,
    /// `onDemand`, `scheduled` or `fallback`; none where Atlas does not say it.
    pub reason: Option<String>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// The size in bytes; none where Atlas does not say it.
    pub bytes: Option<i64>,
    /// The version of MongoDB.
    pub mongodb: Option<String>,
    pub description: Option<String>,
}

impl Snapshot {
    /// A snapshot of which nothing more is known.
    fn new(target: &Target, id: &ObjectId, status: String) -> Self {
        Snapshot {
            project: target.project.clone(),
            cluster: target.cluster.clone(),
            snapshot: id.clone(),
            status,
            reason: None,
            created: None,
            expires: None,
            bytes: None,
            mongodb: None,
            description: None,
        }
    }

    /// Whether its status will not change any more.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed")
    }

    /// Whether Atlas may have deleted it.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it can be saved and restored.
    pub fn is_completed(&self) -> bool {
        self.status == "completed"
    }
}

/// Reads the snapshot of one kind of cluster.
pub trait OfTarget {
    fn of(&self, target: &Target) -> Snapshot;
}

impl OfTarget for types::Snapshot {
    fn of(&self, target: &Target) -> Snapshot {
        let word = self.status.as_ref().map(|word| word.as_str());
        Snapshot {
            reason: self.snapshot_type.as_ref().map(ToString::to_string),
            created: self.created_at,
            expires: self.expires_at,
            bytes: self.storage_size_bytes,
            mongodb: self.mongod_version.clone(),
            description: self.description.clone(),
            ..Snapshot::new(target, &self.id, status(&self.job_state(), word))
        }
    }
}

impl OfTarget for types::ServerlessSnapshot {
    fn of(&self, target: &Target) -> Snapshot {
        let word = self.status.as_ref().map(|word| word.as_str());
        Snapshot {
            reason: self.snapshot_type.as_ref().map(ToString::to_string),
            created: self.created_at,
            expires: self.expires_at,
            bytes: self.storage_size_bytes,
            mongodb: self.mongod_version.clone(),
            ..Snapshot::new(target, &self.id, status(&self.job_state(), word))
        }
    }
}

/// Flex clusters and M2 and M5 clusters have the same members.
macro_rules! shared_tier {
    ($($snapshot:ty),*) => {
        $(
            impl OfTarget for $snapshot {
                fn of(&self, target: &Target) -> Snapshot {
                    let word = self.status.as_ref().map(|word| word.as_str());
                    Snapshot {
                        created: self.start_time.or(self.scheduled_time),
                        expires: self.expiration,
                        mongodb: self.mongo_db_version.clone(),
                        ..Snapshot::new(target, &self.id, status(&self.job_state(), word))
                    }
                }
            }
        )*
    };
}

shared_tier!(types::FlexSnapshot, types::TenantSnapshot);

impl Record for Snapshot {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("SNAPSHOT", 24),
        ("STATUS", 9),
        ("CREATED", 20),
        ("EXPIRES", 20),
        ("SIZE", 10),
        ("MONGODB", 7),
        ("REASON", 9),
        ("DESCRIPTION", 0),
    ];

    fn cells(&self) -> Vec<String> {
        let size = self.bytes.and_then(|bytes| u64::try_from(bytes).ok());
        vec![
            self.snapshot.to_string(),
            self.status.clone(),
            time(self.created.as_ref()),
            time(self.expires.as_ref()),
            cell(size.map(HumanBytes)),
            cell(self.mongodb.as_ref()),
            cell(self.reason.as_ref()),
            cell(self.description.as_ref()),
        ]
    }
}
