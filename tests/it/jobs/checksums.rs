//! The files of a saved snapshot have the program's own checksum, also those that were complete
//! before.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use atlas_backup_api::SavedFile;

use super::saving::{BYTES, directory, late, save_in_turn};
use super::setting;
use crate::download::checksums::{sha256, sha256_of};

/// Asserts that each file has the checksum of what is on the disk, and the name of its shard.
fn assert_known(saved: &[SavedFile]) {
    assert_eq!(saved.len(), 3);
    for file in saved {
        let on_disk = fs::read(&file.path).expect("a saved file");
        assert_eq!(file.checksum, Some(sha256_of(&on_disk)), "{}", file.name);
        let shard = file.replica_set.as_deref().expect("a shard");
        assert!(file.name.ends_with(&format!("-{shard}.tar.gz")), "{file:?}");
        assert_eq!(file.path.file_name().expect("a name"), &*file.name);
    }
}

#[tokio::test]
async fn a_file_that_an_earlier_call_completed_is_read_for_its_checksum() {
    let (setting, directory) = (setting(), directory());
    save_in_turn(&setting, "events")
        .await
        .on_download(late(&setting, 1, BYTES))
        .into_directory(directory.path())
        .await
        .unwrap_err();
    let hashed: Arc<AtomicU64> = Arc::default();
    let count = Arc::clone(&hashed);
    let saved = save_in_turn(&setting, "events")
        .await
        .download(move |download| sha256(download, &count))
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_known(&saved);
    assert_eq!(hashed.load(Ordering::SeqCst), 3 * BYTES);
}

#[tokio::test]
async fn a_file_that_was_complete_before_the_urls_were_renewed_is_not_read_again() {
    let (setting, directory) = (setting(), directory());
    let hashed: Arc<AtomicU64> = Arc::default();
    let count = Arc::clone(&hashed);
    let saved = save_in_turn(&setting, "events")
        .await
        .renew_expired(true)
        .on_download(late(&setting, 1, BYTES))
        .download(move |download| sha256(download.max_concurrency(1), &count))
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_known(&saved);
    assert_eq!(hashed.load(Ordering::SeqCst), 3 * BYTES);
}

#[tokio::test]
async fn a_complete_file_that_is_gone_before_the_end_is_an_error() {
    let (setting, directory) = (setting(), directory());
    save_in_turn(&setting, "events")
        .await
        .on_download(late(&setting, 1, BYTES))
        .into_directory(directory.path())
        .await
        .unwrap_err();
    let first = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "gz"))
        .unwrap();
    let removed = first.clone();
    let error = save_in_turn(&setting, "events")
        .await
        .download(move |download| sha256(download, &Arc::default()))
        .on_download(move |_| drop(fs::remove_file(&removed)))
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with(&first.display().to_string()),
        "{error}"
    );
}
