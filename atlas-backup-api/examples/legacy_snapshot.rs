//! Shows one legacy snapshot, which only clusters older than 2020-03-23 may have. `--help` lists
//! the arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::{Client, ClusterName, ObjectId};

const HELP: &str = "\
Shows one legacy snapshot, or lists the ids of all. Only clusters that were
made before 2020-03-23 may have legacy snapshots.

Usage: legacy_snapshot CLUSTER [SNAPSHOT_ID]

  CLUSTER      name or id of the cluster
  SNAPSHOT_ID  id of the snapshot; if not given, the ids are listed

Example:
  cargo run -p atlas-backup-api --example legacy_snapshot -- orders
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (cluster, id) = match arguments.as_slice() {
        [cluster] => (cluster, None),
        [cluster, id] => (cluster, Some(id)),
        _ => return Err(common::WrongUse.into()),
    };
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;
    match id {
        None => list(&client, &project, cluster).await,
        Some(id) => show(&client, &project, cluster, id).await,
    }
}

// The methods for legacy backups are deprecated, because Atlas has deprecated these backups.
#[allow(deprecated)]
async fn list(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
) -> Result<(), Box<dyn Error>> {
    let mut snapshots = client.v2().list_legacy_snapshots(project, cluster).stream();
    let mut count = 0;
    while let Some(snapshot) = snapshots.next().await {
        writeln!(io::stdout(), "{}", snapshot?.id)?;
        count += 1;
    }
    eprintln!("{count} legacy snapshots of {cluster}");
    Ok(())
}

#[allow(deprecated)]
async fn show(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
    id: &str,
) -> Result<(), Box<dyn Error>> {
    let snapshot = client
        .v2()
        .get_legacy_snapshot(project, cluster, id)
        .send()
        .await?;
    writeln!(
        io::stdout(),
        "{} of {}",
        snapshot.id,
        snapshot.cluster_name.as_deref().unwrap_or(cluster.as_str())
    )?;
    writeln!(
        io::stdout(),
        "complete  {}",
        snapshot
            .complete
            .map_or_else(|| "not known".to_owned(), |complete| complete.to_string())
    )?;
    match (snapshot.do_not_delete, snapshot.expires) {
        (Some(true), _) => writeln!(io::stdout(), "expires   never")?,
        (_, Some(time)) => writeln!(io::stdout(), "expires   {time}")?,
        (_, None) => writeln!(io::stdout(), "expires   not known")?,
    }
    for part in &snapshot.parts {
        let name = part.replica_set_name.as_deref().unwrap_or("?");
        writeln!(
            io::stdout(),
            "part      {name}, {} bytes",
            part.file_size_bytes.unwrap_or_default()
        )?;
    }
    Ok(())
}
