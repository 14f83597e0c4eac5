//! What one call does differently from the client's others.

use std::time::Duration;

use crate::config::retry_policy::RetryPolicy;

/// Settings of one call; what is not set is as the client has it.
///
/// ```
/// # use std::time::Duration;
/// # use atlas_backup_api::{CallOptions, RetryPolicy};
/// let hurried = CallOptions::new().retry(RetryPolicy::never()).total_timeout(Duration::from_secs(5));
/// # drop(hurried);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "give it to a call by its `options`"]
pub struct CallOptions {
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) max_response_bytes: Option<usize>,
}

impl CallOptions {
    /// Nothing but what the client has.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// How often and when to try again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// As [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout). Zero fails at once.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// As [`ClientBuilder::total_timeout`](crate::ClientBuilder::total_timeout). Zero fails at once.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// As [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes). With zero, only an empty answer is read.
    pub fn max_response_bytes(mut self, most: usize) -> Self {
        self.max_response_bytes = Some(most);
        self
    }
}
