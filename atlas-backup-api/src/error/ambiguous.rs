//! A request that may or may not have been acted on.

use std::error::Error as StdError;
use std::fmt;

use crate::error::Error;

/// A call that makes or changes something failed in a way that leaves open whether Atlas did it: the connection broke, no
/// answer came in time, or a 5xx came. It was not sent again, as that could do it twice.
///
/// Look whether it was done (list the snapshots, for example) before calling again.
#[derive(Debug)]
pub struct AmbiguousError {
    operation: &'static str,
    failure: Error,
}

impl AmbiguousError {
    pub(crate) fn new(operation: &'static str, failure: Error) -> Self {
        AmbiguousError { operation, failure }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// The message without the call.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not known whether this was done: ")?;
        self.failure.message(f)
    }

    /// How it failed: [`Error::Connection`], [`Error::Timeout`] or [`Error::Api`].
    pub fn failure(&self) -> &Error {
        &self.failure
    }
}

impl fmt::Display for AmbiguousError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        self.message(f)
    }
}

/// What lies below the failure, whose message is part of this one's.
impl StdError for AmbiguousError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.source()
    }
}
