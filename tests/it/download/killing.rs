//! Downloads that stop at any point and resume to the same bytes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use atlas_backup_api::{Client, Delivery as Wanted, DownloadProgress};
use atlas_backup_tests::fake_atlas::{Clock, DownloadFault, DownloadHost, Gate, HostedFile};
use tokio::sync::Notify;

use super::setting;

const KILLS: usize = 50;
const LENGTH: u64 = 20_000_003;
const SEED: u64 = 0x5eed;

/// Returns random positions in a file, in ascending order.
fn points(count: usize, length: u64) -> Vec<u64> {
    let mut state = SEED;
    let mut points: Vec<u64> = (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            1 + (state >> 11) % (length - 1)
        })
        .collect();
    points.sort_unstable();
    points
}

#[tokio::test]
async fn fifty_dropped_downloads_give_the_same_bytes() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, SEED);
    let url = setting.host.add_file(offer.clone());
    let sha1 = offer.sha1();
    let wanted = || Wanted::new("orders.tgz", &url).sha1(&sha1).size(LENGTH);
    let mut drops = 0;
    for point in points(KILLS, LENGTH) {
        // The host pauses at this point, so that the download cannot finish before it is dropped.
        let (held, here) = (Gate::closed(), setting.part());
        setting.host.script([DownloadFault::Stall(
            point.saturating_sub(here).max(1),
            held,
        )]);
        let reached = Arc::new(Notify::new());
        let listener = {
            let reached = Arc::clone(&reached);
            move |progress: &DownloadProgress| {
                if progress.bytes >= point {
                    reached.notify_one();
                }
            }
        };
        let download = setting
            .client
            .download()
            .file(wanted())
            .on_progress(listener);
        tokio::select! {
            () = reached.notified() => drops += 1,
            saved = download.into_directory(setting.directory.path()) => panic!("it is done: {saved:?}"),
        }
    }
    assert_eq!(drops, KILLS);
    setting.fetch_as(wanted()).await.unwrap();
    setting.assert_saved(&offer);
    let ranges = setting.host.ranges();
    assert_eq!(ranges.len(), KILLS + 1);
    assert!(
        ranges[1..].iter().all(|range| range.starts_with("bytes=")),
        "each has gone on: {ranges:?}"
    );
}

/// The environment variables that tell a child process which URL to download, and the target
/// directory.
const URL: &str = "ATLAS_TEST_DOWNLOAD_URL";
const DIRECTORY: &str = "ATLAS_TEST_DOWNLOAD_DIRECTORY";

/// In a child process, downloads the file and prints its progress. Returns whether this is a child
/// process.
async fn download_as_child() -> bool {
    let (Ok(url), Some(directory)) = (std::env::var(URL), std::env::var_os(DIRECTORY)) else {
        return false;
    };
    let client = Client::builder()
        .base_url("http://127.0.0.1")
        .build()
        .expect("a base URL");
    let download = client
        .download()
        .file(Wanted::new("orders.tgz", url))
        .on_progress(|progress| println!("at {}", progress.bytes));
    download
        .into_directory(directory)
        .await
        .expect("the host sends the file");
    true
}

/// Runs the given test again as a child process that downloads, and kills the child once it has
/// downloaded `point` bytes.
fn kill_child_at(point: u64, test: &str, url: &str, directory: &Path) {
    let mut child = Command::new(std::env::current_exe().expect("a test knows its program"))
        .args([
            "--exact",
            &format!("download::killing::{test}"),
            "--nocapture",
        ])
        .env(URL, url)
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test runs again");
    let output = child.stdout.take().expect("the output is piped");
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    let mut reached = lines.filter_map(|line| line.strip_prefix("at ")?.parse::<u64>().ok());
    assert!(reached.any(|bytes| bytes >= point), "it ended too soon");
    child.kill().expect("the child still runs");
    assert!(!child.wait().expect("the child has ended").success());
}

/// The child process runs this test again: it downloads and prints its progress until it is killed.
#[tokio::test]
async fn killed_processes_give_the_same_bytes() {
    if download_as_child().await {
        return;
    }
    let length = 2 * LENGTH;
    let (host, offer) = (
        DownloadHost::start(&Clock::new()),
        HostedFile::new(length, SEED),
    );
    let url = host.add_file(offer.clone());
    let directory = tempfile::tempdir().unwrap();
    for kill in 1..=6 {
        // The distance is larger than the write buffer, so that each download has bytes on disk to
        // resume from.
        let point = kill * 5 * 1024 * 1024 + points(6, 1_000_000)[kill as usize - 1];
        kill_child_at(
            point,
            "killed_processes_give_the_same_bytes",
            &url,
            directory.path(),
        );
    }
    assert_eq!(
        super::names(directory.path()),
        ["orders.tgz.part", "orders.tgz.part.json"]
    );
    let client = Client::builder()
        .base_url("http://127.0.0.1")
        .build()
        .unwrap();
    client
        .download()
        .file(Wanted::new("orders.tgz", &url))
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_eq!(super::names(directory.path()), ["orders.tgz"]);
    assert!(std::fs::read(directory.path().join("orders.tgz")).unwrap() == offer.bytes());
    let ranges = host.ranges();
    assert!(
        ranges.len() == 7 && ranges[1..].iter().all(|range| range.starts_with("bytes=")),
        "{ranges:?}"
    );
}

/// Near the beginning, few or none of the received bytes are on the disk, and there may be a file
/// without a resume record, or a record without a file.
#[tokio::test]
async fn processes_killed_at_every_64_kib_of_the_first_mib_give_the_same_bytes() {
    if download_as_child().await {
        return;
    }
    const STEP: u64 = 64 * 1024;
    let (host, offer) = (
        DownloadHost::start(&Clock::new()),
        HostedFile::new(LENGTH / 10, SEED),
    );
    let (url, bytes) = (host.add_file(offer.clone()), offer.bytes());
    let directory = tempfile::tempdir().unwrap();
    let part = directory.path().join("orders.tgz.part");
    for point in (0..=16).map(|step| step * STEP) {
        let here = std::fs::metadata(&part).map_or(0, |part| part.len());
        // The host pauses at this point, so that the child cannot have received more when it is
        // killed.
        host.script([DownloadFault::Stall(
            point.saturating_sub(here),
            Gate::closed(),
        )]);
        kill_child_at(
            point,
            "processes_killed_at_every_64_kib_of_the_first_mib_give_the_same_bytes",
            &url,
            directory.path(),
        );
        let kept = std::fs::read(&part).unwrap();
        assert!(
            kept.len() as u64 <= point.max(here) && bytes.starts_with(&kept),
            "killed at {point}: {} bytes",
            kept.len()
        );
        assert!(!directory.path().join("orders.tgz").exists());
    }
    assert_eq!(host.remaining(), 0);
    let client = Client::builder()
        .base_url("http://127.0.0.1")
        .build()
        .unwrap();
    client
        .download()
        .file(Wanted::new("orders.tgz", &url))
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_eq!(super::names(directory.path()), ["orders.tgz"]);
    assert!(std::fs::read(directory.path().join("orders.tgz")).unwrap() == bytes);
    assert!(
        host.ranges()
            .iter()
            .any(|range| range.starts_with("bytes=")),
        "some have gone on: {:?}",
        host.ranges()
    );
}

#[tokio::test]
async fn two_downloads_of_one_file_take_turns() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let (first, second) = tokio::join!(setting.fetch(&url), setting.fetch(&url));
    let error = [first, second]
        .into_iter()
        .find_map(Result::err)
        .expect("the second finds the file of the first");
    assert!(error.to_string().contains("exists already"), "{error}");
    setting.assert_saved(&HostedFile::new(LENGTH, 1));
    assert_eq!(setting.host.received_requests().len(), 1);
}
