//! Takes an on-demand snapshot of a cluster and waits until it is completed.
//!
//! ```text
//! cargo run --example take_snapshot -- CLUSTER [DAYS]
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::Client;
use atlas_backup_api::v2::types::OnDemandSnapshotRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let mut arguments = env::args().skip(1);
    let cluster = arguments.next().ok_or("usage: take_snapshot CLUSTER [DAYS]")?;
    let days = arguments.next().unwrap_or_else(|| "7".to_owned());
    let days = days.parse().map_err(|error| format!("DAYS {days:?}: {error}"))?;

    let client = Client::from_env()?;
    let body = OnDemandSnapshotRequest { retention_in_days: Some(days), ..Default::default() };
    let snapshot = client
        .v2()
        .take_snapshot_and_wait(&project, &cluster, body)
        .deadline(Duration::from_secs(2 * 3600))
        .on_progress(|snapshot| {
            let status = snapshot.status.as_ref().map_or("unknown", |status| status.as_str());
            println!("{}  {status}", snapshot.id);
        })
        .await?;

    println!("{} of {cluster} is good, {} bytes", snapshot.id, snapshot.storage_size_bytes.unwrap_or_default());
    Ok(())
}
