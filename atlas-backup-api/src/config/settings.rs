//! The settings of a client, which all of its clones share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::config::base_url::BaseUrl;
use crate::config::clock::Clock;
use crate::config::pacing::Pacing;
use crate::config::retry_policy::RetryPolicy;
use crate::config::statistics::Counters;
use crate::config::warned::Warned;
use crate::http::rate_limit::RateLimit;

/// The settings of a client and the state that its clones share.
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: BaseUrl,
    pub(crate) retry: RetryPolicy,
    /// The time limit of one exchange, from the first byte sent to the last byte received.
    pub(crate) attempt_timeout: Duration,
    /// The time limit of one call, including delays.
    pub(crate) total_timeout: Duration,
    /// The maximum length of the body of a success response; a longer body is an error.
    pub(crate) max_response_bytes: usize,
    pub(crate) clock: Arc<dyn Clock>,
    /// One permit for each exchange that may be in progress at the same time. `None` if there is no
    /// limit.
    pub(crate) permits: Option<Semaphore>,
    /// Holds requests back while none are left of a rate limit. `None` if that was not asked for.
    pub(crate) pacing: Option<Pacing>,
    pub(crate) rate_limit: Mutex<Option<RateLimit>>,
    pub(crate) counters: Counters,
    /// The deprecated operations that were warned about.
    pub(crate) warned: Warned,
}

impl Settings {
    /// Stores the rate limit of the last response. `None` (a response without one) changes nothing.
    pub(crate) fn set_rate_limit(&self, rate_limit: Option<RateLimit>) {
        if rate_limit.is_some() {
            *self
                .rate_limit
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = rate_limit;
        }
    }
}
