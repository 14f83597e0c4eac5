//! The program's own checksum of a saved file is that of all its bytes, however they came, and no
//! byte is hashed twice without need.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use atlas_backup_api::{Checksum, Delivery as Wanted, Download, DownloadError, SavedFile};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile, HttpResponse};
use sha2::{Digest, Sha256};

use super::{Setting, setting};

const LENGTH: u64 = 2_000_003;
const HALF: u64 = 1_000_000;

/// A SHA-256, and how many bytes were hashed for all files.
struct Counted(Sha256, Arc<AtomicU64>);

impl Checksum for Counted {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
        self.1.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    }

    fn finish(self: Box<Self>) -> String {
        format!("{:x}", self.0.finalize())
    }
}

/// Asks for SHA-256 checksums, and counts the bytes that are hashed for them.
pub fn sha256(download: Download, hashed: &Arc<AtomicU64>) -> Download {
    let hashed = Arc::clone(hashed);
    download.checksum(move || Box::new(Counted(Sha256::new(), Arc::clone(&hashed))))
}

/// The checksum of these bytes, as it should be.
pub fn sha256_of(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Downloads one file with a checksum. Returns the file, and how many bytes were hashed.
async fn fetch(setting: &Setting, file: Wanted) -> (Result<SavedFile, DownloadError>, u64) {
    let hashed = Arc::default();
    let saved = sha256(setting.client.download(), &hashed)
        .file(file)
        .into_directory(setting.directory.path())
        .await;
    (
        saved.map(|mut files| files.remove(0)),
        hashed.load(Ordering::SeqCst),
    )
}

/// Asserts that the file was saved as offered, with its checksum, from so many hashed bytes.
#[track_caller]
fn assert_hashed(
    setting: &Setting,
    offer: &HostedFile,
    (saved, hashed): (Result<SavedFile, DownloadError>, u64),
    expected: u64,
) {
    let saved = saved.expect("it is saved");
    setting.assert_saved(offer);
    assert_eq!(saved.checksum, Some(sha256_of(&offer.bytes())));
    assert_eq!(hashed, expected, "hashed bytes");
}

fn wanted(setting: &Setting, offer: &HostedFile) -> Wanted {
    Wanted::new("orders.tgz", setting.host.add_file(offer.clone()))
}

#[tokio::test]
async fn a_file_has_its_checksum_if_the_program_asks_for_one() {
    for length in [2, 3, LENGTH] {
        let (setting, offer) = (setting(), HostedFile::new(length, 1));
        let fetched = fetch(&setting, wanted(&setting, &offer)).await;
        assert_hashed(&setting, &offer, fetched, length);
    }
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    assert_eq!(setting.fetch(&url).await.unwrap()[0].checksum, None);
}

#[tokio::test]
async fn what_the_delivery_states_is_in_the_saved_file() {
    let (setting, offer) = (setting(), HostedFile::new(LENGTH, 1));
    let file = wanted(&setting, &offer)
        .sha1(format!(" {}", offer.sha1().to_uppercase()))
        .replica_set("atlas-orders-shard-0");
    let (saved, _) = fetch(&setting, file).await;
    let saved = saved.unwrap();
    assert_eq!(
        (&*saved.name, saved.bytes, &saved.path),
        ("orders.tgz", LENGTH, &setting.path("orders.tgz"))
    );
    assert_eq!(saved.sha1, Some(offer.sha1()));
    assert_eq!(saved.replica_set.as_deref(), Some("atlas-orders-shard-0"));
}

#[tokio::test]
async fn a_resumed_file_is_hashed_once_whatever_happens_between() {
    let unavailable = || DownloadFault::Respond(HttpResponse::new(503));
    for mishaps in [
        vec![DownloadFault::Cut(HALF)],
        vec![DownloadFault::Reset(HALF)],
        vec![DownloadFault::Cut(HALF), unavailable(), unavailable()],
        vec![
            DownloadFault::Cut(HALF),
            DownloadFault::Cut(1),
            DownloadFault::Cut(HALF / 2),
        ],
    ] {
        let (setting, offer) = (setting(), HostedFile::new(LENGTH, 1));
        setting.host.script(mishaps);
        let fetched = fetch(&setting, wanted(&setting, &offer).sha1(offer.sha1())).await;
        assert_hashed(&setting, &offer, fetched, LENGTH);
    }
}

#[tokio::test]
async fn a_file_that_starts_over_is_hashed_from_its_first_byte() {
    let no_validators = |host: &atlas_backup_tests::fake_atlas::DownloadHost| {
        host.always(DownloadFault::Header("etag", String::new()));
        host.always(DownloadFault::Header("last-modified", String::new()));
    };
    for (mishap, seed) in [
        (DownloadFault::IgnoreRange, 1),
        (DownloadFault::WrongRange, 1),
        (DownloadFault::Unsatisfiable, 1),
        (DownloadFault::Change(2), 2),
        (DownloadFault::None, 1),
    ] {
        let (setting, offer) = (setting(), HostedFile::new(LENGTH, seed));
        if matches!(mishap, DownloadFault::None) {
            no_validators(&setting.host);
        }
        setting.host.script([DownloadFault::Cut(HALF), mishap]);
        let file = wanted(&setting, &HostedFile::new(LENGTH, 1)).sha1(offer.sha1());
        let fetched = fetch(&setting, file).await;
        assert_hashed(&setting, &offer, fetched, HALF + LENGTH);
    }
}

/// Starts a download that fails with its first half on the disk.
async fn broken(setting: &Setting, file: Wanted) {
    setting.host.script([
        DownloadFault::Cut(HALF),
        DownloadFault::Respond(HttpResponse::new(404)),
    ]);
    let (outcome, _) = fetch(setting, file).await;
    assert!(outcome.expect_err("the URL has expired").is_expired());
    assert_eq!(setting.part(), HALF);
}

#[tokio::test]
async fn bytes_of_an_earlier_download_are_read_from_the_disk_once() {
    let unavailable = || DownloadFault::Respond(HttpResponse::new(503));
    for (mishaps, expected) in [
        (vec![], LENGTH),
        (vec![unavailable(), unavailable()], LENGTH),
        (vec![DownloadFault::Cut(HALF / 2), unavailable()], LENGTH),
        (vec![DownloadFault::IgnoreRange], HALF + LENGTH),
    ] {
        let (setting, offer) = (setting(), HostedFile::new(LENGTH, 1));
        let file = wanted(&setting, &offer).sha1(offer.sha1());
        broken(&setting, file.clone()).await;
        setting.host.script(mishaps);
        let fetched = fetch(&setting, file).await;
        assert_hashed(&setting, &offer, fetched, expected);
    }
}

#[tokio::test]
async fn an_unfinished_file_of_another_version_leaves_nothing_in_the_hash() {
    for mishap in [DownloadFault::None, DownloadFault::IgnoreCondition] {
        let (setting, changed) = (setting(), HostedFile::new(LENGTH, 2));
        let file = wanted(&setting, &HostedFile::new(LENGTH, 1));
        broken(&setting, file.clone()).await;
        setting.host.always(mishap);
        setting.host.script([DownloadFault::Change(2)]);
        let fetched = fetch(&setting, file.sha1(changed.sha1())).await;
        assert_hashed(&setting, &changed, fetched, HALF + LENGTH);
    }
}

#[tokio::test]
async fn an_unfinished_file_with_all_its_bytes_is_hashed_once() {
    let (setting, offer) = (setting(), HostedFile::new(LENGTH, 1));
    let file = wanted(&setting, &offer);
    broken(&setting, file.clone()).await;
    fs::write(setting.path("orders.tgz.part"), offer.bytes()).unwrap();
    let fetched = fetch(&setting, file).await;
    assert_eq!(setting.host.ranges().last().unwrap(), "bytes=2000002-");
    assert_hashed(&setting, &offer, fetched, LENGTH);
}

#[tokio::test]
async fn a_damaged_unfinished_file_does_not_get_the_checksum_of_what_was_offered() {
    let (setting, offer) = (setting(), HostedFile::new(LENGTH, 1));
    let file = wanted(&setting, &offer);
    broken(&setting, file.clone()).await;
    let mut damaged = offer.bytes();
    damaged[7] ^= 1;
    fs::write(setting.path("orders.tgz.part"), &damaged[..1_000_000]).unwrap();
    let (saved, _) = fetch(&setting, file).await;
    assert_eq!(saved.unwrap().checksum, Some(sha256_of(&damaged)));
}

#[tokio::test]
async fn each_of_several_files_at_once_has_its_own_checksum() {
    let (setting, hashed) = (setting(), Arc::default());
    let offers: Vec<_> = (0..6)
        .map(|number| HostedFile::new(LENGTH + number, number))
        .collect();
    let files = offers.iter().enumerate().map(|(number, offer)| {
        let url = setting.host.add_file(offer.clone());
        Wanted::new(format!("shard-{number}.tgz"), url)
    });
    setting.host.script([
        DownloadFault::Cut(HALF),
        DownloadFault::None,
        DownloadFault::Reset(HALF),
    ]);
    let saved = sha256(setting.client.download().files(files), &hashed)
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    let found: Vec<_> = saved.into_iter().map(|file| file.checksum).collect();
    let expected: Vec<_> = offers
        .iter()
        .map(|offer| Some(sha256_of(&offer.bytes())))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(
        hashed.load(Ordering::SeqCst),
        offers.iter().map(|offer| offer.length).sum::<u64>()
    );
}
