//! Files that an earlier call has completed, and that were changed before the next call: they are
//! downloaded again, and not taken for what Atlas has sent.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atlas_backup_api::SavedFile;

use super::saving::{BYTES, directory, late, save_in_turn};
use super::{Setting, setting};
use crate::download::checksums::{sha256, sha256_of};

/// Saves a snapshot of three parts. With `interrupted`, the URLs expire when the first missing file
/// is complete.
async fn save(setting: &Setting, directory: &Path, interrupted: bool) -> Option<Vec<SavedFile>> {
    let save = save_in_turn(setting, "events")
        .await
        .download(|download| sha256(download.max_concurrency(1), &Arc::default()))
        .on_download(late(setting, u32::from(interrupted), BYTES));
    let saved = save.into_directory(directory).await;
    assert_eq!(saved.is_err(), interrupted, "{saved:?}");
    saved.ok()
}

/// The files in the directory whose names end so.
fn ending(directory: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect()
}

/// Saves a snapshot in two calls, with this change in between, and returns how many requests the
/// host received for files.
async fn requests_with(change: impl FnOnce(&Path, &Path)) -> usize {
    let (setting, directory) = (setting(), directory());
    save(&setting, directory.path(), true).await;
    let complete = ending(directory.path(), ".tar.gz").remove(0);
    let marker = ending(directory.path(), ".part").remove(0);
    change(&complete, &marker);
    let saved = save(&setting, directory.path(), false).await;
    for file in saved.expect("it is saved") {
        let bytes = fs::read(&file.path).expect("a saved file");
        assert_eq!(
            (bytes.len() as u64, file.bytes, file.checksum),
            (BYTES, BYTES, Some(sha256_of(&bytes)))
        );
    }
    assert_eq!(
        fs::read_dir(directory.path()).expect("it is there").count(),
        3
    );
    setting.atlas.download_host().received_requests().len()
}

#[tokio::test]
async fn a_file_that_was_changed_since_it_was_complete_is_downloaded_again() {
    // One file, a refusal, and two files.
    assert_eq!(requests_with(|_, _| {}).await, 4);
    let changed_byte = |file: &Path, _: &Path| {
        let mut bytes = fs::read(file).unwrap();
        bytes[1000] ^= 1;
        fs::write(file, bytes).unwrap();
    };
    assert_eq!(requests_with(changed_byte).await, 5);
    let cut_off = |file: &Path, _: &Path| {
        let open = OpenOptions::new().write(true).open(file).unwrap();
        open.set_len(BYTES - 1).unwrap();
    };
    assert_eq!(requests_with(cut_off).await, 5);
    // Nothing is known of a file that was not recorded.
    let unrecorded = |_: &Path, marker: &Path| fs::write(marker, "").unwrap();
    assert_eq!(requests_with(unrecorded).await, 5);
}

/// A process that is killed may leave a part of a line.
#[tokio::test]
async fn files_are_recorded_below_a_line_that_was_not_written_completely() {
    let (setting, directory) = (setting(), directory());
    save(&setting, directory.path(), true).await;
    let marker = ending(directory.path(), ".part").remove(0);
    let mut open = OpenOptions::new().append(true).open(&marker).unwrap();
    open.write_all(br#"{"file": "snapsh"#).unwrap();
    save(&setting, directory.path(), true).await;
    save(&setting, directory.path(), false).await;
    // Each call requests only what is missing; the first two end with a refusal.
    let requests = setting.atlas.download_host().received_requests().len();
    assert_eq!(requests, 2 + 2 + 1);
}
