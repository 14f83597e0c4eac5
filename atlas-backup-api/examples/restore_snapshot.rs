//! Restores a snapshot into another cluster. All data of that cluster is overwritten, so the user
//! must type its name once more. `--help` lists the arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::v2::types::{RestoreJobRequest, Snapshot, SnapshotStatus};
use atlas_backup_api::{Client, ClusterName, ObjectId};

const HELP: &str = "\
Restores a snapshot into a cluster of the same project. All data of that
cluster is overwritten, so its name is asked for once more.

Usage: restore_snapshot CLUSTER SNAPSHOT_ID TARGET_CLUSTER

  CLUSTER         name or id of the cluster that the snapshot is of
  SNAPSHOT_ID     id of the snapshot, as list_snapshots shows it
  TARGET_CLUSTER  name or id of the cluster to overwrite

Example:
  cargo run -p atlas-backup-api --example restore_snapshot -- \\
      orders 65f0a1b2c3d4e5f6a7b8c9d0 orders-copy
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [cluster, snapshot, target] = arguments.as_slice() else {
        return Err(common::WrongUse.into());
    };
    let snapshot: ObjectId = snapshot.parse()?;
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;
    let target = common::cluster(&client, &project, target).await?;

    let found = find(&client, &project, cluster, &snapshot).await?;
    let status = found
        .status
        .as_ref()
        .map_or("unknown", |status| status.as_str());
    if found.status != Some(SnapshotStatus::Completed) {
        return Err(format!(
            "snapshot {snapshot} of {cluster} is {status}: only a completed one can be restored"
        )
        .into());
    }
    let taken = found
        .created_at
        .map_or_else(|| "at an unknown time".to_owned(), |time| time.to_string());
    writeln!(
        io::stdout(),
        "All data of {target} will be overwritten with this snapshot of {cluster}:"
    )?;
    writeln!(io::stdout(), "{snapshot}, taken {taken}, {status}.")?;
    if target == *cluster {
        writeln!(
            io::stdout(),
            "It is the cluster that was backed up: what was written to it since then will be LOST."
        )?;
    }
    writeln!(io::stdout(), "Type the name of the cluster to overwrite:")?;
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    if typed.trim() != target.as_str() {
        return Err(format!("{:?} is not {target}: nothing was restored", typed.trim()).into());
    }

    let request = RestoreJobRequest::automated(snapshot, project.clone(), target.clone());
    let job = client
        .v2()
        .create_restore_job(&project, cluster, request)
        .send()
        .await?;
    writeln!(io::stdout(), "restore job {}", job.id)?;
    let progress = common::Progress::default();
    progress.job(format!("{target} is being restored"));
    let job = client
        .v2()
        .get_restore_job(&project, cluster, &job.id)
        .wait()
        .just_created()
        .await?;
    drop(progress);

    let finished = job
        .finished_at
        .map(|time| time.to_string())
        .unwrap_or_default();
    writeln!(io::stdout(), "{target} was restored, {finished}")?;
    Ok(())
}

/// Finds the snapshot in the list, which has snapshots of replica sets and of sharded clusters.
async fn find(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
    id: &ObjectId,
) -> Result<Snapshot, Box<dyn Error>> {
    let mut snapshots = client.v2().list_cluster_snapshots(project, cluster);
    while let Some(snapshot) = snapshots.next().await {
        let snapshot = snapshot?;
        if snapshot.id == *id {
            return Ok(snapshot);
        }
    }
    Err(format!("{cluster} has no snapshot {id}").into())
}
