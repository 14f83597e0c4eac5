//! Downloads a snapshot of an M2 or M5 cluster through API v1.0, step by step. `--help` lists the
//! arguments.

// The methods of API v1.0 are deprecated, because Atlas has deprecated this API.
#![allow(deprecated)]

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use atlas_backup_api::v1::types::{TenantRestoreJob, TenantSnapshotDownloadRequest};
use atlas_backup_api::{Client, ObjectId};

const HELP: &str = "\
Downloads a snapshot of an M2 or M5 cluster through API v1.0: requests the
download, waits until it is ready, and downloads the file. Run again after an
interruption, it resumes the download. Atlas ended these clusters on 2026-01-22;
for flex clusters, which replace them, see flex_snapshots.

Usage: tenant_download CLUSTER SNAPSHOT_ID DIRECTORY

  CLUSTER      name or id of the cluster
  SNAPSHOT_ID  id of the snapshot
  DIRECTORY    where to save the file; it is made if need be

Example:
  cargo run -p atlas-backup-api --example tenant_download -- \\
      trial 5d03a6a12a9c4336c3d98d51 backups
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let [cluster, snapshot, directory] = arguments.as_slice() else {
        return Err(common::WrongUse.into());
    };
    let snapshot: ObjectId = snapshot.parse()?;
    let client = Client::from_env()?;
    let project = common::project(&client).await?;
    let cluster = &common::cluster(&client, &project, cluster).await?;

    let progress = common::Progress::default();
    progress.job("asking for a download");
    let request = TenantSnapshotDownloadRequest::new(snapshot);
    let asked = client
        .v1()
        .download_tenant_snapshot(&project, cluster, request)
        .send()
        .await?;

    let job_progress = progress.clone();
    let show = move |job: &TenantRestoreJob| {
        let status = job
            .status
            .as_ref()
            .map_or("unknown", |status| status.as_str());
        job_progress.job(format!("restore job {}: {status}", job.id));
    };
    let job = client
        .v1()
        .get_tenant_restore_job(&project, cluster, &asked.id)
        .wait()
        .just_created()
        .on_progress(show)
        .await?;

    // The file is `snapshot-ID.tar.gz`. Its URL works for four hours from the request.
    let deliveries = job.deliveries();
    if deliveries.is_empty() {
        return Err(format!("restore job {} has ended and names no file", job.id).into());
    }
    let download = client.download().files(deliveries);
    let files = download
        .on_progress(move |file| progress.download(file))
        .into_directory(directory)
        .await?;

    for file in files {
        let (path, bytes) = (file.path.display(), file.bytes);
        writeln!(io::stdout(), "{path}  {bytes} bytes")?;
    }
    Ok(())
}
