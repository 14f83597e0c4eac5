//! Lists the snapshots of a flex cluster, and saves the newest one. `--help` lists the arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::v2::types::{FlexSnapshot, SharedTierStatus};
use atlas_backup_api::{Client, ClusterName, ObjectId};

const HELP: &str = "\
Lists the snapshots of a flex cluster, and saves the newest one as a file. Atlas
takes snapshots of flex clusters by itself, and none when asked.

Usage: flex_snapshots CLUSTER [DIRECTORY]

  CLUSTER    name or id of the flex cluster
  DIRECTORY  where to save the newest snapshot; it is made if need be.
             If not given, the snapshots are listed and none is saved

Example:
  cargo run -p atlas-backup-api --example flex_snapshots -- carts backups
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (cluster, directory) = match arguments.as_slice() {
        [cluster] => (cluster, None),
        [cluster, directory] => (cluster, Some(directory)),
        _ => return Err(common::WrongUse.into()),
    };
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::flex_cluster(&client, &project, cluster).await?;

    let snapshots = client
        .v2()
        .list_flex_snapshots(&project, cluster)
        .stream()
        .all()
        .await?;
    for snapshot in &snapshots {
        let status = snapshot
            .status
            .as_ref()
            .map_or("", |status| status.as_str());
        let finished = snapshot
            .finish_time
            .map(|time| time.to_string())
            .unwrap_or_default();
        writeln!(io::stdout(), "{}  {status:9}  {finished}", snapshot.id)?;
    }
    writeln!(io::stdout(), "{} snapshots of {cluster}", snapshots.len())?;

    let Some(directory) = directory else {
        return Ok(());
    };
    let completed = snapshots
        .iter()
        .filter(|snapshot| snapshot.status == Some(SharedTierStatus::Completed));
    let newest: Option<&FlexSnapshot> = completed.max_by_key(|snapshot| snapshot.finish_time);
    let newest = newest.ok_or_else(|| format!("{cluster} has no completed snapshot to save"))?;
    save(&client, &project, cluster, &newest.id, directory).await
}

async fn save(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
    id: &ObjectId,
    directory: &str,
) -> Result<(), Box<dyn Error>> {
    let progress = common::Progress::default();
    progress.job(format!("asking for a download of snapshot {id}"));
    let (job_progress, file_progress) = (progress.clone(), progress);
    let files = client
        .v2()
        .save_flex_snapshot(project, cluster, id)
        .renew_expired(true)
        .on_job(move |job| {
            job_progress.job(format!("restore job {} makes the download ready", job.id))
        })
        .on_download(move |download| file_progress.download(download))
        .into_directory(directory)
        .await?;

    for file in files {
        let (path, bytes) = (file.path.display(), file.bytes);
        writeln!(io::stdout(), "{path}  {bytes} bytes")?;
    }
    Ok(())
}
