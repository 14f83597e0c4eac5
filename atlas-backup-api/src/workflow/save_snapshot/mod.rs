//! From a snapshot to files on a disk.

mod error;
mod families;
mod marker;
mod writable;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::client::Client;
use crate::client::call::Call;
use crate::client::poller::{PollOptions, Wait};
use crate::download::{Delivery, Download, DownloadError, DownloadProgress, SavedFile};
use crate::error::Error;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::decode::Content;
use crate::pipeline::response::Response;
use crate::wire::object_id::ObjectId;

use marker::Marker;
use writable::Writable;

pub use error::SaveError;

/// Asks for a download of a snapshot, waits for it, and fetches its files. `J` is the job that makes the download.
///
/// Made by [`v2::Api::save_snapshot`](crate::v2::Api::save_snapshot) and its like for flex, tenant and serverless snapshots. It starts with
/// [`into_directory`](Self::into_directory).
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

/// A callback that more than one wait or download uses, one after another.
type Shared<T> = Arc<Mutex<dyn FnMut(&T) + Send>>;

/// Waits for the job.
type Find<J> = Box<dyn Fn(&J) -> Wait<J> + Send + Sync>;

/// How a family makes its downloads.
struct Plan<J> {
    /// The call that asks Atlas for a download. It is sent once each time.
    create: Call,
    find: Find<J>,
    id: fn(&J) -> &ObjectId,
    deliveries: fn(&J) -> Vec<Delivery>,
    /// What the names of its files begin with.
    prefix: String,
}

impl<J> SaveSnapshot<J> {
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

    /// Gives up waiting for the download to be ready after this time. Fetching it may take as long as it does. Default: 24 hours.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// As [`Wait::poll_every`].
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// Asks for the download once more, where its URLs expire before all is fetched. What is here already is kept. Default: false.
    pub fn renew_expired(mut self, renew: bool) -> Self {
        self.renew = renew;
        self
    }

    /// Changes how files are fetched: `.download(|download| download.overwrite(true))`.
    pub fn download(mut self, change: impl FnMut(Download) -> Download + Send + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    /// Is shown the job each time it was asked for.
    pub fn on_job(mut self, see: impl FnMut(&J) + Send + 'static) -> Self {
        self.on_job = Arc::new(Mutex::new(see));
        self
    }

    /// As [`Download::on_progress`].
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
    /// Does it all, and returns the files in the order in which Atlas names them.
    ///
    /// Each call asks Atlas for a download of its own, a restore job; what is here of the snapshot decides how much of it is fetched:
    ///
    /// - After a call that failed, was dropped, or whose process was killed, the next one to the same directory goes on. Complete files
    ///   are kept, unless Atlas did not say which shard they are of. What has come of others is kept if the host knows them by
    ///   the same `ETag`. Until all files are complete, `snapshot-ID.part` marks those that are here as the work of such a call.
    /// - Fallback files of the snapshot, such as those of a call that was successful, are in the way, and nothing is asked for:
    ///   move them, or ask for [`Download::overwrite`].
    ///
    /// Before anything is asked for, the directory is made if need be, for its owner alone (0700), and a small file is written to it and
    /// deleted. What was made for a call that saves nothing is removed again.
    ///
    /// Two processes must not save the same snapshot to the same directory at the same time.
    ///
    /// # Errors
    ///
    /// [`SaveError`], which says which step failed; [`DownloadError::Disk`] at once, where nothing can be written to the directory.
    /// [`DownloadError::Expired`] ends it unless
    /// [`renew_expired`](Self::renew_expired) was asked for, or it has been renewed already.
    pub async fn into_directory(
        mut self,
        directory: impl AsRef<Path>,
    ) -> Result<Vec<SavedFile>, SaveError<J>> {
        let mut complete = BTreeMap::new();
        loop {
            match self.once(directory.as_ref(), &mut complete).await {
                Err(SaveError::Download(DownloadError::Expired { .. }))
                    if std::mem::take(&mut self.renew) => {}
                ended => return ended,
            }
        }
    }

    /// `complete` has the files of the time before.
    async fn once(
        &mut self,
        directory: &Path,
        complete: &mut BTreeMap<String, u64>,
    ) -> Result<Vec<SavedFile>, SaveError<J>> {
        let plan = self
            .plan
            .as_ref()
            .map_err(|error| Error::from(error.clone()))?;
        let unfinished = Marker::of(directory, &plan.prefix);
        // Making the download may take hours: what will be in its way is better told before, and that nothing can be written.
        let download = (self.change)(self.client.download());
        let mode = download.mode().map_err(SaveError::Download)?;
        if !download.overwrites() {
            unfinished.files().map_err(SaveError::Download)?;
        }
        let _removes_what_stays_empty =
            Writable::prove(directory, &plan.prefix, mode).map_err(SaveError::Download)?;
        let asked: Response<J> = plan.create.clone().send().await?;
        // Atlas may need a moment to know what it has made.
        let wait = (plan.find)(&asked)
            .options(self.options.clone())
            .just_created();
        let waited = wait.on_progress(calls(&self.on_job)).await;
        let job = waited.map_err(|failure| SaveError::Job {
            id: (plan.id)(&asked).clone(),
            failure,
        })?;
        let files = (plan.deliveries)(&job);
        if files.is_empty() {
            return Err(SaveError::NoFiles(Box::new(job)));
        }
        // What `download` asks for comes later, and wins.
        let download = self
            .client
            .download()
            .files(files)
            .on_progress(calls(&self.on_download));
        let download = (self.change)(download);
        if !download.overwrites() {
            complete.extend(unfinished.begin(mode).map_err(SaveError::Download)?);
        }
        let saved = download
            .go_on(directory, complete)
            .await
            .map_err(SaveError::Download)?;
        unfinished.end().map_err(SaveError::Download)?;
        Ok(saved)
    }
}

fn calls<T: 'static>(callback: &Shared<T>) -> impl FnMut(&T) + Send + 'static {
    let callback = callback.clone();
    move |value| (callback.lock().unwrap_or_else(PoisonError::into_inner))(value)
}

impl<J> fmt::Debug for SaveSnapshot<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.plan.as_ref().map(|plan| &plan.create);
        f.debug_struct("SaveSnapshot")
            .field("request", &request)
            .field("renew_expired", &self.renew)
            .finish_non_exhaustive()
    }
}
