//! No answer came, or only part of one.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::error::begin_with_call;
use crate::error::redact;
use crate::error::truncated::Truncated;

/// How much is shown of what the system says.
const LONGEST: usize = 300;

/// Why no complete answer came. Its sources tell more.
pub struct ConnectionError {
    operation: Option<&'static str>,
    cause: Cause,
}

enum Cause {
    Http(reqwest::Error),
    /// The total timeout passed while this was waited for; nothing was sent.
    WaitedFor(&'static str),
}

impl ConnectionError {
    pub(crate) fn new(operation: &'static str, source: reqwest::Error) -> Self {
        ConnectionError {
            operation: Some(operation),
            ..ConnectionError::of_request(source)
        }
    }

    /// The same, of a request that is no operation: for a token, or for a file.
    pub(crate) fn of_request(source: reqwest::Error) -> Self {
        // Its message would end in the URL, query and all.
        ConnectionError {
            operation: None,
            cause: Cause::Http(source.without_url()),
        }
    }

    /// The total timeout has passed before anything was sent.
    pub(crate) fn waited_for(what: &'static str, operation: &'static str) -> Self {
        ConnectionError {
            operation: Some(operation),
            cause: Cause::WaitedFor(what),
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`. None of a download, and of a request for a token.
    pub fn operation(&self) -> Option<&str> {
        self.operation
    }

    /// Whether no connection was made, so that Atlas cannot have seen the request. Otherwise it may have acted on it.
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

    /// Whether nobody listens at the address.
    pub(crate) fn is_refused(&self) -> bool {
        let Cause::Http(source) = &self.cause else {
            return false;
        };
        // A broken connection, too, can end in an error of that family: only one in connecting counts.
        let root = root(source).downcast_ref::<io::Error>();
        source.is_connect()
            && root.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

impl ConnectionError {
    /// The message without the call.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.cause {
            Cause::WaitedFor(what) => return write!(f, "not sent: no {what} in time"),
            Cause::Http(source) => source,
        };
        let what = match (source.is_timeout(), source.is_connect()) {
            (true, true) => "no connection in time",
            (true, false) => "no complete answer in time",
            (false, true) => "no connection",
            (false, false) => "no complete answer",
        };
        f.write_str(what)?;
        // The root of a timeout only says "timed out" again.
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
        begin_with_call(f, self.operation)?;
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

/// What lies at the bottom of it; what stands above only says which part of the machinery failed.
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
