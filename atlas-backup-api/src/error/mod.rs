//! Everything that can go wrong with a call.

pub(crate) mod ambiguous;
pub(crate) mod api;
pub(crate) mod auth;
pub(crate) mod configuration;
pub(crate) mod connection;
pub(crate) mod decode;
pub(crate) mod invalid_argument;
pub(crate) mod redact;
mod rust_name;
pub(crate) mod truncated;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::error::ambiguous::AmbiguousError;
use crate::error::api::ApiError;
use crate::error::auth::AuthError;
use crate::error::configuration::ConfigurationError;
use crate::error::connection::ConnectionError;
use crate::error::decode::DecodeError;
use crate::error::invalid_argument::InvalidArgument;
use crate::wire::invalid_id::InvalidId;

/// Why a call failed.
///
/// Its message is one line of at most 2,000 characters that begins with the call, `getSnapshot: 404 Not Found (…)`, and holds no
/// secret. A configuration belongs to no call. `Debug` is bounded too; what else the server said, the accessors have.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// An argument breaks a rule; nothing was sent.
    InvalidArgument(Box<InvalidArgument>),
    /// No complete answer came, however often it was tried. Of a call that makes or changes something, nothing was sent,
    /// or nothing that Atlas lets in: otherwise it would be `Ambiguous`.
    Connection(ConnectionError),
    /// No complete answer came in time. Otherwise as `Connection`.
    Timeout(ConnectionError),
    /// Atlas, or a gateway in front of it, answered with something else than success.
    Api(Box<ApiError>),
    /// The credentials were refused (401), or no token was to be had for them. Nothing was done.
    Auth(AuthError),
    /// A call that makes or changes something was sent, and its outcome is not known. Look before calling again.
    Ambiguous(Box<AmbiguousError>),
    /// Atlas answered with success, in a form this version does not understand.
    Decode(Box<DecodeError>),
    /// A client could not be made as asked.
    Configuration(ConfigurationError),
}

impl Error {
    /// The operation that was called, as the documents name it: `takeSnapshot`. None of a configuration, and of an id or a body that a
    /// program checked itself.
    pub fn operation(&self) -> Option<&str> {
        match self {
            Error::InvalidArgument(error) => error.operation(),
            Error::Connection(error) | Error::Timeout(error) => error.operation(),
            Error::Api(error) => error.operation(),
            Error::Auth(error) => error.operation(),
            Error::Ambiguous(error) => Some(error.operation()),
            Error::Decode(error) => Some(error.operation()),
            Error::Configuration(_) => None,
        }
    }

    /// The message without the call, for messages that name it already.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidArgument(error) => error.message(f),
            Error::Connection(error) | Error::Timeout(error) => error.message(f),
            Error::Api(error) => error.message(f),
            Error::Auth(error) => error.message(f),
            Error::Ambiguous(error) => error.message(f),
            Error::Decode(error) => error.message(f),
            Error::Configuration(error) => write!(f, "{error}"),
        }
    }

    /// The status of the answer, where one came.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api(error) => Some(error.status()),
            Error::Auth(error) => error.status(),
            Error::Ambiguous(error) => error.failure().status(),
            Error::Decode(error) => Some(error.status()),
            _ => None,
        }
    }

    /// Atlas's word for what went wrong, for example `CLUSTER_NOT_FOUND`.
    pub fn error_code(&self) -> Option<&str> {
        self.api_error().and_then(ApiError::error_code)
    }

    /// Whether Atlas answered that there is no such thing (404).
    pub fn is_not_found(&self) -> bool {
        self.api_error()
            .is_some_and(|error| error.status() == StatusCode::NOT_FOUND)
    }

    /// Whether Atlas refused the call for coming too soon after others: a 429, or a 400 that says so.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_rate_limited(),
            error => error.api_error().is_some_and(ApiError::is_rate_limited),
        }
    }

    /// How long Atlas asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Auth(error) => error.retry_after(),
            error => error.api_error().and_then(ApiError::retry_after),
        }
    }

    /// Whether it is not known what became of the request: see [`AmbiguousError`].
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Error::Ambiguous(_))
    }

    /// The answer that was no success, where one came: also of a 401, and of a call whose outcome is not known.
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Error::Api(error) => Some(error),
            Error::Auth(error) => error.answer(),
            Error::Ambiguous(error) => error.failure().api_error(),
            _ => None,
        }
    }
}

/// The message of what the variant holds.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

/// What lies below what the variant holds, whose message is already this one's.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::InvalidArgument(error) => error.source(),
            Error::Connection(error) | Error::Timeout(error) => error.source(),
            Error::Api(error) => error.source(),
            Error::Auth(error) => error.source(),
            Error::Ambiguous(error) => error.source(),
            Error::Decode(error) => error.source(),
            Error::Configuration(error) => error.source(),
        }
    }
}

impl From<InvalidArgument> for Error {
    fn from(error: InvalidArgument) -> Self {
        Error::InvalidArgument(Box::new(error))
    }
}

impl From<InvalidId> for Error {
    fn from(error: InvalidId) -> Self {
        InvalidArgument::from(error).into()
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        if error.is_timeout() {
            Error::Timeout(error)
        } else {
            Error::Connection(error)
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(Box::new(error))
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        Error::Auth(error)
    }
}

impl From<AmbiguousError> for Error {
    fn from(error: AmbiguousError) -> Self {
        Error::Ambiguous(Box::new(error))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Error::Decode(Box::new(error))
    }
}

impl From<ConfigurationError> for Error {
    fn from(error: ConfigurationError) -> Self {
        Error::Configuration(error)
    }
}

/// Begins a message with the call that it is about, where there is one: `getSnapshot: `.
pub(crate) fn begin_with_call(f: &mut fmt::Formatter<'_>, operation: Option<&str>) -> fmt::Result {
    operation.map_or(Ok(()), |operation| write!(f, "{operation}: "))
}

#[cfg(test)]
mod tests;
