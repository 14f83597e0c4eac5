//! Downloads from a separate host, over real sockets, to a real disk.

pub mod checksums;
mod disk;
mod early_ends;
mod encodings;
#[cfg(target_os = "linux")]
mod full_disk;
mod gzip;
mod killing;
#[cfg(unix)]
pub mod modes;
mod proxies;
mod refusals;
mod resuming;
mod saving;
mod secrets;
mod side_by_side;

use std::fs;
use std::path::{Path, PathBuf};

use atlas_backup_api::{Client, ClientBuilder, Delivery as Wanted, DownloadError, SavedFile};
use atlas_backup_tests::fake_atlas::{DownloadHost, HostedFile};
use tempfile::TempDir;

use crate::transport::NoWait;

/// A download host, a client whose waits take no time, and an empty directory.
struct Setting {
    host: DownloadHost,
    client: Client,
    clock: NoWait,
    directory: TempDir,
}

fn setting() -> Setting {
    setting_with(|builder| builder)
}

fn setting_with(change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Setting {
    let clock = NoWait::new();
    // The client may download over plain HTTP because its own base URL is plain HTTP. No server
    // listens at that URL.
    let builder = Client::builder()
        .base_url("http://127.0.0.1:1")
        .clock(clock.clone());
    let client = change(builder).build().expect("settings of a test");
    let directory = tempfile::tempdir().expect("there is a folder for temporary files");
    Setting {
        host: DownloadHost::start(clock.servers()),
        client,
        clock,
        directory,
    }
}

impl Setting {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Returns the content of the file with this name, or `None` if it does not exist.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// Returns all names in the directory, sorted.
    fn names(&self) -> Vec<String> {
        names(self.directory.path())
    }

    /// Downloads one file as `orders.tgz`.
    async fn fetch(&self, url: &str) -> Result<Vec<SavedFile>, DownloadError> {
        self.fetch_as(Wanted::new("orders.tgz", url)).await
    }

    async fn fetch_as(&self, file: Wanted) -> Result<Vec<SavedFile>, DownloadError> {
        self.client
            .download()
            .file(file)
            .into_directory(self.directory.path())
            .await
    }

    /// Asserts that the directory holds only the file, with the bytes that the host offers.
    fn assert_saved(&self, offer: &HostedFile) {
        assert_eq!(self.names(), ["orders.tgz"]);
        assert!(
            self.read("orders.tgz") == Some(offer.bytes()),
            "other bytes than were offered"
        );
        assert_eq!(self.host.remaining(), 0, "mishaps that have not happened");
    }

    /// Returns how many bytes of the unfinished file are on the disk.
    fn part(&self) -> u64 {
        fs::metadata(self.path("orders.tgz.part")).map_or(0, |file| file.len())
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
