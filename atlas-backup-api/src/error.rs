//! Everything that can go wrong with a call.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::ambiguous_error::AmbiguousError;
use crate::api_error::ApiError;
use crate::auth::AuthError;
use crate::checked_text::InvalidId;
use crate::configuration_error::ConfigurationError;
use crate::connection_error::ConnectionError;
use crate::decode_error::DecodeError;
use crate::invalid_argument::InvalidArgument;

/// Why a call failed. Its message is one line, and holds no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// An argument breaks a rule; nothing was sent.
    InvalidArgument(InvalidArgument),
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
        self.api_error().is_some_and(|error| error.status() == StatusCode::NOT_FOUND)
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
        match self {
            Error::InvalidArgument(error) => error.fmt(f),
            Error::Connection(error) | Error::Timeout(error) => error.fmt(f),
            Error::Api(error) => error.fmt(f),
            Error::Auth(error) => error.fmt(f),
            Error::Ambiguous(error) => error.fmt(f),
            Error::Decode(error) => error.fmt(f),
            Error::Configuration(error) => error.fmt(f),
        }
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
        Error::InvalidArgument(error)
    }
}

impl From<InvalidId> for Error {
    fn from(error: InvalidId) -> Self {
        Error::InvalidArgument(error.into())
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        if error.is_timeout() { Error::Timeout(error) } else { Error::Connection(error) }
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;
    use crate::object_id::ObjectId;
    use crate::operation::{Effect, Operation};

    static GET: Operation =
        Operation { id: "get", method: Method::GET, path: "/", accept: "application/json", content_type: None, effect: Effect::Read };

    fn api(status: u16, body: &str) -> Error {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", 7.into());
        ApiError::from_answer(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes()).into()
    }

    fn syntax() -> Error {
        let error = serde_json::from_str::<serde_json::Value>("<").unwrap_err();
        DecodeError::syntax(&GET, StatusCode::OK, error).into()
    }

    #[test]
    fn an_answer_tells_what_it_is() {
        let error = api(404, r#"{"errorCode": "CLUSTER_NOT_FOUND"}"#);
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(error.error_code(), Some("CLUSTER_NOT_FOUND"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert!(error.is_not_found() && !error.is_rate_limited());
        assert!(api(429, "").is_rate_limited() && api(400, r#"{"errorCode": "RATE_LIMITED"}"#).is_rate_limited());
        assert!(!api(403, "").is_not_found());
    }

    #[test]
    fn what_is_no_answer_tells_nothing() {
        let error = Error::from(InvalidArgument::without_value("id", "must be given"));
        assert_eq!((error.status(), error.error_code(), error.retry_after()), (None, None, None));
        assert!(!error.is_not_found() && !error.is_rate_limited());
        assert_eq!(syntax().status(), Some(StatusCode::OK), "an unreadable success did come");
        assert_eq!(syntax().error_code(), None);
    }

    #[test]
    fn messages_are_those_of_what_they_hold() {
        let id = Error::from(ObjectId::try_from("x").unwrap_err());
        assert_eq!(id.to_string(), r#"invalid argument ObjectId: "x" is not an ObjectId: expected 24 lower-case hexadecimal digits"#);
        assert_eq!(Error::from(ConfigurationError::new("no".into())).to_string(), "configuration: no");
        assert_eq!(api(404, "").to_string(), "404 Not Found");
        let message = "get: unreadable answer (200 OK): the answer is not JSON: expected value at line 1 column 1";
        assert_eq!(syntax().to_string(), message);
    }

    #[test]
    fn what_lies_in_another_error_is_told_too() {
        let error = Error::from(AmbiguousError::new(&GET, api(503, r#"{"errorCode": "BUSY"}"#)));
        assert_eq!((error.status().unwrap().as_u16(), error.error_code()), (503, Some("BUSY")));
        assert!(error.is_ambiguous() && !error.is_rate_limited() && error.retry_after().is_some());
        assert_eq!(error.to_string(), "get: it is not known whether this was done: 503 Service Unavailable (BUSY)");
        let answer = ApiError::from_answer(StatusCode::UNAUTHORIZED, &HeaderMap::new(), br#"{"errorCode": "E"}"#);
        let error = Error::from(AuthError::refused(&crate::auth::Auth::Nothing, answer));
        assert_eq!((error.status().unwrap().as_u16(), error.error_code()), (401, Some("E")));
        assert_eq!(error.to_string(), "401 Unauthorized (E); the client was given no credentials");
    }

    #[test]
    fn sources_are_chained() {
        assert_eq!(syntax().source().unwrap().to_string(), "expected value at line 1 column 1");
        assert!(api(404, "").source().is_none());
    }

    #[test]
    fn it_can_be_passed_around() {
        fn check<T: StdError + Send + Sync + 'static>() {}
        check::<Error>();
        assert!(size_of::<Error>() <= 80, "every call returns one: {} bytes", size_of::<Error>());
    }
}
