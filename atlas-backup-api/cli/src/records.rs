//! The results that commands print, the same for every kind of cluster.

mod check;
mod cluster;
mod drill;
mod file;
mod finding;
mod restore;
mod schedule;
mod snapshot;
mod taken;

use atlas_backup_api::{Ending, JobState, Timestamp};

pub use check::Check;
pub use cluster::Cluster;
pub use drill::Drill;
pub use file::File;
pub use finding::Finding;
pub use restore::{OfTarget as RestoreOfTarget, Restore};
pub use schedule::Schedule;
pub use snapshot::{OfTarget as SnapshotOfTarget, Snapshot};
pub use taken::{Outcome, Taken};

/// One word for each status, whatever the kind of cluster. What has ended is told by the rules of the
/// client; otherwise the word of Atlas counts, and that of a newer Atlas is kept.
fn status(state: &JobState, word: Option<&str>) -> String {
    let status = match state {
        JobState::Done => "completed",
        JobState::Ended { ending, .. } => match ending {
            Ending::Cancelled => "cancelled",
            Ending::Expired => "expired",
            _ => "failed",
        },
        _ => match word.unwrap_or("unknown") {
            "PENDING" | "QUEUED" => "queued",
            "inProgress" | "RUNNING" => "running",
            word => word,
        },
    };
    status.to_owned()
}

/// A time in the cell of a table, to the second.
fn time(time: Option<&Timestamp>) -> String {
    time.map_or_else(String::new, |time| {
        let text = time.to_string();
        match text.split_once('.') {
            Some((seconds, _)) => format!("{seconds}Z"),
            None => text,
        }
    })
}

/// A value in the cell of a table; empty if there is none.
fn cell(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
