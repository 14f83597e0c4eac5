//! The error of a call that could not be authenticated.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::api::ApiError;
use crate::error::connection::ConnectionError;
use crate::error::redact;
use crate::error::truncated::Truncated;
use crate::error::{OperationName, begin_with_call};
use crate::http::retry_after;

/// Authentication failed: Atlas rejected the credentials, or the client got no token for them.
/// Atlas did nothing.
///
/// Atlas responds with 401 both to wrong credentials and to correct ones from an address that is
/// not on their access list. So the error cannot tell which it was.
#[derive(Clone)]
pub struct AuthError {
    operation: Option<OperationName>,
    /// All calls that waited for the same token share it.
    cause: Arc<Cause>,
}

enum Cause {
    /// The API responded with 401. The hint says what to check.
    Refused {
        answer: Box<ApiError>,
        hint: &'static str,
    },
    /// The token endpoint responded with an error.
    TokenRefused(TokenRefusal),
    /// The token endpoint responded with success, but without a usable token.
    TokenUnreadable(&'static str),
    /// There was no complete response from the token endpoint.
    TokenConnection(ConnectionError),
}

/// The error response of the token endpoint.
#[derive(Debug)]
pub(crate) struct TokenRefusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl AuthError {
    /// The API rejected the credentials.
    pub(crate) fn refused(
        operation: impl Into<OperationName>,
        answer: ApiError,
        hint: &'static str,
    ) -> Self {
        AuthError {
            operation: Some(operation.into()),
            ..AuthError::new(Cause::Refused {
                answer: Box::new(answer),
                hint,
            })
        }
    }

    pub(crate) fn token_refused(refusal: TokenRefusal) -> Self {
        AuthError::new(Cause::TokenRefused(refusal))
    }

    pub(crate) fn token_unreadable(fault: &'static str) -> Self {
        AuthError::new(Cause::TokenUnreadable(fault))
    }

    pub(crate) fn token_connection(error: ConnectionError) -> Self {
        AuthError::new(Cause::TokenConnection(error))
    }

    fn new(cause: Cause) -> Self {
        AuthError {
            operation: None,
            cause: Arc::new(cause),
        }
    }

    /// Adds the operation that needed the token.
    pub(crate) fn of(self, operation: impl Into<OperationName>) -> Self {
        AuthError {
            operation: Some(operation.into()),
            ..self
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// Whether the token endpoint could not be reached or did not respond.
    pub fn is_connection(&self) -> bool {
        matches!(&*self.cause, Cause::TokenConnection(_))
    }

    /// The status of the response: 401 from the API, or that of the token endpoint.
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.cause {
            Cause::Refused { answer, .. } => Some(answer.status()),
            Cause::TokenRefused(refusal) => Some(refusal.status),
            Cause::TokenUnreadable(_) | Cause::TokenConnection(_) => None,
        }
    }

    /// The 401 response of the API, if the API rejected the credentials.
    pub fn api_error(&self) -> Option<&ApiError> {
        match &*self.cause {
            Cause::Refused { answer, .. } => Some(answer),
            _ => None,
        }
    }

    /// The OAuth 2.0 error code of the token endpoint, such as `invalid_client`.
    pub fn token_error(&self) -> Option<&str> {
        self.token_refusal()?.code.as_deref()
    }

    /// The `error_description` of the token endpoint, for example that the secret has expired, on
    /// one line of at most 300 characters. `None` if there is none, or if it repeats a part of the
    /// secret.
    pub fn token_error_description(&self) -> Option<&str> {
        self.token_refusal()?.description.as_deref()
    }

    fn token_refusal(&self) -> Option<&TokenRefusal> {
        match &*self.cause {
            Cause::TokenRefused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the client requested too many tokens (Atlas issues at most 10 a minute to one client
    /// from one address).
    pub fn is_rate_limited(&self) -> bool {
        self.token_refusal()
            .is_some_and(|refusal| refusal.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// The delay that the API or the token endpoint requests before a retry.
    pub fn retry_after(&self) -> Option<Duration> {
        self.token_refusal().map_or_else(
            || self.api_error()?.retry_after(),
            |refusal| refusal.retry_after,
        )
    }

    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !matches!(&*self.cause, Cause::Refused { .. }) {
            f.write_str("no token for the service account: ")?;
        }
        match &*self.cause {
            Cause::Refused { answer, hint } => {
                answer.message(f)?;
                write!(f, "; {hint}")
            }
            Cause::TokenRefused(refusal) => write!(f, "{refusal}"),
            Cause::TokenUnreadable(fault) => f.write_str(fault),
            Cause::TokenConnection(error) => error.message(f),
        }
    }
}

impl TokenRefusal {
    /// Whether the service account itself was rejected, so that a retry is useless.
    fn is_for_good(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            || matches!(
                self.code.as_deref(),
                Some("invalid_client" | "unauthorized_client")
            )
    }
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token endpoint responded with {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        let description = self
            .description
            .as_deref()
            .map(|text| redact::clause(text, 300))
            .filter(|text| !text.is_empty());
        if let Some(description) = description {
            write!(f, ": {description}")?;
        }
        if self.is_for_good() {
            f.write_str(
                "; check the client id and the secret, and whether the secret has expired",
            )?;
        }
        retry_after::write(f, self.retry_after)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause: &dyn fmt::Debug = match &*self.cause {
            Cause::Refused { answer, .. } => answer,
            Cause::TokenConnection(error) => error,
            Cause::TokenRefused(refusal) => refusal,
            Cause::TokenUnreadable(fault) => fault,
        };
        f.debug_struct("AuthError")
            .field("operation", &self.operation)
            .field("cause", &Truncated(cause, 8000))
            .finish()
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.cause {
            Cause::TokenConnection(error) => error.source(),
            _ => None,
        }
    }
}
