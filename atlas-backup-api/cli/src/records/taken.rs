//! What became of a cluster when snapshots of many were taken.

use atlas_backup_api::ObjectId;
use serde::{Serialize, Serializer};

use super::{Snapshot, cell};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Record;

/// The result for one cluster.
#[derive(Clone, Debug, Serialize)]
pub struct Taken {
    /// The id of the project, or its name if it was not found.
    pub project: String,
    /// The name of the cluster; none if the clusters of the project could not be listed.
    pub cluster: Option<String>,
    pub outcome: Outcome,
    /// The id of the snapshot, if one was requested.
    pub snapshot: Option<ObjectId>,
    /// None if it has failed, or is not known.
    pub status: Option<String>,
    /// The exit code that the command would have had for this cluster alone.
    #[serde(rename = "code", serialize_with = "as_number")]
    pub exit: Exit,
    /// Why there is no snapshot.
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Taken,
    /// An earlier run has taken it.
    Present,
    /// Atlas takes no snapshots of the cluster.
    Skipped,
    Failed,
}

fn as_number<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i32(*exit as i32)
}

impl Taken {
    /// There is a snapshot.
    pub fn done(outcome: Outcome, snapshot: &Snapshot) -> Self {
        Taken {
            project: snapshot.project.to_string(),
            cluster: Some(snapshot.cluster.to_string()),
            outcome,
            snapshot: Some(snapshot.snapshot.clone()),
            status: Some(snapshot.status.clone()),
            exit: Exit::Done,
            message: None,
        }
    }

    /// The snapshot was requested, but waiting for it failed.
    pub fn unfinished(snapshot: &Snapshot, failure: &Failure) -> Self {
        let (project, cluster) = (&snapshot.project, snapshot.cluster.as_str());
        Taken {
            snapshot: Some(snapshot.snapshot.clone()),
            ..Taken::failed(project, cluster, failure)
        }
    }

    /// There is no snapshot, or none is known. Without a name, it is about all clusters of the
    /// project.
    pub fn failed(project: &ObjectId, cluster: &str, failure: &Failure) -> Self {
        Taken::of_unknown_project(project.as_str(), cluster, failure)
    }

    /// The project was not found.
    pub fn of_unknown_project(project: &str, cluster: &str, failure: &Failure) -> Self {
        Taken {
            project: project.to_owned(),
            cluster: (!cluster.is_empty()).then(|| cluster.to_owned()),
            outcome: Outcome::Failed,
            snapshot: None,
            status: None,
            exit: failure.exit,
            message: Some(failure.message.clone()),
        }
    }

    pub fn skipped(project: &ObjectId, cluster: &str, reason: &str) -> Self {
        Taken {
            project: project.to_string(),
            cluster: Some(cluster.to_owned()),
            outcome: Outcome::Skipped,
            snapshot: None,
            status: None,
            exit: Exit::Done,
            message: Some(reason.to_owned()),
        }
    }
}

impl Record for Taken {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("PROJECT", 24),
        ("CLUSTER", 20),
        ("OUTCOME", 7),
        ("SNAPSHOT", 24),
        ("STATUS", 9),
        ("MESSAGE", 0),
    ];

    fn cells(&self) -> Vec<String> {
        let outcome = match self.outcome {
            Outcome::Taken => "taken",
            Outcome::Present => "present",
            Outcome::Skipped => "skipped",
            Outcome::Failed => "failed",
        };
        vec![
            self.project.clone(),
            cell(self.cluster.as_ref()),
            outcome.to_owned(),
            cell(self.snapshot.as_ref()),
            cell(self.status.as_ref()),
            cell(self.message.as_ref()),
        ]
    }
}
