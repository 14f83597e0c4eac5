//! Takes an on-demand snapshot of a cluster and waits until it is completed. `--help` lists the
//! arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::Client;
use atlas_backup_api::v2::types::OnDemandSnapshotRequest;

const HELP: &str = "\
Takes an on-demand snapshot of a cluster and waits until it is completed.

Usage: take_snapshot CLUSTER [DAYS]

  CLUSTER  name or id of the cluster
  DAYS     how long Atlas keeps the snapshot; 7 days if not given

Example:
  cargo run -p atlas-backup-api --example take_snapshot -- orders 3
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (cluster, days) = match arguments.as_slice() {
        [cluster] => (cluster, "7"),
        [cluster, days] => (cluster, days.as_str()),
        _ => return Err(common::WrongUse.into()),
    };
    let days = days
        .parse()
        .map_err(|error| format!("DAYS {days:?}: {error}"))?;
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;

    let progress = common::Progress::default();
    progress.job(format!("asking for a snapshot of {cluster}"));
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(days),
        ..Default::default()
    };
    let snapshot = client
        .v2()
        .take_snapshot_and_wait(&project, cluster, body)
        .deadline(Duration::from_secs(2 * 3600))
        .on_progress(move |snapshot| {
            // If another snapshot is in progress, this is that one first.
            let status = snapshot
                .status
                .as_ref()
                .map_or("unknown", |status| status.as_str());
            progress.job(format!("snapshot {}: {status}", snapshot.id));
        })
        .await?;

    writeln!(
        io::stdout(),
        "{} of {cluster} is good, {} bytes",
        snapshot.id,
        snapshot.storage_size_bytes.unwrap_or_default()
    )?;
    Ok(())
}
