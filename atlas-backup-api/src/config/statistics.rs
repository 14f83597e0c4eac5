//! What a client has done since it was built.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a client and its clones have done since the client was built:
/// [`Client::statistics`](crate::Client::statistics). All numbers are of one moment, and none ever
/// gets smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls of the API, each page of a list and each poll of a wait included. Calls that were
    /// refused because of an invalid argument are not counted.
    pub calls: u64,
    /// Attempts of these calls. Those beyond the number of calls are retries.
    pub attempts: u64,
    /// HTTP requests to the API for these attempts: an attempt is repeated at once if the server
    /// has a new challenge, or refuses a token. Requests for tokens are not counted.
    pub requests: u64,
    /// How long calls have waited before their retries, all together. The time between two polls is
    /// not included.
    pub waited: Duration,
    /// How long attempts were held back because other requests in progress had taken what was left of
    /// a rate limit, or nothing was left, all together. Zero unless
    /// [`ClientBuilder::pace`](crate::ClientBuilder::pace) was set.
    pub paced: Duration,
    /// The bytes of all request bodies.
    pub bytes_sent: u64,
    /// The bytes of all complete response bodies.
    pub bytes_received: u64,
    /// The bytes of files that were received from download hosts.
    pub bytes_downloaded: u64,
}

/// Counts what a client does.
#[derive(Default)]
pub(crate) struct Counters(Mutex<Statistics>);

impl Counters {
    /// The counts, to be read or increased.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Statistics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
