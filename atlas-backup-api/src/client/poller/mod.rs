//! Polls a job until it ends.

mod error;
mod schedule;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::client::call::Call;
use crate::error::Error;
use crate::pipeline::decode::Content;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::request::Request;
use crate::pipeline::retry;

#[cfg(feature = "v2")]
pub(crate) use error::LastKnown;
pub use error::{Ending, WaitError};
pub(crate) use schedule::{PollOptions, PollSchedule};

/// A resource whose progress can be polled: a snapshot or a job.
pub(crate) trait Job {
    fn state(&self) -> JobState;
}

/// The progress of a snapshot or of a job, by the rules of [`Wait`]: `job_state` of each returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// It is queued or in progress, or has a status that this version does not know.
    Running,
    /// It has ended with success. The files of a download can be downloaded.
    Done,
    /// It has ended without success.
    #[non_exhaustive]
    Ended {
        /// How it ended.
        ending: Ending,
        /// Atlas's own words for the ending: a status, an error code or a sentence.
        words: String,
    },
}

impl JobState {
    #[inline]
    pub(crate) fn failed(words: impl Into<String>) -> Self {
        JobState::ended(Ending::Failed, words)
    }

    #[inline]
    pub(crate) fn ended(ending: Ending, words: impl Into<String>) -> Self {
        JobState::Ended {
            ending,
            words: words.into(),
        }
    }
}

type Progress<T> = Box<dyn FnMut(&T) + Send>;

/// Polls a snapshot or a job until it has ended. Awaiting it returns the job as the last poll
/// returned it.
///
/// Created by the `wait` method of a call that returns one:
///
#[cfg_attr(feature = "v2", doc = "```no_run")]
#[cfg_attr(not(feature = "v2"), doc = "```ignore")]
/// # use std::time::Duration;
/// # async fn run(client: atlas_backup_api::Client, project: &str, job: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let job = client
///     .v2()
///     .get_restore_job(project, "orders", job)
///     .wait()
///     .deadline(Duration::from_secs(6 * 3600))
///     .on_progress(|job| println!("finished: {:?}", job.finished_at))
///     .await?;
/// # drop(job);
/// # Ok(())
/// # }
/// ```
///
/// - The status that means success differs by family: `completed`, `COMPLETED`, `SUCCESSFUL`,
///   `Successful` or `FINISHED`. Restore jobs of dedicated clusters have no status and are judged
///   by `finishedAt`, `failed`, `cancelled`, `expired` and their download URLs. A status that this
///   version does not know counts as in progress.
/// - A job that ends without success is an error with Atlas's own words: [`WaitError::Ended`].
/// - The delay between polls is 2 seconds at first and grows to 30. Each delay varies at random by
///   up to a fifth, so that many programs do not poll at the same moment. When few calls are left
///   before the rate limit ([`Client::rate_limit`](crate::Client::rate_limit)), the delay is the
///   longest at once.
/// - A poll that fails with a transient error (no connection, 429, 5xx, each after the retries of
///   the call) does not end the wait. The fifth failure in a row does, and so does a `Retry-After`
///   that ends after the deadline. A 404 counts as transient if the job is
///   [`just_created`](Self::just_created).
/// - Dropping the future stops polling and does not affect the job. Neither does any [`WaitError`]:
///   if the job may still be in progress, its message says how to wait for it again.
#[must_use = "nothing is asked before it is awaited"]
pub struct Wait<T> {
    call: Call,
    read: fn(&Request, &RawResponse) -> Result<T, Error>,
    state: Box<dyn Fn(&T) -> JobState + Send>,
    options: PollOptions,
    progress: Option<Progress<T>>,
}

impl<T> Wait<T> {
    #[inline]
    pub(crate) fn new(call: Call) -> Self
    where
        T: Job + Content + 'static,
    {
        let read = |request: &Request, answer: &RawResponse| {
            Ok(T::read(&request.route.name, request.enveloped(), answer)?.1)
        };
        Wait {
            call,
            read,
            state: Box::new(T::state),
            options: PollOptions::default(),
            progress: None,
        }
    }

    /// Sets the time limit for the whole wait. Default: 24 hours.
    #[inline]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// Sets the first and the longest delay between two polls. Default: 2 and 30 seconds. Values
    /// are clamped to between 10 milliseconds and 24 hours.
    #[inline]
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// States that this program created the job a moment ago. Atlas may return 404 for some time
    /// after it has created something: until a poll has seen the job, a 404 then counts as a
    /// transient failure. Without this setting, a 404 ends the wait at once, since it most likely
    /// means a wrong id.
    ///
    /// ```no_run
    /// # #[cfg(feature = "v2")]
    /// # async fn run(client: atlas_backup_api::Client, project: &str, snapshot: atlas_backup_api::ObjectId) -> Result<(), Box<dyn std::error::Error>> {
    /// # use atlas_backup_api::v2::types::RestoreJobRequest;
    /// let request = RestoreJobRequest::download(snapshot);
    /// let job = client.v2().create_restore_job(project, "orders", request).send().await?;
    /// let job = client.v2().get_restore_job(project, "orders", &job.id).wait().just_created().await?;
    /// # drop(job);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn just_created(mut self) -> Self {
        self.options = self.options.just_created(true);
        self
    }

    /// Sets a callback that is called with the job after each successful poll, the last one
    /// included.
    #[inline]
    pub fn on_progress(mut self, see: impl FnMut(&T) + Send + 'static) -> Self {
        self.progress = Some(Box::new(see));
        self
    }

    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn options(mut self, options: PollOptions) -> Self {
        self.options = options;
        self
    }

    /// Waits on while a job that has ended well still lacks something.
    #[cfg(all(feature = "v2", feature = "download"))]
    #[inline]
    pub(crate) fn unless(mut self, lacks: impl Fn(&T) -> bool + Send + 'static) -> Self
    where
        T: 'static,
    {
        let state = self.state;
        self.state = Box::new(move |job| match state(job) {
            JobState::Done if lacks(job) => JobState::Running,
            state => state,
        });
        self
    }

    #[inline]
    async fn finish(mut self) -> Result<T, WaitError<T>> {
        let mut progress = self.progress.take().unwrap_or_else(|| Box::new(|_| {}));
        self.finish_with(&mut progress).await
    }

    /// Like `finish`, with a callback that the caller keeps.
    #[inline]
    pub(crate) async fn finish_with(self, progress: &mut Progress<T>) -> Result<T, WaitError<T>> {
        let mut schedule = PollSchedule::new(&self.call.client, &self.options);
        let context = self.call.client.context();
        let mut last = None;
        loop {
            let answer = retry::send(context.clone(), schedule.bounded(&self.call.request)).await;
            match answer.and_then(|answer| (self.read)(&self.call.request, &answer)) {
                Ok(job) => {
                    schedule.succeeded();
                    progress(&job);
                    match (self.state)(&job) {
                        JobState::Running => last = Some(job),
                        JobState::Done => return Ok(job),
                        JobState::Ended { ending, words } => {
                            return Err(WaitError::ended(&self.call.request, job, ending, words));
                        }
                    }
                }
                Err(error) => {
                    let is_too_early = schedule.is_too_early(&error);
                    match schedule.failed(error) {
                        Ok(()) => {}
                        Err(error) if is_too_early => {
                            return Err(WaitError::unseen(&self.call.request, error));
                        }
                        Err(error) => {
                            return Err(WaitError::poll_failed(&self.call.request, last, error));
                        }
                    }
                }
            }
            if schedule.pause().await.is_none() {
                return Err(WaitError::deadline(
                    &self.call.request,
                    self.options.waited(),
                    last,
                    schedule.failure,
                ));
            }
        }
    }
}

impl<T: Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, WaitError<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl<T> fmt::Debug for Wait<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("request", &self.call)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
