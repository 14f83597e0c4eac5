//! Validates the files of a download, and downloads them concurrently.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;
use tracing::Instrument;

use super::bounded_concurrency::BoundedConcurrency;
use super::checksum::NewChecksum;
use super::delivery::{Delivery, VerifiedDelivery};
use super::error::DownloadError;
use super::fetch::{Fetch, blocking};
use super::file_lock;
use super::http::FileClient;
use super::mode::Mode;
use super::partial_file::PartialFile;
use super::progress::{At, Listener, Progress, Reporter};
use crate::config::settings::Settings;

/// A file that is on disk under its own name, with all its bytes.
#[derive(Clone)]
pub(crate) struct CompleteFile {
    /// The length of the file.
    pub(crate) bytes: u64,
    /// The program's checksum of the file, once it is known.
    pub(crate) checksum: Option<String>,
}

/// Records a file, by its name, before the file gets this name.
pub(crate) type Recorder = Arc<dyn Fn(&str, &CompleteFile) -> io::Result<()> + Send + Sync>;

/// What all files of a download have in common.
pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) file_client: &'a FileClient,
    /// The directory as the caller named it.
    pub(super) directory: &'a Path,
    /// The canonical path of the directory.
    pub(super) real: &'a Path,
    pub(super) mode: Mode,
    pub(super) checksum: Option<&'a NewChecksum>,
    pub(super) recorder: Option<&'a Recorder>,
}

impl Run<'_> {
    /// Downloads all files that are not in `complete`, at most `most` at a time, and adds each to
    /// `complete` when it is done. The first error stops the others.
    #[inline]
    pub(super) async fn fetch_missing(
        &self,
        deliveries: &[VerifiedDelivery],
        complete: &mut BTreeMap<String, CompleteFile>,
        most: usize,
        listener: Option<Listener>,
    ) -> Result<(), DownloadError> {
        let at = |delivery: &VerifiedDelivery| match complete.get(&delivery.file) {
            Some(&CompleteFile { bytes, .. }) => At {
                bytes,
                total: Some(bytes),
                is_complete: true,
            },
            None => At {
                bytes: 0,
                total: delivery.size,
                is_complete: false,
            },
        };
        let progress = Progress::new(listener, deliveries.iter().map(at).collect());
        let missing: Vec<_> = deliveries
            .iter()
            .enumerate()
            .filter(|(_, delivery)| !complete.contains_key(&delivery.file))
            .collect();
        // Every writer holds a sender. No value is ever sent: the channel closes when the last
        // writer has ended.
        let (writing, mut all_written) = mpsc::channel(1);
        let fetches = missing.into_iter().map(|(index, delivery)| {
            let reporter = Reporter::new(&progress, &delivery.file, index, delivery.size);
            self.fetch(delivery, reporter, writing.clone())
        });
        let mut fetches = BoundedConcurrency::new(most, fetches);
        let outcome = loop {
            match fetches.next().await {
                Some(Ok((name, file))) => drop(complete.insert(name, file)),
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            }
        };
        // After an error, threads may still write bytes that were received before it. The next
        // download continues from what is on disk, so this one waits for them.
        drop(fetches);
        drop(writing);
        all_written.recv().await;
        outcome
    }

    /// Returns the name of the file, and the file.
    #[inline]
    async fn fetch(
        &self,
        delivery: &VerifiedDelivery,
        reporter: Reporter<'_>,
        writing: mpsc::Sender<Infallible>,
    ) -> Result<(String, CompleteFile), DownloadError> {
        let host = delivery.url.origin().ascii_serialization();
        let span = tracing::info_span!(target: "atlas_backup_api", "atlas_download", file = delivery.file, host);
        let fetched = async {
            let part = PartialFile::of(self.directory, &delivery.file, self.mode);
            let lock = file_lock::lock(&self.real.join(&delivery.file), writing).await;
            // The previous holder of the lock may have written the same file.
            if !delivery.overwrite && part.target_exists() {
                return Err(DownloadError::Exists { path: part.target });
            }
            Fetch {
                settings: self.settings,
                file_client: self.file_client,
                delivery,
                part,
                lock,
                reporter,
                checksum: self.checksum,
                recorder: self.recorder,
                hashing: None,
            }
            .run()
            .await
        };
        fetched
            .instrument(span)
            .await
            .map(|file| (delivery.file.clone(), file))
    }
}

/// Creates the directory, and fails if one of the files exists. Returns the canonical path of the
/// directory.
#[inline]
pub(super) async fn prepare(
    directory: &Path,
    deliveries: &[VerifiedDelivery],
    mode: Mode,
) -> Result<PathBuf, DownloadError> {
    let path = directory.to_owned();
    let made = blocking(move || {
        mode.create_dir_all(&path)
            .and_then(|()| path.canonicalize())
    })
    .await;
    let real = made.map_err(|error| DownloadError::disk(directory, error))?;
    let mut parts = deliveries
        .iter()
        .filter(|delivery| !delivery.overwrite)
        .map(|delivery| PartialFile::of(directory, &delivery.file, mode));
    match parts.find(PartialFile::target_exists) {
        Some(part) => Err(DownloadError::Exists { path: part.target }),
        None => Ok(real),
    }
}

/// Validates all files, and returns them only if all are valid.
#[inline]
pub(super) fn check(
    files: Vec<Delivery>,
    file_client: &FileClient,
) -> Result<Vec<VerifiedDelivery>, DownloadError> {
    let deliveries = files
        .into_iter()
        .map(Delivery::check)
        .collect::<Result<Vec<_>, _>>()?;
    let mut names = BTreeSet::new();
    for delivery in &deliveries {
        if !file_client.is_allowed(&delivery.url) {
            return Err(DownloadError::NotHttps {
                file: delivery.file.clone(),
            });
        }
        // Some file systems ignore case.
        if !names.insert(delivery.file.to_ascii_lowercase()) {
            return Err(DownloadError::Invalid {
                file: delivery.file.clone(),
                fault: "another file has the same name",
            });
        }
    }
    Ok(deliveries)
}
