//! What time it is, and waiting for it to pass: a seam for tests of backoff, expiry and deadlines.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// A wait, as [`Clock::sleep`] returns it.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock that delays between attempts, the expiry of tokens and total timeouts go by.
///
/// A client has the system's unless [`ClientBuilder::clock`](crate::ClientBuilder::clock) gives it another, as a test does
/// that would rather not wait. The timeouts of sockets always go by the system's clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Now. It never goes back.
    fn now(&self) -> Instant;

    /// Ends when so much time has passed.
    fn sleep(&self, time: Duration) -> Sleep;
}

/// The system's.
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
