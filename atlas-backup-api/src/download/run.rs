//! All files of one download: what is checked before, and how they are fetched side by side.

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
    /// As the program names it.
    pub(super) directory: &'a Path,
    /// The directory's one true name.
    pub(super) real: &'a Path,
    pub(super) mode: Mode,
}

impl Run<'_> {
    /// Fetches all files that are not complete yet, at most so many at a time, and adds those that are now. The first error ends the others.
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
        // Kept by whoever writes. Nothing is sent: when the last one has ended, the channel is closed.
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
        // After an error, threads may still write what came before it. The next download goes on from what is on the disk.
        drop(fetches);
        drop(writing);
        all_written.recv().await;
        outcome
    }

    /// Returns the file's name and its length.
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
            // Whoever had the claim before may have been after the same file.
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

/// Makes the directory and looks for files that exist. Returns the directory's one true name.
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

/// All of them, if all are good.
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
        // Not all file systems tell them apart.
        if !names.insert(order.file.to_ascii_lowercase()) {
            return Err(DownloadError::Invalid {
                file: order.file.clone(),
                fault: "another file has the same name",
            });
        }
    }
    Ok(orders)
}
