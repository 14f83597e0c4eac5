//! The error of a client that cannot be created.

use std::error::Error as StdError;
use std::fmt;

use crate::error::redact;
use crate::error::truncated::Truncated;

/// A setting is invalid, or the client cannot be created in this environment.
pub struct ConfigurationError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConfigurationError {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(message: String) -> Self {
        // The message may quote the invalid value, which may be long, unless it is a secret.
        ConfigurationError {
            message: redact::clause(&message, 600),
            source: None,
        }
    }
}

/// The HTTP client could not be created, most likely because of TLS.
impl From<reqwest::Error> for ConfigurationError {
    fn from(error: reqwest::Error) -> Self {
        let message = "the HTTP client could not be set up".to_owned();
        ConfigurationError {
            message,
            source: Some(error.without_url().into()),
        }
    }
}

impl fmt::Debug for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigurationError")
            .field("message", &self.message)
            .field("source", &Truncated(&self.source, 4000))
            .finish()
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {}", self.message)
    }
}

impl StdError for ConfigurationError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
