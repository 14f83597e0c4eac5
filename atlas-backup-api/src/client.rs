//! What a program holds to call Atlas.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::auth::{Auth, Credentials};
use crate::base_url::BaseUrl;
use crate::client_builder::ClientBuilder;
use crate::clock::Clock;
use crate::error::Error;
use crate::rate_limit::RateLimit;
use crate::retry_policy::RetryPolicy;

/// A connection pool to one Atlas, who calls it, and how.
///
/// Cloning is cheap and shares all of it: connections, tokens, nonces and limits. One client serves all tasks of a program.
/// Two clients that were built apart share nothing.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What all clones have in common.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: BaseUrl,
    pub(crate) auth: Auth,
    pub(crate) retry: RetryPolicy,
    /// For one exchange, from the first byte sent to the last one received.
    pub(crate) attempt_timeout: Duration,
    /// For one call, waiting included.
    pub(crate) total_timeout: Duration,
    /// Of a success; a longer one is an error.
    pub(crate) max_response_bytes: usize,
    pub(crate) clock: Arc<dyn Clock>,
    /// As many as there may be exchanges at a time; None where there is no limit.
    pub(crate) places: Option<Semaphore>,
    pub(crate) rate_limit: Mutex<Option<RateLimit>>,
}

impl Shared {
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

    /// A client with settings of your own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The operations of API v1.0, all of which Atlas has deprecated.
    #[cfg(feature = "v1")]
    pub fn v1(&self) -> crate::v1::Api {
        crate::v1::Api::new(self.clone())
    }

    /// The operations of API v2.
    #[cfg(feature = "v2")]
    pub fn v2(&self) -> crate::v2::Api {
        crate::v2::Api::new(self.clone())
    }

    /// Fetches files from where Atlas says that they are.
    #[cfg(feature = "download")]
    pub fn download(&self) -> crate::Download {
        crate::Download::new(self.clone())
    }

    /// What the last answer that spoke of it said about the allowance of calls; None before there was one.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.shared
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn from_shared(shared: Shared) -> Self {
        Client {
            shared: Arc::new(shared),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

/// Where it calls, as what, and for how long; no secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url.as_str())
            .field("credentials", &format_args!("{}", self.shared.auth.name()))
            .field("attempt_timeout", &self.shared.attempt_timeout)
            .field("total_timeout", &self.shared.total_timeout)
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
