//! What a job offers for download is compared with what was requested.

use std::fs;
use std::path::Path;

use atlas_backup_api::v2::types::RestoreJob;
use atlas_backup_api::{Client, DownloadError, SaveError, SavedFile};
use atlas_backup_tests::fake_atlas::{HostedFile, PROJECT};
use serde_json::{Value, json};

use super::saving::directory;
use super::script::{self, answering, ok};
use super::{Setting, setting};
use crate::transport::NoWait;

const JOB: &str = "32b6e34b3d91647abb20e7b9";
const WANTED: &str = PROJECT;
const OTHER: &str = "32b6e34b3d91647abb20e7ba";

/// A host that offers one file, and its URL.
fn host() -> (Setting, String) {
    let setting = setting();
    let url = setting
        .atlas
        .download_host()
        .add_file(HostedFile::new(1000, 1));
    (setting, url)
}

/// A job that is ready, with the members of every family.
fn ready(snapshot: Option<&str>, url: &str) -> Value {
    json!({
        "id": JOB, "snapshotId": snapshot, "status": "COMPLETED",
        "deliveryType": "download", "deliveryUrl": [url], "snapshotUrl": url,
    })
}

/// Saves the snapshot of each family to a directory of its own.
async fn save_all(client: &Client, directory: &Path) -> Vec<Result<Vec<SavedFile>, String>> {
    macro_rules! save {
        ($($call:ident)+) => {
            vec![$(
                client
                    .v2()
                    .$call(PROJECT, "orders", WANTED)
                    .into_directory(directory.join(stringify!($call)))
                    .await
                    .map_err(|error| error.to_string())
            ),+]
        };
    }
    save!(save_snapshot save_flex_snapshot save_tenant_snapshot save_serverless_snapshot)
}

#[tokio::test]
async fn a_job_for_another_snapshot_is_an_error_before_anything_is_downloaded() {
    let (host, url) = host();
    let right = ready(Some(WANTED), &url);
    let wrong = ready(Some(OTHER), &url);
    for answers in [[&wrong, &right], [&right, &wrong]] {
        let directory = directory();
        // Each family gets the two answers once more.
        let four_times = (0..4).flat_map(|_| answers).map(ok);
        let server = answering(four_times);
        let client = script::client(&server, &NoWait::new());
        for saved in save_all(&client, directory.path()).await {
            assert_eq!(
                saved.unwrap_err(),
                format!(
                    "snapshot {WANTED} was requested, but the job {JOB} is for snapshot {OTHER}; nothing was downloaded"
                )
            );
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
    assert_eq!(host.atlas.download_host().received_requests().len(), 0);
}

/// Atlas need not name the snapshot in a job.
#[tokio::test]
async fn files_are_named_after_the_requested_snapshot() {
    let (_host, url) = host();
    let (server, directory) = (answering([ok(&ready(None, &url))]), directory());
    let client = script::client(&server, &NoWait::new());
    for saved in save_all(&client, directory.path()).await {
        let saved = saved.unwrap();
        assert_eq!(saved[0].name, format!("snapshot-{WANTED}.tar.gz"));
    }
    // So the next call finds the file before it creates a job.
    let created = server.handled_count("POST");
    let again: Result<_, SaveError<RestoreJob>> = client
        .v2()
        .save_snapshot(PROJECT, "orders", WANTED)
        .into_directory(directory.path().join("save_snapshot"))
        .await;
    assert!(
        matches!(
            again,
            Err(SaveError::Download(DownloadError::Exists { .. }))
        ),
        "{again:?}"
    );
    assert_eq!(server.handled_count("POST"), created);
}
