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

use atlas_backup_api::Timestamp;

pub use check::Check;
pub use cluster::Cluster;
pub use drill::Drill;
pub use file::File;
pub use finding::Finding;
pub use restore::{OfTarget as RestoreOfTarget, Restore};
pub use schedule::Schedule;
pub use snapshot::{OfTarget as SnapshotOfTarget, Snapshot};
pub use taken::{Outcome, Taken};

/// One word for each status, whatever the kind of cluster. A word of a newer Atlas is kept.
fn status(word: Option<&str>) -> String {
    match word.unwrap_or("unknown") {
        "PENDING" | "QUEUED" => "queued".to_owned(),
        "inProgress" | "RUNNING" => "running".to_owned(),
        "COMPLETED" => "completed".to_owned(),
        "FAILED" => "failed".to_owned(),
        word => word.to_owned(),
    }
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
