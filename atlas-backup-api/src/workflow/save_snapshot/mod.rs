//! Saves a snapshot as files on disk.

mod error;
mod families;
mod marker;
mod parts;
mod plan;
mod received;
mod writable;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::client::Client;
use crate::client::poller::PollOptions;
use crate::download::{CompleteFile, Download, DownloadError, DownloadProgress, SavedFile};
use crate::error::Error;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::decode::Content;

use marker::Marker;
use plan::Plan;
use writable::Writable;

pub use error::SaveError;

/// Requests a download of a snapshot, waits for it, and downloads its files. `J` is the restore job
/// that prepares the download.
///
/// Created by [`v2::Api::save_snapshot`](crate::v2::Api::save_snapshot) and the similar methods for
/// flex, tenant and serverless snapshots. [`into_directory`](Self::into_directory) starts it.
#[must_use = "nothing is sent before `into_directory` is awaited"]
pub struct SaveSnapshot<J> {
    client: Client,
    plan: Result<Plan<J>, InvalidArgument>,
    options: PollOptions,
    renew: bool,
    change: Box<dyn FnMut(Download) -> Download + Send>,
    on_job: Shared<J>,
    on_download: Shared<DownloadProgress>,
}

/// A callback that several waits or downloads use, one after another.
type Shared<T> = Arc<Mutex<dyn FnMut(&T) + Send>>;

impl<J> SaveSnapshot<J> {
    #[inline]
    fn new(client: &Client, plan: Result<Plan<J>, InvalidArgument>) -> Self {
        SaveSnapshot {
            client: client.clone(),
            plan,
            options: PollOptions::default(),
            renew: false,
            change: Box::new(|download| download),
            on_job: Arc::new(Mutex::new(|_: &J| {})),
            on_download: Arc::new(Mutex::new(|_: &DownloadProgress| {})),
        }
    }

    /// Sets the time limit for the download to be ready. Downloading the files has no limit.
    /// Default: 24 hours.
    #[inline]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// Sets the delays between polls, as [`Wait::poll_every`](crate::Wait::poll_every) does.
    #[inline]
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// Requests the download again if its URLs expire before all files are downloaded, as often as
    /// more bytes were received since the last time. The received bytes are kept. Default: false.
    #[inline]
    pub fn renew_expired(mut self, renew: bool) -> Self {
        self.renew = renew;
        self
    }

    /// Changes the settings of the download: `.download(|download| download.overwrite(true))`.
    #[inline]
    pub fn download(mut self, change: impl FnMut(Download) -> Download + Send + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    /// Sets a callback that is called with the job after each successful poll.
    #[inline]
    pub fn on_job(mut self, see: impl FnMut(&J) + Send + 'static) -> Self {
        self.on_job = Arc::new(Mutex::new(see));
        self
    }

    /// Sets a callback for the progress of the download, as [`Download::on_progress`] does.
    #[inline]
    pub fn on_download(mut self, see: impl FnMut(&DownloadProgress) + Send + 'static) -> Self {
        self.on_download = Arc::new(Mutex::new(see));
        self
    }
}

#[allow(
    private_bounds,
    reason = "only the four jobs that a snapshot's download can have"
)]
impl<J: Content + Send + 'static> SaveSnapshot<J> {
    /// Saves the snapshot to this directory, and returns the files in the order in which Atlas
    /// names them.
    ///
    /// Each call requests a download of its own from Atlas, a restore job. The files in the
    /// directory determine how much is downloaded:
    ///
    /// - After a call that failed, was dropped, or whose process was killed, the next call to the
    ///   same directory continues. Complete files are kept, unless they were changed in between or
    ///   Atlas did not name their shards. The received bytes of other files are kept if the host
    ///   sends the same `ETag` for them. Until all files are complete, the file `snapshot-ID.part`
    ///   marks them as the work of an unfinished call, and has the length and the checksum of those
    ///   that are complete.
    /// - Other files of the snapshot, such as those of a successful call, make the call fail before
    ///   a request is sent: move them, or set [`Download::overwrite`].
    ///
    /// Before the first request, the directory is created if it does not exist, by default for its
    /// owner alone (0700), and a small file is written to it and deleted. Directories created for a
    /// call that saves nothing are removed again.
    ///
    /// Two processes must not save the same snapshot to the same directory at the same time.
    ///
    /// # Errors
    ///
    /// Returns a [`SaveError`], which says which step failed. If the directory is not writable, the
    /// call fails with [`DownloadError::Disk`] before a request is sent. [`DownloadError::Expired`]
    /// ends the call, unless [`renew_expired`](Self::renew_expired) is set and more bytes were
    /// received since the download was last renewed.
    #[inline]
    pub async fn into_directory(
        mut self,
        directory: impl AsRef<Path>,
    ) -> Result<Vec<SavedFile>, SaveError<J>> {
        let directory = directory.as_ref();
        let mut complete = BTreeMap::new();
        let mut at_last_renewal = None;
        loop {
            let ended = self.once(directory, &mut complete).await;
            let is_expired =
                matches!(&ended, Err(SaveError::Download(error)) if error.is_expired());
            let prefix = match &self.plan {
                Ok(plan) if self.renew && is_expired => &plan.prefix,
                _ => return ended,
            };
            // A host that refuses every URL must not be given new ones for ever.
            let received = Some(received::bytes(directory, prefix, &complete));
            if received <= at_last_renewal {
                return ended;
            }
            at_last_renewal = received;
        }
    }

    /// Makes one attempt. `complete` holds the files of the previous attempt.
    #[inline]
    async fn once(
        &mut self,
        directory: &Path,
        complete: &mut BTreeMap<String, CompleteFile>,
    ) -> Result<Vec<SavedFile>, SaveError<J>> {
        let plan = self
            .plan
            .as_ref()
            .map_err(|error| Error::from(error.clone()))?;
        let unfinished = Marker::of(directory, &plan.prefix);
        // Preparing the download may take hours, so existing files and an unwritable directory are
        // reported first.
        let download = (self.change)(self.client.download());
        let mode = download.mode().map_err(SaveError::Download)?;
        let overwrites = download.overwrites();
        let ours = if overwrites {
            Vec::new()
        } else {
            unfinished.files().map_err(SaveError::Download)?
        };
        let _removes_what_stays_empty =
            Writable::prove(directory, &plan.prefix, mode).map_err(SaveError::Download)?;
        // Reading long files takes time, in which URLs would expire.
        let checksum = download.into_checksum();
        unfinished
            .add_unchanged(&ours, checksum.as_ref(), complete)
            .await
            .map_err(SaveError::Download)?;
        let files = plan.files(&self.options, &self.on_job).await?;
        // The caller's changes are applied last, so that they override these settings.
        let download = self
            .client
            .download()
            .files(files)
            .on_progress(calls(&self.on_download));
        let download = (self.change)(download);
        let recorder = if overwrites {
            None
        } else {
            Some(unfinished.begin(mode).map_err(SaveError::Download)?)
        };
        let saved = download
            .go_on(directory, complete, &ours, recorder.as_ref())
            .await
            .map_err(SaveError::Download)?;
        look_for(&saved).map_err(SaveError::Download)?;
        unfinished.end().map_err(SaveError::Download)?;
        Ok(saved)
    }
}

/// Fails if a file has gone, such as one that was complete before the others were downloaded.
#[inline]
fn look_for(files: &[SavedFile]) -> Result<(), DownloadError> {
    files
        .iter()
        .try_for_each(|file| match fs::metadata(&file.path) {
            Ok(_) => Ok(()),
            Err(error) => Err(DownloadError::disk(&file.path, error)),
        })
}

#[inline]
fn calls<T: 'static>(callback: &Shared<T>) -> impl FnMut(&T) + Send + 'static {
    let callback = callback.clone();
    move |value| (callback.lock().unwrap_or_else(PoisonError::into_inner))(value)
}

impl<J> fmt::Debug for SaveSnapshot<J> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.plan.as_ref().map(|plan| &plan.create);
        f.debug_struct("SaveSnapshot")
            .field("request", &request)
            .field("renew_expired", &self.renew)
            .finish_non_exhaustive()
    }
}
