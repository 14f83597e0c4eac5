//! How often and when a call is retried.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// How often a call is attempted, and how long to wait between attempts. The chapter
/// about [retries](crate::docs::retries) has a table of the failures that are retried.
///
/// If a response has `Retry-After` (seconds or a date), the client waits that long. If it requests
/// more than [`max_retry_after`](Self::max_retry_after), the call ends with that response, and its
/// error contains the requested delay. Without `Retry-After`, the delay is random, between zero and
/// a bound that doubles with each attempt ("full jitter"), so that many clients which failed
/// together do not retry together.
///
/// ```
/// # use std::time::Duration;
/// # use atlas_backup_api::RetryPolicy;
/// let patient = RetryPolicy::new().max_attempts(8).max_backoff(Duration::from_secs(120));
/// # assert_ne!(patient, RetryPolicy::new());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "give it to a client or a call"]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    initial_rate_limit_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            max_attempts: 4,
            initial_backoff: Duration::from_millis(500),
            initial_rate_limit_backoff: Duration::from_secs(10),
            max_backoff: Duration::from_secs(60),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Creates the default policy. Each setter below states its default.
    pub fn new() -> Self {
        RetryPolicy::default()
    }

    /// Creates a policy with one attempt and no retry.
    pub fn never() -> Self {
        RetryPolicy::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, including the first. Default: 4. Zero counts as one.
    ///
    /// A 401 response that asks for credentials is part of its attempt and is not counted.
    pub fn max_attempts(mut self, max_attempts: u32) -> Self {
        self.max_attempts = max_attempts.max(1);
        self
    }

    /// Sets the upper bound of the first delay after a lost connection, a timeout, or a 408, 502,
    /// 503 or 504 response of a gateway. Each further bound is twice the previous one. Default: 500
    /// milliseconds.
    pub fn initial_backoff(mut self, delay: Duration) -> Self {
        self.initial_backoff = delay;
        self
    }

    /// Sets the upper bound of the first delay after a response that reports a rate limit. Each
    /// further bound is twice the previous one. Default: 10 seconds, as Atlas recommends.
    pub fn initial_rate_limit_backoff(mut self, delay: Duration) -> Self {
        self.initial_rate_limit_backoff = delay;
        self
    }

    /// Sets the maximum of all these bounds, including the first. Default: 60 seconds.
    pub fn max_backoff(mut self, delay: Duration) -> Self {
        self.max_backoff = delay;
        self
    }

    /// Sets the longest `Retry-After` that the client waits for. A longer one ends the call at
    /// once, because an earlier retry would be refused again;
    /// [`Error::retry_after`](crate::Error::retry_after) returns how long to wait before another
    /// call. Default: 60 seconds.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// The longest delay that a server may request.
    pub(crate) fn longest_retry_after(&self) -> Duration {
        self.max_retry_after
    }

    /// Whether a delay that a server requested is longer than the policy allows.
    pub(crate) fn is_too_long(&self, requested: Duration) -> bool {
        requested > self.max_retry_after
    }

    /// Returns the delays for one call.
    pub(crate) fn delays(&self) -> Delays {
        let growing = |first: Duration| {
            let first = first.min(self.max_backoff);
            ExponentialBuilder::new()
                .with_factor(2.0)
                .with_min_delay(first)
                .with_max_delay(self.max_backoff)
                .without_max_times()
                .build()
        };
        Delays {
            left: self.max_attempts - 1,
            usual: growing(self.initial_backoff),
            rate_limited: growing(self.initial_rate_limit_backoff),
            max_retry_after: self.max_retry_after,
        }
    }
}

/// The remaining attempts and delays of one call.
#[derive(Debug)]
pub(crate) struct Delays {
    left: u32,
    usual: ExponentialBackoff,
    rate_limited: ExponentialBackoff,
    max_retry_after: Duration,
}

impl Delays {
    /// Returns the delay before the next attempt, or `None` if there must be no further attempt.
    pub(crate) fn next(
        &mut self,
        is_rate_limit: bool,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let bound = if is_rate_limit {
            self.rate_limited.next()
        } else {
            self.usual.next()
        };
        match retry_after {
            Some(requested) => {
                Some(requested).filter(|requested| *requested <= self.max_retry_after)
            }
            // backon's own jitter only adds to the full delay, so a call would always wait for at
            // least half of the longest possible delay.
            None => Some(bound.unwrap_or_default().mul_f64(fastrand::f64())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn attempts_are_counted_with_the_first() {
        for (policy, repetitions) in [
            (RetryPolicy::new(), 3),
            (RetryPolicy::never(), 0),
            (RetryPolicy::new().max_attempts(0), 0),
            (RetryPolicy::new().max_attempts(2), 1),
        ] {
            let mut delays = policy.delays();
            assert_eq!(
                std::iter::from_fn(|| delays.next(false, None)).count(),
                repetitions,
                "{policy:?}"
            );
        }
    }

    #[test]
    fn bounds_double_up_to_the_longest() {
        let policy = RetryPolicy::new()
            .max_attempts(6)
            .initial_backoff(seconds(1))
            .max_backoff(seconds(5));
        let bounds = [1, 2, 4, 5, 5].map(seconds);
        let mut longest = [Duration::ZERO; 5];
        let mut shortest = [Duration::MAX; 5];
        for _ in 0..2000 {
            let mut delays = policy.delays();
            for (index, bound) in bounds.iter().enumerate() {
                let delay = delays.next(false, None).unwrap();
                assert!(delay <= *bound, "{delay:?} > {bound:?}");
                longest[index] = longest[index].max(delay);
                shortest[index] = shortest[index].min(delay);
            }
        }
        // The delays cover the whole range: the chance that 2000 random delays all miss the lowest
        // tenth, or all miss the highest, is 0.9 to the power of 2000.
        for (index, bound) in bounds.iter().enumerate() {
            assert!(
                longest[index] > bound.mul_f64(0.9) && shortest[index] < bound.mul_f64(0.1),
                "{longest:?} {shortest:?}"
            );
        }
    }

    #[test]
    fn a_first_delay_is_bound_too() {
        let policy = RetryPolicy::new()
            .initial_rate_limit_backoff(seconds(100))
            .max_backoff(seconds(1));
        assert!((0..100).all(|_| policy.delays().next(true, None).unwrap() <= seconds(1)));
    }

    #[test]
    fn what_is_asked_for_is_waited_for_and_nothing_beyond_the_limit() {
        let mut delays = RetryPolicy::new().max_retry_after(seconds(30)).delays();
        assert_eq!(delays.next(true, Some(seconds(7))), Some(seconds(7)));
        assert_eq!(
            delays.next(false, Some(Duration::ZERO)),
            Some(Duration::ZERO)
        );
        assert_eq!(delays.next(false, Some(seconds(30))), Some(seconds(30)));
        assert_eq!(
            delays.next(true, Some(seconds(1))),
            None,
            "three repetitions are all"
        );
        let mut delays = RetryPolicy::new().max_retry_after(seconds(30)).delays();
        assert_eq!(delays.next(true, Some(seconds(31))), None);
        assert_eq!(delays.next(false, Some(seconds(86_400))), None);
    }
}
