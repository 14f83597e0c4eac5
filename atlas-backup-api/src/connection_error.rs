//! No answer came, or only part of one.

use std::error::Error as StdError;
use std::fmt;

use crate::operation::Operation;

/// Why no complete answer came. Its sources tell more.
#[derive(Debug)]
pub struct ConnectionError {
    operation: &'static str,
    source: reqwest::Error,
}

impl ConnectionError {
    pub(crate) fn new(operation: &Operation, source: reqwest::Error) -> Self {
        // Its message would end in the URL, query and all.
        ConnectionError { operation: operation.id, source: source.without_url() }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// Whether no connection was made, so that Atlas cannot have seen the request. Otherwise it may have acted on it.
    pub fn is_connect(&self) -> bool {
        self.source.is_connect()
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.source.is_timeout()
    }

    /// What lies at the bottom of it; what stands above only says which part of the machinery failed.
    fn root(&self) -> &dyn StdError {
        let mut root: &dyn StdError = &self.source;
        while let Some(deeper) = root.source() {
            root = deeper;
        }
        root
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.is_timeout(), self.is_connect()) {
            (true, true) => "no connection in time",
            (true, false) => "no complete answer in time",
            (false, true) => "no connection",
            (false, false) => "no complete answer",
        };
        write!(f, "{}: {what}", self.operation)?;
        // The root of a timeout only says "timed out" again.
        if self.is_timeout() { Ok(()) } else { write!(f, ": {}", self.root()) }
    }
}

impl StdError for ConnectionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}
