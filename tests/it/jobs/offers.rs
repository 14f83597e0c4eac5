//! What a job offers for download is compared with what was requested.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use atlas_backup_api::v2::types::RestoreJob;
use atlas_backup_api::{Client, DownloadError, SaveError, SavedFile, WaitError};
use atlas_backup_tests::fake_atlas::{HostedFile, HttpResponse, PROJECT, Server};
use serde_json::{Value, json};

use super::saving::directory;
use super::script::{self, answering, ok, replying};
use super::{Setting, setting};
use crate::transport::{NoWait, seconds};

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

/// Atlas with a snapshot of three parts, whose job is in these states, one for each poll; the last
/// one stays.
fn sharded(states: Vec<Value>) -> Server {
    let polls = Arc::new(AtomicUsize::new(0));
    replying(move |request, _| {
        if request.contains("/restoreJobs/") {
            let poll = polls.fetch_add(1, Ordering::SeqCst);
            ok(&states[poll.min(states.len() - 1)])
        } else if request.starts_with("POST ") {
            ok(&json!({"id": JOB, "snapshotId": WANTED}))
        } else if request.contains("/snapshots/shardedCluster/") {
            ok(&json!({"id": WANTED, "type": "shardedCluster", "snapshotIds": ["1", "2", "3"]}))
        } else {
            let error = json!({"error": 400, "errorCode": "INCORRECT_BACKUP_API_ENDPOINT"});
            HttpResponse::json(400, "application/json", &error)
        }
    })
}

/// A job whose URLs have come so far, without saying how many there will be.
fn with_urls(urls: &[String], finished: Option<&str>) -> Value {
    json!({
        "id": JOB, "snapshotId": WANTED, "deliveryType": "download",
        "deliveryUrl": urls, "finishedAt": finished,
    })
}

type Outcome = Result<Vec<SavedFile>, SaveError<RestoreJob>>;

async fn save_to(server: &Server, directory: &Path) -> Outcome {
    save_with(&script::client(server, &NoWait::new()), directory).await
}

async fn save_with(client: &Client, directory: &Path) -> Outcome {
    client
        .v2()
        .save_snapshot(PROJECT, "orders", WANTED)
        .deadline(seconds(600))
        .into_directory(directory)
        .await
}

#[tokio::test]
async fn the_urls_of_a_sharded_cluster_may_come_one_by_one() {
    let (host, directory) = (setting(), directory());
    let host = host.atlas.download_host();
    let urls = [1, 2, 3].map(|seed| host.add_file(HostedFile::new(1000, seed)));
    let [one, two, _] = urls.clone();
    // A file that is not prepared yet may have no URL or an empty one.
    let two = [one, two, String::new()];
    let states = [&urls[..1], &two, &urls].map(|urls| with_urls(urls, None));
    let saved = save_to(&sharded(states.into()), directory.path()).await;
    assert_eq!(saved.unwrap().len(), 3);
    assert_eq!(host.received_requests().len(), 3);
}

#[tokio::test]
async fn one_file_of_a_sharded_cluster_is_not_taken_for_all() {
    let ((host, url), directory) = (host(), directory());
    let urls = [url];
    let finished = with_urls(&urls, Some("2026-01-01T00:00:00Z"));
    for states in [
        vec![finished.clone()],
        vec![with_urls(&urls, None), finished],
    ] {
        let error = save_to(&sharded(states), directory.path()).await;
        assert_eq!(
            error.unwrap_err().to_string(),
            format!(
                "the job {JOB} has ended, and names 1 of the 3 files that the snapshot has; nothing was downloaded"
            )
        );
    }
    let server = sharded(vec![with_urls(&urls, None)]);
    let clock = NoWait::new();
    let began = clock.servers().now();
    let saving = save_with(&script::client(&server, &clock), directory.path()).await;
    assert!(
        matches!(
            &saving,
            Err(SaveError::Job {
                failure: WaitError::Deadline { .. },
                ..
            })
        ),
        "{saving:?}"
    );
    assert_eq!(clock.servers().now() - began, seconds(600));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    assert_eq!(host.atlas.download_host().received_requests().len(), 0);
}

/// Atlas does not document whether there is a file for the config servers.
#[tokio::test]
async fn a_finished_download_may_lack_the_config_servers() {
    let (host, directory) = (setting(), directory());
    let host = host.atlas.download_host();
    let urls = [1, 2].map(|seed| host.add_file(HostedFile::new(1000, seed)));
    let finished = with_urls(&urls, Some("2026-01-01T00:00:00Z"));
    let states = vec![with_urls(&urls, None), finished];
    let saved = save_to(&sharded(states), directory.path()).await;
    assert_eq!(saved.unwrap().len(), 2);
}

/// The job of a replica set has one URL, and may have no `finishedAt`.
#[tokio::test]
async fn one_file_of_a_replica_set_is_all() {
    let ((_host, url), directory) = (host(), directory());
    let job = with_urls(&[url], None);
    let server = replying(move |request, _| {
        if request.contains("/snapshots/") {
            ok(&json!({"id": WANTED, "type": "replicaSet"}))
        } else {
            ok(&job)
        }
    });
    assert_eq!(save_to(&server, directory.path()).await.unwrap().len(), 1);
    assert_eq!(
        (server.handled_count("POST"), server.handled_count("GET")),
        (1, 2)
    );
}
