//! No answer came, or only part of one.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::operation::Operation;

/// Why no complete answer came. Its sources tell more.
#[derive(Debug)]
pub struct ConnectionError {
    operation: &'static str,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Http(reqwest::Error),
    /// The total timeout passed while this was waited for; nothing was sent.
    WaitedFor(&'static str),
}

impl ConnectionError {
    pub(crate) fn new(operation: &Operation, source: reqwest::Error) -> Self {
        ConnectionError::of(operation.id, source)
    }

    /// The same, of a request that is no operation.
    pub(crate) fn of(name: &'static str, source: reqwest::Error) -> Self {
        // Its message would end in the URL, query and all.
        ConnectionError { operation: name, cause: Cause::Http(source.without_url()) }
    }

    /// The total timeout has passed before anything was sent.
    pub(crate) fn waited_for(what: &'static str, operation: &Operation) -> Self {
        ConnectionError { operation: operation.id, cause: Cause::WaitedFor(what) }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`.
    pub fn operation(&self) -> &str {
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
        let Cause::Http(source) = &self.cause else { return false };
        // A broken connection, too, can end in an error of that family: only one in connecting counts.
        let root = root(source).downcast_ref::<io::Error>();
        source.is_connect() && root.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.cause {
            Cause::WaitedFor(what) => return write!(f, "{}: not sent: no {what} in time", self.operation),
            Cause::Http(source) => source,
        };
        let what = match (source.is_timeout(), source.is_connect()) {
            (true, true) => "no connection in time",
            (true, false) => "no complete answer in time",
            (false, true) => "no connection",
            (false, false) => "no complete answer",
        };
        write!(f, "{}: {what}", self.operation)?;
        // The root of a timeout only says "timed out" again.
        if source.is_timeout() { Ok(()) } else { write!(f, ": {}", root(source)) }
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
