//! A drill.

use atlas_backup_api::ObjectId;
use serde::Serialize;

use super::cell;
use crate::drill::{Files, Outcome, Report, StepName, text_of_seconds};
use crate::output::Record;

/// What a drill has shown; the report says more.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    /// The project and the cluster that the snapshot is of; the cluster as it was typed if it was
    /// not found.
    pub project: Option<ObjectId>,
    pub cluster: String,
    pub snapshot: Option<ObjectId>,
    /// The id of the restore job.
    pub restore: Option<ObjectId>,
    /// The project and the name of the scratch cluster.
    pub to_project: Option<ObjectId>,
    pub to: String,
    pub outcome: Outcome,
    pub exit_code: i32,
    pub failed_step: Option<StepName>,
    pub message: Option<String>,
    pub rto_seconds: Option<f64>,
    pub rpo_seconds: Option<f64>,
    /// The path of the report in JSON; none if it could not be written.
    pub report: Option<String>,
}

impl Drill {
    pub fn new(report: &Report, files: Option<&Files>) -> Self {
        Drill {
            project: report.cluster.project.clone(),
            cluster: report.cluster.label().to_owned(),
            snapshot: report.snapshot.id.clone(),
            restore: report.restore.id.clone(),
            to_project: report.scratch.project.clone(),
            to: report.scratch.label().to_owned(),
            outcome: report.outcome,
            exit_code: report.exit_code,
            failed_step: report.failed_step,
            message: report.message.clone(),
            rto_seconds: report.rto_seconds,
            rpo_seconds: report.rpo_seconds,
            report: files.map(|files| files.json.display().to_string()),
        }
    }
}

impl Record for Drill {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("OUTCOME", 7),
        ("CLUSTER", 12),
        ("SNAPSHOT", 24),
        ("TO", 12),
        ("RTO", 10),
        ("RPO", 10),
        ("REPORT", 0),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.outcome.word().to_owned(),
            self.cluster.clone(),
            cell(self.snapshot.as_ref()),
            self.to.clone(),
            cell(self.rto_seconds.map(text_of_seconds)),
            cell(self.rpo_seconds.map(text_of_seconds)),
            cell(self.report.as_ref()),
        ]
    }
}
