//! Downloads a snapshot into a directory. `--help` lists the arguments.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::Client;

const HELP: &str = "\
Downloads a snapshot: one file for a replica set, one for each shard otherwise.
Run again after an interruption, it resumes the download.

Usage: download_snapshot CLUSTER SNAPSHOT_ID DIRECTORY

  CLUSTER      name or id of the cluster
  SNAPSHOT_ID  id of the snapshot, as list_snapshots shows it
  DIRECTORY    where to save the files; it is made if need be

Example:
  cargo run -p atlas-backup-api --example download_snapshot -- \\
      orders 65f0a1b2c3d4e5f6a7b8c9d0 backups
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [cluster, snapshot, directory] = arguments.as_slice() else {
        return Err(common::WrongUse.into());
    };
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;

    let progress = common::Progress::default();
    progress.job("asking for a download");
    let (job_progress, file_progress) = (progress.clone(), progress);
    let files = client
        .v2()
        .save_snapshot(&project, cluster, snapshot)
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
