//! What a program holds to call Atlas.

pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod call_macro;
pub(crate) mod pager;
pub(crate) mod poller;

use std::fmt;
use std::sync::{Arc, PoisonError};

use crate::auth::Credentials;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::http::rate_limit::RateLimit;
use crate::pipeline::context::Context;

/// A connection pool to one Atlas, who calls it, and how.
///
/// Cloning is cheap and shares all of it: connections, tokens, nonces and limits. One client serves all tasks of a program.
/// Two clients that were built apart share nothing.
#[derive(Clone)]
pub struct Client {
    context: Arc<Context>,
}

impl Client {
    /// A client with the defaults of [`ClientBuilder`] and these credentials.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(credentials: Credentials) -> Result<Self, Error> {
        Client::builder().credentials(credentials).build()
    }

    /// A client with the credentials and the base URL of the environment, and defaults otherwise.
    ///
    /// See [`Credentials::from_env`] for the names of the variables. `MONGODB_ATLAS_BASE_URL`, where it is set, says which
    /// Atlas to call.
    ///
    /// # Errors
    ///
    /// As [`Credentials::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Client::builder().from_env()?.build()
    }

    /// What the last answer that spoke of it said about the allowance of calls; None before there was one.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.settings()
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.context.settings
    }
}

/// Where it calls, as what, and for how long; no secret.
impl fmt::Debug for Client {
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
