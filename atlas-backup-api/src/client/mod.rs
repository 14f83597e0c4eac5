//! The client, and the calls, lists and waits that are made with it.

pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod call_macro;
pub(crate) mod pager;
pub(crate) mod poller;
pub(crate) mod raw_call;
pub(crate) mod sending;

use std::fmt;
use std::sync::{Arc, PoisonError};

use crate::auth::Credentials;
use crate::config::settings::Settings;
use crate::config::statistics::Statistics;
use crate::error::Error;
use crate::http::rate_limit::RateLimit;
use crate::pipeline::context::Context;

/// A client for one Atlas deployment: a connection pool, credentials and settings.
///
/// Cloning is cheap, and clones share everything: connections, tokens, nonces and limits. One
/// client serves all tasks of a program. Two clients that were built separately share nothing.
#[derive(Clone)]
pub struct Client {
    context: Arc<Context>,
}

impl Client {
    /// Creates a client with these credentials and the defaults of [`ClientBuilder`](crate::ClientBuilder).
    ///
    /// # Errors
    ///
    /// Fails as [`ClientBuilder::build`](crate::ClientBuilder::build) does.
    pub fn new(credentials: Credentials) -> Result<Self, Error> {
        Client::builder().credentials(credentials).build()
    }

    /// Creates a client with the credentials and the base URL from the environment, and defaults
    /// otherwise.
    ///
    /// See [`Credentials::from_env`] for the names of the variables. If `MONGODB_ATLAS_BASE_URL` is
    /// set, it is the base URL of the Atlas to call.
    ///
    /// # Errors
    ///
    /// Fails as [`Credentials::from_env`] and [`ClientBuilder::build`](crate::ClientBuilder::build) do.
    #[inline]
    pub fn from_env() -> Result<Self, Error> {
        Client::builder().from_env()?.build()
    }

    /// Returns the rate limit from the last response that carried one, or `None` if none has yet.
    #[inline]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.settings()
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns what this client and its clones have done since it was built, for a program's
    /// metrics.
    #[inline]
    pub fn statistics(&self) -> Statistics {
        *self.settings().counters.lock()
    }

    #[inline]
    pub(crate) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    #[inline]
    pub(crate) fn settings(&self) -> &Settings {
        &self.context.settings
    }
}

/// Prints the base URL, the kind of credentials and the timeouts, but no secret.
impl fmt::Debug for Client {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.settings().base_url.as_str())
            .field("credentials", &format_args!("{}", self.context.auth.name()))
            .field("attempt_timeout", &self.settings().attempt_timeout)
            .field("total_timeout", &self.settings().total_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_shared() {
        fn check<T: Clone + Send + Sync + fmt::Debug + 'static>() {}
        check::<Client>();
    }

    #[test]
    fn debug_says_where_it_calls() {
        let builder = Client::builder().base_url("https://cloud.mongodbgov.com/");
        let client = builder
            .credentials(Credentials::service_account("id", "hunter2"))
            .build()
            .unwrap();
        assert_eq!(
            format!("{client:?}"),
            "Client { base_url: \"https://cloud.mongodbgov.com\", credentials: a service account, attempt_timeout: 60s, \
             total_timeout: 300s, .. }"
        );
    }
}
