//! Atlas did not accept who called.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::Auth;
use crate::api_error::ApiError;
use crate::connection_error::ConnectionError;

/// Why a call could not be authenticated: the credentials were refused, or no token was to be had. Nothing was done.
///
/// Atlas answers 401 both to wrong credentials and to right ones from an address that is not on their access list, so this
/// cannot say which it was.
#[derive(Clone)]
pub struct AuthError(Arc<Cause>);

#[derive(Debug)]
enum Cause {
    /// The API answered 401.
    Refused { with: &'static str, answer: ApiError },
    /// It did, and asks for no credentials of this kind.
    #[cfg(feature = "digest")]
    NotAsked { answer: ApiError },
    /// The token endpoint answered with something else than success.
    TokenRefused { status: StatusCode, code: Option<String>, retry_after: Option<Duration> },
    /// The token endpoint answered with success, and without a token that can be used.
    TokenUnreadable(&'static str),
    /// The token endpoint gave no complete answer.
    TokenConnection(ConnectionError),
}

impl AuthError {
    pub(crate) fn refused(auth: &Auth, answer: ApiError) -> Self {
        AuthError(Arc::new(Cause::Refused { with: auth.name(), answer }))
    }

    #[cfg(feature = "digest")]
    pub(crate) fn not_asked(answer: ApiError) -> Self {
        AuthError(Arc::new(Cause::NotAsked { answer }))
    }

    pub(super) fn token_refused(status: StatusCode, code: Option<String>, retry_after: Option<Duration>) -> Self {
        AuthError(Arc::new(Cause::TokenRefused { status, code, retry_after }))
    }

    pub(super) fn token_unreadable(fault: &'static str) -> Self {
        AuthError(Arc::new(Cause::TokenUnreadable(fault)))
    }

    pub(super) fn token_connection(error: ConnectionError) -> Self {
        AuthError(Arc::new(Cause::TokenConnection(error)))
    }

    /// Whether the token endpoint could not be reached, or did not answer.
    pub fn is_connection(&self) -> bool {
        matches!(&*self.0, Cause::TokenConnection(_))
    }

    /// The status of the answer that refused: the API's 401, or whatever the token endpoint gave.
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.0 {
            Cause::Refused { answer, .. } => Some(answer.status()),
            #[cfg(feature = "digest")]
            Cause::NotAsked { answer } => Some(answer.status()),
            Cause::TokenRefused { status, .. } => Some(*status),
            Cause::TokenUnreadable(_) | Cause::TokenConnection(_) => None,
        }
    }

    /// The API's answer, where it was the API that refused.
    pub fn answer(&self) -> Option<&ApiError> {
        match &*self.0 {
            Cause::Refused { answer, .. } => Some(answer),
            #[cfg(feature = "digest")]
            Cause::NotAsked { answer } => Some(answer),
            _ => None,
        }
    }

    /// Whether too many tokens were asked for (at most 10 a minute are given to a client from one address).
    pub fn is_rate_limited(&self) -> bool {
        matches!(&*self.0, Cause::TokenRefused { status, .. } if *status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// How long the token endpoint asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.0 {
            Cause::TokenRefused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Refused { with: "no credentials", answer } => write!(f, "{answer}; the client was given no credentials"),
            Cause::Refused { with, answer } => {
                write!(f, "{answer}; the client called with {with}: check it, and the access list of addresses")
            }
            #[cfg(feature = "digest")]
            Cause::NotAsked { answer } => {
                write!(f, "{answer}; the client has an API key, and the answer holds no Digest challenge it can meet")
            }
            Cause::TokenRefused { status, code, .. } => {
                write!(f, "no token for the service account: the token endpoint answered {status}")?;
                code.as_ref().map_or(Ok(()), |code| write!(f, " ({code})"))
            }
            Cause::TokenUnreadable(fault) => write!(f, "no token for the service account: {fault}"),
            Cause::TokenConnection(error) => write!(f, "no token for the service account: {error}"),
        }
    }
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Cause::TokenConnection(error) => error.source(),
            _ => None,
        }
    }
}
