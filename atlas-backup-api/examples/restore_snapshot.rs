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

use atlas_backup_api::v2::types::RestoreJobRequest;
use atlas_backup_api::{Client, ClusterName, ObjectId};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, snapshot, target] = arguments.as_slice() else {
        return Err("usage: restore_snapshot CLUSTER SNAPSHOT_ID TARGET_CLUSTER".into());
    };
    let (project, snapshot): (ObjectId, ObjectId) = (project.parse()?, snapshot.parse()?);
    let target: ClusterName = target.parse()?;

    println!("All data of {target} will be overwritten with snapshot {snapshot} of {cluster}.");
    println!("Type the name of the cluster to overwrite:");
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    if typed.trim() != target.as_str() {
        return Err(format!("{:?} is not {target}: nothing was restored", typed.trim()).into());
    }

    let client = Client::from_env()?;
    let request = RestoreJobRequest::automated(snapshot, project.clone(), target.clone());
    let job = client.v2().create_restore_job(&project, cluster, request).send().await?;
    println!("restore job {}", job.id);
    let job = client.v2().get_restore_job(&project, cluster, &job.id).wait().await?;

    let finished = job.finished_at.map(|time| time.to_string()).unwrap_or_default();
    println!("{target} was restored, {finished}");
    Ok(())
}
