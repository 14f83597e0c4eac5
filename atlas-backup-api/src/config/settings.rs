//! The settings of a client, and what all of its clones share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::config::base_url::BaseUrl;
use crate::config::clock::Clock;
use crate::config::retry_policy::RetryPolicy;
use crate::http::rate_limit::RateLimit;

/// What all clones have in common.
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: BaseUrl,
    pub(crate) retry: RetryPolicy,
    /// For one exchange, from the first byte sent to the last one received.
    pub(crate) attempt_timeout: Duration,
    /// For one call, waiting included.
    pub(crate) total_timeout: Duration,
    /// Of a success; a longer one is an error.
    pub(crate) max_response_bytes: usize,
    pub(crate) clock: Arc<dyn Clock>,
    /// As many as there may be exchanges at a time; None where there is no limit.
    pub(crate) permits: Option<Semaphore>,
    pub(crate) rate_limit: Mutex<Option<RateLimit>>,
}

impl Settings {
    /// Keeps what the last answer said; one that says nothing changes nothing.
    pub(crate) fn note_rate_limit(&self, said: Option<RateLimit>) {
        if said.is_some() {
            *self
                .rate_limit
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = said;
        }
    }
}
