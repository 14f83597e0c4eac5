//! The life of a backup of one cluster: takes a snapshot, waits for it, lists the snapshots,
//! downloads it and checks the files. `--help` lists the arguments; `cargo xtask demo` shows the
//! same without an account.

mod common;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClusterName, ObjectId, SavedFile};
use indicatif::HumanBytes;

const HELP: &str = "\
Takes a snapshot, waits for it, lists what there is, downloads it and checks the
files. Nothing changes but that a snapshot is taken, which expires after a day.

Usage: whole_story CLUSTER DIRECTORY

  CLUSTER    name or id of the cluster
  DIRECTORY  where to save the files; it is made if need be

Example:
  cargo run -p atlas-backup-api --example whole_story -- orders backups

To see it without an account: cargo xtask demo
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [cluster, directory] = arguments.as_slice() else {
        return Err(common::WrongUse.into());
    };
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;
    // These delays are the defaults.
    let (first, longest) = (Duration::from_secs(2), Duration::from_secs(30));
    tell(
        &client,
        &project,
        cluster,
        directory.as_ref(),
        (first, longest),
    )
    .await?;
    Ok(())
}

/// Runs all steps; the caller sets the delays between polls.
pub async fn tell(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
    directory: &Path,
    (first, longest): (Duration, Duration),
) -> Result<Vec<SavedFile>, Box<dyn Error>> {
    writeln!(
        io::stdout(),
        "1. Take a snapshot of {cluster}, and wait until it is completed"
    )?;
    let progress = common::Progress::default();
    progress.job("asking for a snapshot");
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(1),
        ..Default::default()
    };
    let taking = client
        .v2()
        .take_snapshot_and_wait(project, cluster, body)
        .poll_every(first, longest);
    let taking = taking.on_progress(move |snapshot| {
        let status = snapshot
            .status
            .as_ref()
            .map_or("unknown", |status| status.as_str());
        progress.job(format!("snapshot {}: {status}", snapshot.id));
    });
    let snapshot = taking.await?;
    writeln!(io::stdout(), "   {} is completed", snapshot.id)?;

    writeln!(io::stdout(), "2. List the snapshots of {cluster}")?;
    let snapshots = client
        .v2()
        .list_cluster_snapshots(project, cluster)
        .all()
        .await?;
    for snapshot in snapshots.iter().take(5) {
        let taken = snapshot
            .created_at
            .map(|time| time.strftime("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_default();
        let size = snapshot
            .storage_size_bytes
            .and_then(|bytes| u64::try_from(bytes).ok())
            .unwrap_or_default();
        writeln!(
            io::stdout(),
            "   {}  taken {taken}, {}",
            snapshot.id,
            HumanBytes(size)
        )?;
    }
    writeln!(io::stdout(), "   {} in all", snapshots.len())?;

    writeln!(io::stdout(), "3. Download it")?;
    let progress = common::Progress::default();
    progress.job("asking for a download");
    let (job_progress, file_progress) = (progress.clone(), progress);
    let saving = client
        .v2()
        .save_snapshot(project, cluster, &snapshot.id)
        .renew_expired(true)
        .poll_every(first, longest);
    let files = saving
        .on_job(move |job| {
            job_progress.job(format!("restore job {} makes the download ready", job.id))
        })
        .on_download(move |download| file_progress.download(download))
        .into_directory(directory)
        .await?;

    writeln!(io::stdout(), "4. Check what is on the disk")?;
    for file in &files {
        let length = fs::metadata(&file.path)?.len();
        if length != file.bytes {
            return Err(format!(
                "{} has {length} bytes, and {} were offered",
                file.path.display(),
                file.bytes
            )
            .into());
        }
        writeln!(io::stdout(), "   {}", file.path.display())?;
        writeln!(io::stdout(), "   {length} bytes, all that were offered")?;
    }
    Ok(files)
}
