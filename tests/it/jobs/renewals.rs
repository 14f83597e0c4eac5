//! URLs that expire are renewed as often as something was received in between.

use std::fs;

use atlas_backup_api::{Client, RetryPolicy, SaveError};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile, HttpResponse, PROJECT, Server};
use serde_json::json;

use super::saving::{BYTES, directory, late, save_in_turn};
use super::script::{answering, ok};
use super::setting;
use crate::transport::NoWait;

/// The response of a host to a URL that has expired.
fn refused() -> DownloadFault {
    DownloadFault::Respond(HttpResponse::new(403))
}

/// A client that goes on after a connection that broke.
fn client(server: &Server) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .clock(NoWait::new())
        .retry(RetryPolicy::new());
    builder.build().expect("settings of a test")
}

/// The URLs of each job last for one more file.
#[tokio::test]
async fn urls_are_renewed_after_each_file() {
    let (setting, directory) = (setting(), directory());
    let save = save_in_turn(&setting, "events")
        .await
        .renew_expired(true)
        .on_download(late(&setting, 2, BYTES));
    assert_eq!(
        save.into_directory(directory.path()).await.unwrap().len(),
        3
    );
    assert_eq!(setting.sent("POST"), 3);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
}

/// Saves a snapshot from a host with these mishaps, one for each request. Returns how it ended, and
/// how many jobs were created.
async fn jobs_until_the_end(mishaps: Vec<DownloadFault>) -> (Result<(), String>, usize) {
    let (host, directory) = (setting(), directory());
    let host = host.atlas.download_host();
    let url = host.add_file(HostedFile::new(BYTES, 1));
    host.script(mishaps);
    let server = answering([ok(&json!({
        "id": PROJECT, "snapshotId": PROJECT, "deliveryType": "download", "deliveryUrl": [url],
    }))]);
    let saved = client(&server)
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .renew_expired(true)
        .into_directory(directory.path())
        .await;
    let ended = match saved {
        Ok(_) => Ok(()),
        Err(SaveError::Download(error)) => Err(error.to_string()),
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(host.remaining(), 0, "mishaps that have not happened");
    (ended, server.handled_count("POST"))
}

#[tokio::test]
async fn urls_are_renewed_after_more_bytes_of_a_file() {
    let mishaps = (0..3).flat_map(|_| [DownloadFault::Cut(1000), refused()]);
    assert_eq!(jobs_until_the_end(mishaps.collect()).await, (Ok(()), 4));
}

#[tokio::test]
async fn urls_that_expire_without_more_bytes_are_an_error() {
    let message = "the URL is refused (403 Forbidden), it has expired or was used up; ask Atlas for a new one";
    let message = Err(format!("snapshot-{PROJECT}.tar.gz: {message}"));
    for (mishaps, jobs) in [
        (vec![refused(), refused()], 2),
        (vec![DownloadFault::Cut(1000), refused(), refused()], 2),
    ] {
        assert_eq!(jobs_until_the_end(mishaps).await, (message.clone(), jobs));
    }
}
