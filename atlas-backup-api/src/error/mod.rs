//! The errors of calls.

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

use std::borrow::Cow;
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

/// What a call is named in errors: its `operationId`, or the method and path of a raw call.
pub(crate) type OperationName = Cow<'static, str>;

/// A call failed.
///
/// The message is one line of at most 2,000 characters without secrets. It begins with the
/// operation: `getSnapshot: 404 Not Found (…)`; a configuration error has none. `Debug` is bounded
/// too. The accessors return everything else that the server sent, without the credentials of the
/// call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// An argument violates a rule. Nothing was sent.
    InvalidArgument(Box<InvalidArgument>),
    /// There was no complete response to the last attempt. If the call creates something, nothing
    /// was sent, or only an unauthenticated request; otherwise the error would be `Ambiguous`. If it
    /// replaces or deletes something, Atlas may have carried it out in this attempt or an earlier
    /// one: it can be called again, with the same effect.
    Connection(ConnectionError),
    /// There was no complete response in time. Otherwise like `Connection`.
    Timeout(ConnectionError),
    /// Atlas, or a gateway in front of it, responded with an error or a redirect.
    Api(Box<ApiError>),
    /// Atlas rejected the credentials (401), or the client got no token for them. Atlas did
    /// nothing in this attempt.
    Auth(AuthError),
    /// A call that must not be sent twice was sent, and its outcome is unknown: one that creates
    /// something, or a change that is not documented as idempotent. Check before you call again.
    Ambiguous(Box<AmbiguousError>),
    /// Atlas responded with success, but this version of the crate cannot decode the response.
    Decode(Box<DecodeError>),
    /// The client could not be created with these settings.
    Configuration(ConfigurationError),
}

impl Error {
    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path. `None` for a
    /// configuration error, and for an id or a body that the program itself validated.
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

    /// Writes the message without the operation, for messages that already name it.
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

    /// The status of the response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api(error) => Some(error.status()),
            Error::Auth(error) => error.status(),
            Error::Ambiguous(error) => error.failure().status(),
            Error::Decode(error) => Some(error.status()),
            _ => None,
        }
    }

    /// Atlas's error code, such as `CLUSTER_NOT_FOUND`.
    pub fn error_code(&self) -> Option<&str> {
        self.api_error().and_then(ApiError::error_code)
    }

    /// Whether the response was a 404, which says that the resource does not exist.
    pub fn is_not_found(&self) -> bool {
        self.api_error()
            .is_some_and(|error| error.status() == StatusCode::NOT_FOUND)
    }

    /// Whether Atlas says, with any error code, that what was called does not exist, at least not for
    /// this kind of cluster.
    #[inline]
    pub(crate) fn is_bad_or_missing(&self) -> bool {
        let status = self.status();
        matches!(self, Error::Api(_))
            && !self.is_rate_limited()
            && matches!(
                status,
                Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND)
            )
    }

    /// Whether Atlas rejected the call because it came too soon after others: with a 429, or with a
    /// 400 whose error code contains `RATE_LIMIT`.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_rate_limited(),
            error => error.api_error().is_some_and(ApiError::is_rate_limited),
        }
    }

    /// The delay that Atlas requests before a retry.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Auth(error) => error.retry_after(),
            error => error.api_error().and_then(ApiError::retry_after),
        }
    }

    /// Whether the outcome of the call is unknown: see [`AmbiguousError`].
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Error::Ambiguous(_))
    }

    /// The error response, if there was one. Includes a 401, and the response to a call whose
    /// outcome is unknown.
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Error::Api(error) => Some(error),
            Error::Auth(error) => error.api_error(),
            Error::Ambiguous(error) => error.failure().api_error(),
            _ => None,
        }
    }
}

/// Writes the message of the error in the variant.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

/// The source of the error in the variant. The message of that error itself is already this
/// message.
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

/// Begins a message with the operation, if there is one: `getSnapshot: `.
pub(crate) fn begin_with_call(f: &mut fmt::Formatter<'_>, operation: Option<&str>) -> fmt::Result {
    operation.map_or(Ok(()), |operation| write!(f, "{operation}: "))
}

#[cfg(test)]
mod tests;
