//! The error of a request without a complete response.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::error::redact;
use crate::error::truncated::Truncated;
use crate::error::{OperationName, begin_with_call};

/// The maximum length of the system's message.
const LONGEST: usize = 300;

/// There was no complete response. The error sources have details.
pub struct ConnectionError {
    operation: Option<OperationName>,
    cause: Cause,
}

enum Cause {
    Http(reqwest::Error),
    /// The total timeout passed while the call waited for this. Nothing was sent.
    WaitedFor(&'static str),
}

impl ConnectionError {
    pub(crate) fn new(operation: impl Into<OperationName>, source: reqwest::Error) -> Self {
        ConnectionError {
            operation: Some(operation.into()),
            ..ConnectionError::of_request(source)
        }
    }

    /// Like `new`, for a request that is not an operation (for a token or a file).
    pub(crate) fn of_request(source: reqwest::Error) -> Self {
        // reqwest's message would contain the URL with its query.
        ConnectionError {
            operation: None,
            cause: Cause::Http(source.without_url()),
        }
    }

    /// The total timeout passed before the request was sent.
    pub(crate) fn waited_for(what: &'static str, operation: impl Into<OperationName>) -> Self {
        ConnectionError {
            operation: Some(operation.into()),
            cause: Cause::WaitedFor(what),
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path. `None` for a
    /// download and for a token request.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// Whether there was no connection, so that Atlas cannot have received the request of this
    /// attempt, which was the last. Otherwise Atlas may have carried it out. Earlier attempts are
    /// those of a call that may be repeated, and may have had another outcome.
    pub fn is_connect(&self) -> bool {
        match &self.cause {
            Cause::Http(source) => source.is_connect(),
            Cause::WaitedFor(_) => true,
        }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        match &self.cause {
            Cause::Http(source) => source.is_timeout(),
            Cause::WaitedFor(_) => true,
        }
    }

    /// Whether the connection was refused, because no process listens at the address.
    pub(crate) fn is_refused(&self) -> bool {
        let Cause::Http(source) = &self.cause else {
            return false;
        };
        // A connection that breaks later can have the same error kind, so it must also be a connect
        // error.
        let root = root(source).downcast_ref::<io::Error>();
        source.is_connect()
            && root.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

impl ConnectionError {
    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.cause {
            Cause::WaitedFor(what) => return write!(f, "not sent: no {what} in time"),
            Cause::Http(source) => source,
        };
        let what = match (source.is_timeout(), source.is_connect()) {
            (true, true) => "no connection in time",
            (true, false) => "no complete response in time",
            (false, true) => "no connection",
            (false, false) => "no complete response",
        };
        f.write_str(what)?;
        // The innermost source of a timeout only repeats "timed out".
        if source.is_timeout() {
            Ok(())
        } else {
            write!(
                f,
                ": {}",
                redact::clause(&root(source).to_string(), LONGEST)
            )
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

impl fmt::Debug for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause: &dyn fmt::Debug = match &self.cause {
            Cause::Http(source) => source,
            Cause::WaitedFor(what) => what,
        };
        f.debug_struct("ConnectionError")
            .field("operation", &self.operation)
            .field("cause", &Truncated(cause, 4000))
            .finish()
    }
}

/// The innermost source. The outer errors only name the layer that failed.
fn root(error: &reqwest::Error) -> &(dyn StdError + 'static) {
    let mut root: &(dyn StdError + 'static) = error;
    while let Some(deeper) = root.source() {
        root = deeper;
    }
    root
}

impl StdError for ConnectionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            Cause::Http(source) => Some(source),
            Cause::WaitedFor(_) => None,
        }
    }
}
