//! The backup schedule of a cluster.

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, ObjectId, Timestamp};
use serde::Serialize;

use super::cell;
use crate::output::Record;
use crate::target::Target;

/// A schedule, for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    pub project: ObjectId,
    pub cluster: ClusterName,
    /// When Atlas takes the next snapshot; none if it takes no more.
    pub next: Option<Timestamp>,
    /// For how many days the cluster can be restored to any point in time.
    pub restore_window_days: Option<i64>,
    pub policies: Vec<Policy>,
}

/// How often Atlas takes a snapshot, and for how long it keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    /// `hourly`, `daily`, `weekly`, `monthly` or `yearly`.
    pub frequency: Option<String>,
    /// Every how many hours, every day, on which day of the week or month, or in which month.
    pub interval: Option<i64>,
    pub keep: Option<i64>,
    /// `days`, `weeks`, `months` or `years`.
    pub keep_unit: Option<String>,
}

impl Schedule {
    pub fn new(target: &Target, schedule: &types::Schedule) -> Self {
        let items = schedule.policies.iter();
        let items = items.flat_map(|policy| policy.policy_items.iter().flatten());
        Schedule {
            project: target.project.clone(),
            cluster: target.cluster.clone(),
            next: schedule.next_snapshot,
            restore_window_days: schedule.restore_window_days,
            policies: items.map(Policy::new).collect(),
        }
    }

    /// What the table of policies does not say.
    pub fn summary(&self) -> String {
        let next = match self.next {
            Some(next) => format!("The next snapshot is taken at {next}."),
            None => "Atlas takes no more snapshots by this schedule.".to_owned(),
        };
        match self.restore_window_days {
            Some(days @ 1..) => {
                format!("{next} The cluster can be restored to any time of the last {days} days.")
            }
            _ => next,
        }
    }
}

impl Policy {
    fn new(item: &types::SchedulePolicyItem) -> Self {
        Policy {
            frequency: item.frequency_type.as_ref().map(ToString::to_string),
            interval: item.frequency_interval,
            keep: item.retention_value,
            keep_unit: item.retention_unit.as_ref().map(ToString::to_string),
        }
    }
}

impl Record for Policy {
    const COLUMNS: &'static [(&'static str, usize)] =
        &[("FREQUENCY", 9), ("INTERVAL", 8), ("KEPT FOR", 0)];

    fn cells(&self) -> Vec<String> {
        let kept = match (self.keep, &self.keep_unit) {
            (Some(number), Some(unit)) => format!("{number} {unit}"),
            _ => String::new(),
        };
        vec![cell(self.frequency.as_ref()), cell(self.interval), kept]
    }
}
