//! The error of a call whose outcome is unknown.

use std::error::Error as StdError;
use std::fmt;

use crate::error::{Error, OperationName};

/// A call that must not be sent twice failed, and it is unknown whether Atlas carried it out: the
/// connection broke, there was no response in time, or the response was a 5xx or another one that
/// refuses nothing, such as 408. The client did not retry it, because that could do it twice. It is
/// one that creates something, or a change that is not documented as idempotent.
///
/// Check whether it was carried out (for example, list the snapshots) before you call again.
#[derive(Debug)]
pub struct AmbiguousError {
    operation: OperationName,
    failure: Error,
}

impl AmbiguousError {
    pub(crate) fn new(operation: impl Into<OperationName>, failure: Error) -> Self {
        AmbiguousError {
            operation: operation.into(),
            failure,
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not known whether this was done: ")?;
        self.failure.message(f)
    }

    /// The failure: [`Error::Connection`], [`Error::Timeout`] or [`Error::Api`].
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

/// The source of the failure. The message of the failure itself is part of this message.
impl StdError for AmbiguousError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.source()
    }
}
