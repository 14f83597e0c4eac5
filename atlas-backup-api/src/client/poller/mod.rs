//! Jobs, until they end.

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
pub(crate) use error::Standing;
pub use error::{Ending, WaitError};
pub(crate) use schedule::{PollOptions, PollSchedule};

/// What can be waited for.
pub(crate) trait Job {
    fn state(&self) -> JobState;
}

/// How far a job is.
#[derive(Debug, PartialEq)]
pub(crate) enum JobState {
    Running,
    Done,
    /// It did not do what it was for, in Atlas's words.
    Ended(Ending, String),
}

impl JobState {
    pub(crate) fn failed(words: impl Into<String>) -> Self {
        JobState::Ended(Ending::Failed, words.into())
    }
}

type Progress<T> = Box<dyn FnMut(&T) + Send>;

/// Asks again and again how far a snapshot or a job is, until it has ended: awaited, it gives the job as it was last seen.
///
/// Made by `wait` of a call that returns one:
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
/// - What counts as the end differs by family, as their words do: `completed`, `COMPLETED`, `SUCCESSFUL`, `Successful`, `FINISHED`; restore jobs
///   of dedicated clusters have no word, and are judged by `finishedAt`, `failed`, `cancelled`, `expired` and their download URLs. A word that
///   this version does not know is waited out.
/// - A job that ended badly is an error, with Atlas's own words: [`WaitError::Ended`].
/// - Between polls it waits 2 seconds at first, then longer each time, up to 30, each time a little more or less, so that many
///   programs do not ask at once. When little is left of the allowance of calls ([`Client::rate_limit`](crate::Client::rate_limit)), it waits
///   the longest time at once.
/// - A poll that fails for the moment (no connection, 429, 5xx, each after the retries of the call) does not end it; the fifth in a row does, and
///   one that asks to wait until after the deadline (`Retry-After`). So does a 404, where the job is said to be
///   [`just_created`](Self::just_created).
/// - Dropping it stops the waiting and changes nothing for the job. Neither does any [`WaitError`]: where the job may go on, its message says
///   how to go on waiting.
#[must_use = "nothing is asked before it is awaited"]
pub struct Wait<T> {
    call: Call,
    read: fn(&Request, &RawResponse) -> Result<T, Error>,
    state: fn(&T) -> JobState,
    options: PollOptions,
    progress: Option<Progress<T>>,
}

impl<T> Wait<T> {
    pub(crate) fn new(call: Call) -> Self
    where
        T: Job + Content,
    {
        let read = |request: &Request, answer: &RawResponse| {
            Ok(T::read(request.operation, request.enveloped(), answer)?.1)
        };
        Wait {
            call,
            read,
            state: T::state,
            options: PollOptions::default(),
            progress: None,
        }
    }

    /// Gives up after this time. Default: 24 hours.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// The first time to wait between two polls, and the longest. Default: 2 and 30 seconds. At least 10 milliseconds, at most a day.
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// Says that the job was made a moment ago, by this program. Atlas may answer with 404 for some time after it has made something: until
    /// the job has been seen, that is then treated as a failure for the moment. Without it, a 404 ends the waiting at once, as it most likely
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
    pub fn just_created(mut self) -> Self {
        self.options = self.options.just_created(true);
        self
    }

    /// Is shown the job after each poll that brought it, the last one included.
    pub fn on_progress(mut self, see: impl FnMut(&T) + Send + 'static) -> Self {
        self.progress = Some(Box::new(see));
        self
    }

    #[cfg(feature = "v2")]
    pub(crate) fn options(mut self, options: PollOptions) -> Self {
        self.options = options;
        self
    }

    async fn finish(mut self) -> Result<T, WaitError<T>> {
        let mut progress = self.progress.take().unwrap_or_else(|| Box::new(|_| {}));
        self.finish_with(&mut progress).await
    }

    /// The same with a callback that outlives it.
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
                        JobState::Ended(ending, words) => {
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
                            return Err(WaitError::asking_failed(&self.call.request, last, error));
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

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("request", &self.call)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
