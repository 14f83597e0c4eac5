//! Lists the snapshots of a cluster as a table. `--help` lists the arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::v2::types::Snapshot;
use atlas_backup_api::{Client, Timestamp};
use indicatif::HumanBytes;

const HELP: &str = "\
Lists the snapshots of a cluster, a replica set or a sharded one, as a table.

Usage: list_snapshots CLUSTER

  CLUSTER  name or id of the cluster

Example:
  cargo run -p atlas-backup-api --example list_snapshots -- orders
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [cluster] = arguments.as_slice() else {
        return Err(common::WrongUse.into());
    };
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;

    // The stream fetches a page when the previous one is used up, however many there are.
    let mut snapshots = client.v2().list_cluster_snapshots(&project, cluster);
    let mut count = 0;
    while let Some(snapshot) = snapshots.next().await {
        let snapshot = snapshot?;
        if count == 0 {
            writeln!(
                io::stdout(),
                "{:24}  {:10}  {:16}  {:10}  {:>10}",
                "id",
                "status",
                "taken (UTC)",
                "expires",
                "size"
            )?;
        }
        writeln!(io::stdout(), "{}", row(&snapshot))?;
        count += 1;
    }
    writeln!(io::stdout(), "{count} snapshots of {cluster}")?;
    Ok(())
}

fn row(snapshot: &Snapshot) -> String {
    let status = snapshot
        .status
        .as_ref()
        .map_or("", |status| status.as_str());
    let (taken, expires) = (
        shown(snapshot.created_at, "%Y-%m-%d %H:%M"),
        shown(snapshot.expires_at, "%Y-%m-%d"),
    );
    // A snapshot that is not completed has no size yet.
    let size = snapshot
        .storage_size_bytes
        .and_then(|bytes| u64::try_from(bytes).ok());
    let size = size
        .map(|bytes| HumanBytes(bytes).to_string())
        .unwrap_or_default();
    format!(
        "{:24}  {status:10}  {taken:16}  {expires:10}  {size:>10}",
        snapshot.id
    )
}

fn shown(time: Option<Timestamp>, format: &str) -> String {
    time.map(|time| time.strftime(format).to_string())
        .unwrap_or_default()
}
