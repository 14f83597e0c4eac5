//! All that one does with a backup, on one cluster: takes a snapshot, waits for it, lists what there is, downloads it and checks the
//! files. It changes nothing but that a snapshot is taken, which expires after a day.
//!
//! ```text
//! cargo run --example whole_story -- CLUSTER DIRECTORY
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`. `cargo xtask demo` tells the same story without an account.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot, SnapshotStatus};
use atlas_backup_api::{Client, DownloadProgress, SavedFile};
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, directory] = arguments.as_slice() else {
        return Err("usage: whole_story CLUSTER DIRECTORY".into());
    };
    let client = Client::from_env()?;
    // The intervals that are the default.
    let (first, longest) = (Duration::from_secs(2), Duration::from_secs(30));
    tell(&client, &project, cluster, directory.as_ref(), (first, longest)).await?;
    Ok(())
}

/// The story; how often to ask how far things are is for the caller to say.
pub async fn tell(
    client: &Client,
    project: &str,
    cluster: &str,
    directory: &Path,
    (first, longest): (Duration, Duration),
) -> Result<Vec<SavedFile>, Box<dyn Error>> {
    println!("1. Credentials: {client:?}");

    println!("2. Take a snapshot of {cluster}, and wait until it is good");
    let body = OnDemandSnapshotRequest { retention_in_days: Some(1), ..Default::default() };
    let bar = bar("   {bar:40} {msg}", 3)?;
    let snapshot = client.v2().take_snapshot_and_wait(project, cluster, body).poll_every(first, longest).on_progress(steps(bar)).await?;
    println!("   {} completed", snapshot.id);

    println!("3. List the snapshots of {cluster}");
    let snapshots = list(client, project, cluster).await?;
    for snapshot in snapshots.iter().take(5) {
        let taken = snapshot.created_at.map(|time| time.to_string()).unwrap_or_default();
        println!("   {}  {taken}  {} bytes", snapshot.id, snapshot.storage_size_bytes.unwrap_or_default());
    }
    println!("   {} in all", snapshots.len());

    println!("4. Download it into {}", directory.display());
    let saving = client.v2().save_snapshot(project, cluster, &snapshot.id).renew_expired(true).poll_every(first, longest);
    let files = saving.on_download(bytes()?).into_directory(directory).await?;

    println!("5. Verify");
    for file in &files {
        let length = fs::metadata(&file.path)?.len();
        if length != file.bytes {
            return Err(format!("{} has {length} bytes, and {} were offered", file.path.display(), file.bytes).into());
        }
        println!("   {}  {length} bytes, all that were offered", file.path.display());
    }
    Ok(files)
}

/// Replica sets and sharded clusters have a list each, and that of the other kind may be empty or refused.
async fn list(client: &Client, project: &str, cluster: &str) -> Result<Vec<Snapshot>, atlas_backup_api::Error> {
    match client.v2().list_snapshots(project, cluster).stream().all().await {
        Ok(snapshots) if !snapshots.is_empty() => Ok(snapshots),
        Err(error) if !error.status().is_some_and(|status| status.is_client_error()) => Err(error),
        _ => client.v2().list_sharded_snapshots(project, cluster).stream().all().await,
    }
}

/// A snapshot tells no percentage, but where it stands.
fn steps(bar: ProgressBar) -> impl FnMut(&Snapshot) + Send + 'static {
    move |snapshot| {
        let status = snapshot.status.as_ref();
        bar.set_message(status.map_or_else(String::new, ToString::to_string));
        bar.set_position(match status {
            Some(SnapshotStatus::Queued) => 1,
            Some(SnapshotStatus::InProgress) => 2,
            Some(SnapshotStatus::Completed) => 3,
            _ => 0,
        });
    }
}

/// One bar for all files, which are fetched side by side.
fn bytes() -> Result<impl FnMut(&DownloadProgress) + Send + 'static, Box<dyn Error>> {
    let bar = bar("   {bar:40} {bytes} of {total_bytes} ({bytes_per_sec})  {msg}", 0)?;
    Ok(move |progress: &DownloadProgress| {
        bar.set_message(format!("{} of {} files", progress.files_complete, progress.files));
        bar.set_length(progress.overall_total.unwrap_or(progress.overall_bytes));
        bar.set_position(progress.overall_bytes);
    })
}

fn bar(template: &str, length: u64) -> Result<ProgressBar, Box<dyn Error>> {
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}
