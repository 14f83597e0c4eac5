//! Options of one call.

use std::time::Duration;

use crate::config::retry_policy::RetryPolicy;

/// Options of one call. Each overrides a setting of the client. If an option is not set, the
/// setting of the client applies.
///
/// ```
/// # use std::time::Duration;
/// # use atlas_backup_api::{CallOptions, RetryPolicy};
/// let hurried = CallOptions::new()
///     .retry(RetryPolicy::never())
///     .total_timeout(Duration::from_secs(5));
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
    /// Creates options that override nothing.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// Sets how often and when the call is retried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets the time limit of one attempt: see
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout). With
    /// zero, the call fails at once.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the time limit of the call with all its attempts: see
    /// [`ClientBuilder::total_timeout`](crate::ClientBuilder::total_timeout). With zero,
    /// the call fails at once.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// Sets how many bytes of a response body are read at most: see
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes). With zero,
    /// only an empty response body can be read.
    pub fn max_response_bytes(mut self, most: usize) -> Self {
        self.max_response_bytes = Some(most);
        self
    }
}
