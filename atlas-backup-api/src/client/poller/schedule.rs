//! Decides when to poll a job next.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::client::Client;
use crate::config::call_options::CallOptions;
use crate::config::deadline::Deadline;
use crate::error::Error;
use crate::pipeline::request::Request;
use crate::wire::opaque::Opaque;

/// The shortest and the longest delay between two polls that a program may set.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How long before the deadline the last poll is sent.
const LAST_POLL: Duration = Duration::from_secs(5);

/// How many transient failures in a row end the wait.
const MAX_CONSECUTIVE_FAILURES: u32 = 5;

/// The settings of a wait.
#[derive(Clone, Debug)]
pub(crate) struct PollOptions {
    deadline: Duration,
    /// Time already spent on an earlier step, if one time limit was given for both.
    before: Duration,
    first: Duration,
    longest: Duration,
    /// Whether the job was created a moment ago.
    just_created: bool,
}

impl Default for PollOptions {
    #[inline]
    fn default() -> Self {
        let deadline = Duration::from_secs(24 * 3600);
        PollOptions {
            deadline,
            before: Duration::ZERO,
            first: Duration::from_secs(2),
            longest: Duration::from_secs(30),
            just_created: false,
        }
    }
}

impl PollOptions {
    #[inline]
    pub(crate) fn deadline(self, deadline: Duration) -> Self {
        PollOptions { deadline, ..self }
    }

    /// The whole time limit that the caller set.
    #[inline]
    pub(crate) fn waited(&self) -> Duration {
        self.before.saturating_add(self.deadline)
    }

    /// Reduces the deadline to the time that is left of it.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn left(self, left: Duration) -> Self {
        PollOptions {
            before: self.deadline.saturating_sub(left),
            deadline: left,
            ..self
        }
    }

    #[inline]
    pub(crate) fn poll_every(self, first: Duration, longest: Duration) -> Self {
        PollOptions {
            first,
            longest,
            ..self
        }
    }

    #[inline]
    pub(crate) fn just_created(self, just_created: bool) -> Self {
        PollOptions {
            just_created,
            ..self
        }
    }
}

/// The polls of one wait. It is not generic, so that it is compiled once.
pub(crate) struct PollSchedule {
    client: Client,
    deadline: Deadline,
    longest: Duration,
    delays: ExponentialBackoff,
    /// Whether the job was created a moment ago and no poll has seen it yet: then a 404 is not
    /// final.
    is_unseen: bool,
    /// The number of polls in a row that failed.
    failures: u32,
    /// The error of the last poll, if it failed.
    pub(super) failure: Option<Error>,
}

impl PollSchedule {
    #[inline]
    pub(crate) fn new(client: &Client, options: &PollOptions) -> Self {
        let longest = options.longest.clamp(SHORTEST, LONGEST);
        let first = options.first.clamp(SHORTEST, longest);
        let delays = ExponentialBuilder::new()
            .with_factor(1.5)
            .with_min_delay(first)
            .with_max_delay(longest)
            .without_max_times();
        let began = client.settings().clock.now();
        let deadline = Deadline::after(began, options.deadline);
        let is_unseen = options.just_created;
        PollSchedule {
            client: client.clone(),
            deadline,
            longest,
            delays: delays.build(),
            is_unseen,
            failures: 0,
            failure: None,
        }
    }

    /// Returns the request of a poll, with a time limit that ends no later than the wait.
    #[inline]
    pub(super) fn bounded(&self, request: &Opaque<Request>) -> Opaque<Request> {
        let mut request = request.clone();
        request.options = self.options(request.options.clone());
        request
    }

    /// Returns the options of a call, with a time limit that ends no later than the wait.
    #[inline]
    pub(crate) fn options(&self, options: CallOptions) -> CallOptions {
        let total = options
            .total_timeout
            .unwrap_or(self.client.settings().total_timeout);
        CallOptions {
            total_timeout: Some(total.min(self.left())),
            ..options
        }
    }

    /// Runs `work` until the deadline. Returns `None` if the deadline comes first.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) async fn bound<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.deadline
            .bound(&*self.client.settings().clock, work)
            .await
            .ok()
    }

    #[inline]
    pub(crate) fn left(&self) -> Duration {
        self.deadline.left(&*self.client.settings().clock)
    }

    #[inline]
    pub(crate) fn succeeded(&mut self) {
        (self.failures, self.failure, self.is_unseen) = (0, None, false);
    }

    /// Records the failure of a poll. Returns it as an error if it is final, if it is one failure
    /// in a row too many, or if its `Retry-After` ends after the deadline.
    #[inline]
    pub(crate) fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.failures += 1;
        let is_too_late = error
            .retry_after()
            .is_some_and(|requested| requested >= self.left());
        if self.failures >= MAX_CONSECUTIVE_FAILURES
            || is_too_late
            || !(is_transient(&error) || self.is_too_early(&error))
        {
            return Err(error);
        }
        self.failure = Some(error);
        Ok(())
    }

    /// The error of the last poll, if it failed.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn into_failure(self) -> Option<Error> {
        self.failure
    }

    /// Whether the error is a 404 that may only mean that Atlas does not show the new job yet.
    #[inline]
    pub(super) fn is_too_early(&self, error: &Error) -> bool {
        self.is_unseen && error.is_not_found()
    }

    /// Sleeps until the next poll is due. Returns `None` if the deadline comes first.
    #[inline]
    pub(crate) async fn pause(&mut self) -> Option<()> {
        let usual = self.delays.next().unwrap_or(self.longest);
        let usual = if self.is_allowance_low() {
            self.longest
        } else {
            usual
        };
        // Varies the delay at random by up to a fifth.
        let usual = usual.mul_f64(0.8 + 0.4 * fastrand::f64());
        let requested = self.failure.as_ref().and_then(Error::retry_after);
        let delay = requested.map_or(usual, |requested| requested.max(usual));
        let left = self.left();
        // The last poll leaves time for its response, but is never sent before `Retry-After` allows
        // it.
        let delay = if delay < left || left <= LAST_POLL {
            delay
        } else {
            (left - LAST_POLL).max(requested.unwrap_or_default())
        };
        self.client.settings().clock.sleep(delay.min(left)).await;
        (delay < left).then_some(())
    }

    /// Whether less than a tenth of the calls of this period are left, or none.
    #[inline]
    fn is_allowance_low(&self) -> bool {
        let rate_limit = self.client.rate_limit();
        rate_limit
            .and_then(|rate_limit| {
                rate_limit
                    .remaining
                    .map(|left| left == 0 || left < rate_limit.limit.unwrap_or(0) / 10)
            })
            .unwrap_or(false)
    }
}

/// Whether a retry may succeed.
#[inline]
fn is_transient(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    let unreached = match error {
        Error::Connection(_) | Error::Timeout(_) => true,
        Error::Auth(error) => error.is_connection(),
        _ => false,
    };
    unreached || error.is_rate_limited() || status.is_some_and(|status| status >= 500)
}
