//! Validates the files of a download, and downloads them concurrently.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;
use tracing::Instrument;

use super::bounded_concurrency::BoundedConcurrency;
use super::delivery::{Delivery, VerifiedDelivery};
use super::error::DownloadError;
use super::fetch::{Fetch, blocking};
use super::file_lock;
use super::http::Link;
use super::mode::Mode;
use super::partial_file::PartialFile;
use super::progress::{At, Listener, Progress, Reporter};
use crate::config::settings::Settings;

/// What all files of a download have in common.
pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) link: &'a Link,
    /// The directory as the caller named it.
    pub(super) directory: &'a Path,
    /// The canonical path of the directory.
    pub(super) real: &'a Path,
    pub(super) mode: Mode,
}

impl Run<'_> {
    /// Downloads all files that are not in `complete`, at most `most` at a time, and adds each to
    /// `complete` when it is done. The first error stops the others.
    pub(super) async fn fetch_missing(
        &self,
        orders: &[VerifiedDelivery],
        complete: &mut BTreeMap<String, u64>,
        most: usize,
        listener: Option<Listener>,
    ) -> Result<(), DownloadError> {
        let at = |order: &VerifiedDelivery| match complete.get(&order.file) {
            Some(&bytes) => At {
                bytes,
                total: Some(bytes),
                is_complete: true,
            },
            None => At {
                bytes: 0,
                total: order.size,
                is_complete: false,
            },
        };
        let progress = Progress::new(listener, orders.iter().map(at).collect());
        let missing: Vec<_> = orders
            .iter()
            .enumerate()
            .filter(|(_, order)| !complete.contains_key(&order.file))
            .collect();
        // Every writer holds a sender. No value is ever sent: the channel closes when the last
        // writer has ended.
        let (writing, mut all_written) = mpsc::channel(1);
        let fetches = missing.into_iter().map(|(index, order)| {
            let reporter = Reporter::new(&progress, &order.file, index, order.size);
            self.fetch(order, reporter, writing.clone())
        });
        let mut fetches = BoundedConcurrency::new(most, fetches);
        let outcome = loop {
            match fetches.next().await {
                Some(Ok((file, bytes))) => drop(complete.insert(file, bytes)),
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

    /// Returns the name of the file and its length.
    async fn fetch(
        &self,
        order: &VerifiedDelivery,
        reporter: Reporter<'_>,
        writing: mpsc::Sender<Infallible>,
    ) -> Result<(String, u64), DownloadError> {
        let host = order.url.origin().ascii_serialization();
        let span = tracing::info_span!(target: "atlas_backup_api", "atlas_download", file = order.file, host);
        let fetched = async {
            let part = PartialFile::of(self.directory, &order.file, self.mode);
            let claim = file_lock::lock(&self.real.join(&order.file), writing).await;
            // The previous holder of the lock may have written the same file.
            if !order.overwrite && part.target_exists() {
                return Err(DownloadError::Exists { path: part.target });
            }
            Fetch {
                settings: self.settings,
                link: self.link,
                order,
                part,
                claim,
                reporter,
            }
            .run()
            .await
        };
        fetched
            .instrument(span)
            .await
            .map(|bytes| (order.file.clone(), bytes))
    }
}

/// Creates the directory, and fails if one of the files exists. Returns the canonical path of the
/// directory.
pub(super) async fn prepare(
    directory: &Path,
    orders: &[VerifiedDelivery],
    mode: Mode,
) -> Result<PathBuf, DownloadError> {
    let path = directory.to_owned();
    let made = blocking(move || {
        mode.create_dir_all(&path)
            .and_then(|()| path.canonicalize())
    })
    .await;
    let real = made.map_err(|error| DownloadError::disk(directory, error))?;
    let mut parts = orders
        .iter()
        .filter(|order| !order.overwrite)
        .map(|order| PartialFile::of(directory, &order.file, mode));
    match parts.find(PartialFile::target_exists) {
        Some(part) => Err(DownloadError::Exists { path: part.target }),
        None => Ok(real),
    }
}

/// Validates all files, and returns them only if all are valid.
pub(super) fn check(
    files: Vec<Delivery>,
    link: &Link,
) -> Result<Vec<VerifiedDelivery>, DownloadError> {
    let orders = files
        .into_iter()
        .map(Delivery::check)
        .collect::<Result<Vec<_>, _>>()?;
    let mut names = BTreeSet::new();
    for order in &orders {
        if !link.is_allowed(&order.url) {
            return Err(DownloadError::NotHttps {
                file: order.file.clone(),
            });
        }
        // Some file systems ignore case.
        if !names.insert(order.file.to_ascii_lowercase()) {
            return Err(DownloadError::Invalid {
                file: order.file.clone(),
                fault: "another file has the same name",
            });
        }
    }
    Ok(orders)
}
