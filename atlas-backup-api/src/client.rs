//! What a program holds to call Atlas.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::client_builder::ClientBuilder;
use crate::error::Error;

/// A connection pool to one Atlas, and how to use it.
///
/// Cloning is cheap and shares the pool; one client serves all tasks of a program.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What all clones have in common.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: BaseUrl,
    /// From the first byte sent to the last one received, for one attempt.
    pub(crate) timeout: Duration,
}

impl Client {
    /// A client with the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new() -> Result<Self, Error> {
        Client::builder().build()
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

    pub(crate) fn from_shared(shared: Shared) -> Self {
        Client { shared: Arc::new(shared) }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url.as_str())
            .field("timeout", &self.shared.timeout)
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
        let client = Client::builder().base_url("https://cloud.mongodbgov.com/").build().unwrap();
        assert_eq!(format!("{client:?}"), r#"Client { base_url: "https://cloud.mongodbgov.com", timeout: 60s, .. }"#);
    }
}
