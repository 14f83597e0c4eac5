//! Restores a snapshot into another cluster. All data of that cluster is overwritten, so its name must be typed once more.
//!
//! ```text
//! cargo run --example restore_snapshot -- CLUSTER SNAPSHOT_ID TARGET_CLUSTER
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`. The target is a cluster of the same project.

use std::env;
use std::error::Error;
use std::io;
use std::process::ExitCode;

use atlas_backup_api::v2::types::{RestoreJobRequest, Snapshot, SnapshotStatus};
use atlas_backup_api::{Client, ClusterName, ObjectId};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, snapshot, target] = arguments.as_slice() else {
        return Err("usage: restore_snapshot CLUSTER SNAPSHOT_ID TARGET_CLUSTER".into());
    };
    let (project, snapshot): (ObjectId, ObjectId) = (project.parse()?, snapshot.parse()?);
    let target: ClusterName = target.parse()?;

    let client = Client::from_env()?;
    let found = find(&client, &project, cluster, &snapshot).await?;
    let status = found.status.as_ref().map_or("unknown", |status| status.as_str());
    if found.status != Some(SnapshotStatus::Completed) {
        return Err(format!("snapshot {snapshot} of {cluster} is {status}: only a completed one can be restored").into());
    }
    let taken = found.created_at.map_or_else(|| "at an unknown time".to_owned(), |time| time.to_string());
    println!("All data of {target} will be overwritten with snapshot {snapshot} of {cluster}, taken {taken}, {status}.");
    if target == cluster.as_str() {
        println!("It is the cluster that was backed up: what was written to it since then will be LOST.");
    }
    println!("Type the name of the cluster to overwrite:");
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    if typed.trim() != target.as_str() {
        return Err(format!("{:?} is not {target}: nothing was restored", typed.trim()).into());
    }

    let request = RestoreJobRequest::automated(snapshot, project.clone(), target.clone());
    let job = client.v2().create_restore_job(&project, cluster, request).send().await?;
    println!("restore job {}", job.id);
    let job = client.v2().get_restore_job(&project, cluster, &job.id).wait().await?;

    let finished = job.finished_at.map(|time| time.to_string()).unwrap_or_default();
    println!("{target} was restored, {finished}");
    Ok(())
}

/// Snapshots of replica sets and of sharded clusters are in different places.
async fn find(client: &Client, project: &ObjectId, cluster: &str, id: &ObjectId) -> Result<Snapshot, atlas_backup_api::Error> {
    let found = match client.v2().get_snapshot(project, cluster, id).send().await {
        Err(error) if error.is_not_found() => client.v2().get_sharded_snapshot(project, cluster, id).send().await,
        answer => answer,
    };
    Ok(found?.into_inner())
}
