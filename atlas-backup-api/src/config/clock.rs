//! The clock, which tests of backoff, expiry and deadlines can replace.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// The future that [`Clock::sleep`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock for the delays between attempts and between polls, the expiry of tokens, total timeouts
/// and the deadlines of jobs.
///
/// A client uses the system's clock unless [`ClientBuilder::clock`](crate::ClientBuilder::clock)
/// sets another one, for example in a test that should not wait. The timeouts of sockets always use
/// the system's clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the current time, which never goes backwards.
    fn now(&self) -> Instant;

    /// Returns a future that completes when `time` has passed.
    fn sleep(&self, time: Duration) -> Sleep;
}

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(time))
    }
}
