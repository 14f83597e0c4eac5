//! A restore of a snapshot to a cluster.

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, JobState, ObjectId, Timestamp};
use serde::Serialize;

use super::{cell, status, time};
use crate::output::Record;
use crate::target::Target;

/// A restore job of a cluster of any kind.
#[derive(Clone, Debug, Serialize)]
pub struct Restore {
    /// The project and the cluster that the snapshot is of.
    pub project: ObjectId,
    pub cluster: ClusterName,
    /// The id of the job.
    pub restore: ObjectId,
    /// `queued`, `running`, `completed`, `failed`, `cancelled` or `expired`.
    pub status: String,
    pub snapshot: Option<ObjectId>,
    /// The project and the cluster that are overwritten.
    pub to_project: Option<ObjectId>,
    pub to: Option<String>,
    pub finished: Option<Timestamp>,
}

/// Reads the restore job of one kind of cluster.
pub trait OfTarget {
    fn of(&self, target: &Target) -> Restore;
}

impl Restore {
    fn new(target: &Target, id: &ObjectId, status: String) -> Self {
        Restore {
            project: target.project.clone(),
            cluster: target.cluster.clone(),
            restore: id.clone(),
            status,
            snapshot: None,
            to_project: None,
            to: None,
            finished: None,
        }
    }
}

/// The status of a job to which Atlas gives no word.
fn status_of(state: &JobState) -> String {
    status(state, Some("RUNNING"))
}

impl OfTarget for types::RestoreJob {
    fn of(&self, target: &Target) -> Restore {
        Restore {
            snapshot: self.snapshot_id.clone(),
            to_project: self.target_group_id.clone(),
            to: self.target_cluster_name.as_ref().map(ToString::to_string),
            finished: self.finished_at,
            ..Restore::new(target, &self.id, status_of(&self.job_state()))
        }
    }
}

impl OfTarget for types::ServerlessRestoreJob {
    fn of(&self, target: &Target) -> Restore {
        Restore {
            snapshot: self.snapshot_id.clone(),
            to_project: self.target_group_id.clone(),
            to: self.target_cluster_name.as_ref().map(ToString::to_string),
            finished: self.finished_at,
            ..Restore::new(target, &self.id, status_of(&self.job_state()))
        }
    }
}

/// Flex clusters and M2 and M5 clusters have the same members.
macro_rules! shared_tier {
    ($($job:ty),*) => {
        $(
            impl OfTarget for $job {
                fn of(&self, target: &Target) -> Restore {
                    let word = self.status.as_ref().map(|word| word.as_str());
                    Restore {
                        snapshot: self.snapshot_id.clone(),
                        to_project: self.target_project_id.clone(),
                        to: self.target_deployment_item_name.clone(),
                        finished: self.restore_finished_date,
                        ..Restore::new(target, &self.id, status(&self.job_state(), word))
                    }
                }
            }
        )*
    };
}

shared_tier!(types::FlexRestoreJob, types::TenantRestoreJob);

impl Record for Restore {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("RESTORE", 24),
        ("STATUS", 9),
        ("SNAPSHOT", 24),
        ("TO", 12),
        ("FINISHED", 0),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.restore.to_string(),
            self.status.clone(),
            cell(self.snapshot.as_ref()),
            cell(self.to.as_ref()),
            time(self.finished.as_ref()),
        ]
    }
}
