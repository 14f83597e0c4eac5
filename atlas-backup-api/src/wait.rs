//! Jobs, until they end.

mod error;
mod stage;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::call_options::CallOptions;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::request::{Content, Request};
use crate::transport::{self, Answer};

pub use error::{Ending, WaitError};
pub(crate) use stage::{Job, Stage};

/// How long before the deadline the job is looked at for the last time.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// Bounds of what a program may ask for between two polls.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How many polls in a row may fail for the moment before it is believed.
const PATIENCE: u32 = 5;

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
/// - A poll that fails for the moment (no connection, 429, 5xx, each after the retries of the call) does not end it; the fifth in a row does.
/// - Dropping it stops the waiting and changes nothing for the job.
#[must_use = "nothing is asked before it is awaited"]
pub struct Wait<T> {
    request: Request,
    read: fn(&Request, &Answer) -> Result<T, Error>,
    stage: fn(&T) -> Stage,
    settings: Settings,
    progress: Option<Progress<T>>,
}

/// How to wait.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    deadline: Duration,
    /// How long was waited for something else before, of a time that was given for both.
    before: Duration,
    first: Duration,
    longest: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let deadline = Duration::from_secs(24 * 3600);
        Settings { deadline, before: Duration::ZERO, first: Duration::from_secs(2), longest: Duration::from_secs(30) }
    }
}

impl Settings {
    pub(crate) fn deadline(self, deadline: Duration) -> Self {
        Settings { deadline, ..self }
    }

    /// The whole time that was given.
    pub(crate) fn waited(&self) -> Duration {
        self.before.saturating_add(self.deadline)
    }

    /// With what is left of the deadline.
    #[cfg(feature = "v2")]
    pub(crate) fn left(self, left: Duration) -> Self {
        Settings { before: self.deadline.saturating_sub(left), deadline: left, ..self }
    }

    pub(crate) fn poll_every(self, first: Duration, longest: Duration) -> Self {
        Settings { first, longest, ..self }
    }
}

impl<T> Wait<T> {
    pub(crate) fn new(request: Request) -> Self
    where
        T: Job + Content,
    {
        let read = |request: &Request, answer: &Answer| Ok(T::read(request.operation, request.enveloped(), answer)?.1);
        Wait { request, read, stage: T::stage, settings: Settings::default(), progress: None }
    }

    /// Gives up after this time. Default: 24 hours.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings = self.settings.deadline(time);
        self
    }

    /// The first time to wait between two polls, and the longest. Default: 2 and 30 seconds. At least 10 milliseconds, at most a day.
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.settings = self.settings.poll_every(first, longest);
        self
    }

    /// Is shown the job after each poll that brought it, the last one included.
    pub fn on_progress(mut self, see: impl FnMut(&T) + Send + 'static) -> Self {
        self.progress = Some(Box::new(see));
        self
    }

    #[cfg(feature = "v2")]
    pub(crate) fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    async fn finish(mut self) -> Result<T, WaitError<T>> {
        let mut progress = self.progress.take().unwrap_or_else(|| Box::new(|_| {}));
        self.finish_with(&mut progress).await
    }

    /// The same with a callback that outlives it.
    pub(crate) async fn finish_with(self, progress: &mut Progress<T>) -> Result<T, WaitError<T>> {
        let mut pace = Pace::new(&self.request.client, &self.settings);
        let mut last = None;
        loop {
            let answer = transport::execute(pace.bounded(&self.request)).await;
            match answer.and_then(|answer| (self.read)(&self.request, &answer)) {
                Ok(job) => {
                    pace.succeeded();
                    progress(&job);
                    match (self.stage)(&job) {
                        Stage::Running => last = Some(job),
                        Stage::Done => return Ok(job),
                        Stage::Ended(ending, words) => return Err(WaitError::ended(&self.request, job, ending, words)),
                    }
                }
                Err(error) => pace.failed(error).map_err(WaitError::Call)?,
            }
            if pace.pause().await.is_none() {
                return Err(WaitError::deadline(&self.request, self.settings.waited(), last, pace.failure));
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
        f.debug_struct("Wait").field("request", &self.request).field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// When to ask next. Not generic.
pub(crate) struct Pace {
    client: Client,
    deadline: Deadline,
    longest: Duration,
    delays: ExponentialBackoff,
    /// Polls that failed in a row.
    failures: u32,
    /// How the last poll failed, if it did.
    failure: Option<Error>,
}

impl Pace {
    pub(crate) fn new(client: &Client, settings: &Settings) -> Self {
        let longest = settings.longest.clamp(SHORTEST, LONGEST);
        let first = settings.first.clamp(SHORTEST, longest);
        let delays = ExponentialBuilder::new().with_factor(1.5).with_min_delay(first).with_max_delay(longest).without_max_times();
        let began = client.shared().clock.now();
        let deadline = Deadline::after(began, settings.deadline);
        Pace { client: client.clone(), deadline, longest, delays: delays.build(), failures: 0, failure: None }
    }

    /// The call that asks, which must not outlast the waiting.
    fn bounded(&self, request: &Request) -> Request {
        let mut request = request.clone();
        request.options = self.options(request.options);
        request
    }

    /// The options of a call that must not outlast the waiting.
    pub(crate) fn options(&self, options: CallOptions) -> CallOptions {
        let total = options.total_timeout.unwrap_or(self.client.shared().total_timeout);
        CallOptions { total_timeout: Some(total.min(self.left())), ..options }
    }

    /// Work that must not either; None where it would.
    #[cfg(feature = "v2")]
    pub(crate) async fn bound<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.deadline.bound(&*self.client.shared().clock, work).await.ok()
    }

    pub(crate) fn left(&self) -> Duration {
        self.deadline.left(&*self.client.shared().clock)
    }

    fn succeeded(&mut self) {
        (self.failures, self.failure) = (0, None);
    }

    /// Takes the failure of a poll, unless it is one to believe.
    fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.failures += 1;
        if self.failures >= PATIENCE || !is_momentary(&error) {
            return Err(error);
        }
        self.failure = Some(error);
        Ok(())
    }

    /// Waits until it is time to ask again; None when the deadline comes first.
    pub(crate) async fn pause(&mut self) -> Option<()> {
        let usual = self.delays.next().unwrap_or(self.longest);
        let usual = if self.is_allowance_low() { self.longest } else { usual };
        // A fifth less or more.
        let usual = usual.mul_f64(0.8 + 0.4 * fastrand::f64());
        let asked = self.failure.as_ref().and_then(Error::retry_after);
        let delay = asked.map_or(usual, |asked| asked.max(usual));
        let left = self.left();
        // The last look leaves time for its answer.
        let delay = if delay < left || left <= LAST_LOOK { delay } else { left - LAST_LOOK };
        self.client.shared().clock.sleep(delay.min(left)).await;
        (delay < left).then_some(())
    }

    /// Less than a tenth of the calls of this period are left, or none.
    fn is_allowance_low(&self) -> bool {
        let said = self.client.rate_limit();
        said.and_then(|said| said.remaining.map(|left| left == 0 || left < said.limit.unwrap_or(0) / 10)).unwrap_or(false)
    }
}

/// Whether asking again may do better.
pub(crate) fn is_momentary(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    let unreached = match error {
        Error::Connection(_) | Error::Timeout(_) => true,
        Error::Auth(error) => error.is_connection(),
        _ => false,
    };
    unreached || error.is_rate_limited() || status.is_some_and(|status| status >= 500)
}
