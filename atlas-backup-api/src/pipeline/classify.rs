//! Classifies failed attempts, and decides which of them may be retried.

use http::StatusCode;

use crate::error::Error;
use crate::error::api::ApiError;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::operation::Idempotency;

/// A failure that may be retried, depending on the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Atlas responded "too many requests" and did nothing.
    RateLimited,
    /// The connection was refused. Nothing was sent.
    Refused,
    /// There was no connection for another reason (DNS, TLS, a timeout). Nothing was sent.
    Unconnected,
    /// The connection broke before the response was complete.
    Lost,
    /// The response was not complete in time.
    TimedOut,
    /// A 408, 502, 503 or 504 response, which may be from a gateway in front of Atlas.
    Gateway,
    /// Another 5xx response: Atlas failed while it handled the request. Or a status that neither
    /// reports a success nor refuses anything, which Atlas does not document.
    Server,
}

impl Failure {
    /// Classifies an outcome. Returns `None` if it is final.
    pub(crate) fn of(
        outcome: &Result<RawResponse, Error>,
        status: Option<StatusCode>,
    ) -> Option<Self> {
        match outcome {
            Ok(answer) => Failure::of_answer(answer, status.unwrap_or(answer.status)),
            Err(Error::Timeout(error)) if !error.is_connect() => Some(Failure::TimedOut),
            Err(Error::Timeout(error) | Error::Connection(error)) => {
                Some(match (error.is_refused(), error.is_connect()) {
                    (true, _) => Failure::Refused,
                    (false, true) => Failure::Unconnected,
                    (false, false) => Failure::Lost,
                })
            }
            Err(_) => None,
        }
    }

    fn of_answer(answer: &RawResponse, status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            429 => Some(Failure::RateLimited),
            // Atlas was seen reporting a rate limit with status 400.
            400 if ApiError::from_response(status, &answer.headers, &answer.body)
                .is_rate_limited() =>
            {
                Some(Failure::RateLimited)
            }
            408 | 502..=504 => Some(Failure::Gateway),
            ..=199 | 500.. => Some(Failure::Server),
            _ => None,
        }
    }

    /// Whether an operation of this idempotency may be sent again after this failure.
    pub(crate) fn is_retryable(self, idempotency: Idempotency) -> bool {
        match self {
            Failure::RateLimited | Failure::Refused => true,
            Failure::Unconnected | Failure::Lost | Failure::TimedOut | Failure::Gateway => {
                idempotency != Idempotency::NotIdempotent
            }
            Failure::Server => false,
        }
    }

    /// Whether Atlas may have carried out the request.
    pub(crate) fn may_have_acted(self) -> bool {
        match self {
            Failure::RateLimited | Failure::Refused | Failure::Unconnected => false,
            Failure::Lost | Failure::TimedOut | Failure::Gateway | Failure::Server => true,
        }
    }

    /// The name of the failure in `tracing` events.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Failure::RateLimited => "rate limited",
            Failure::Refused => "connection refused",
            Failure::Unconnected => "no connection",
            Failure::Lost => "connection lost",
            Failure::TimedOut => "timeout",
            Failure::Gateway => "gateway error",
            Failure::Server => "server error",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn failure(status: u16, body: &str) -> Option<Failure> {
        let status = StatusCode::from_u16(status).unwrap();
        Failure::of(
            &Ok(RawResponse {
                status,
                headers: HeaderMap::new().into(),
                body: body.into(),
                authorization: None,
            }),
            None,
        )
    }

    #[test]
    fn statuses() {
        for status in [200, 204, 302, 303, 304, 307, 400, 401, 403, 404, 406, 409] {
            assert_eq!(failure(status, "{}"), None, "{status}");
        }
        assert_eq!(failure(429, ""), Some(Failure::RateLimited));
        assert_eq!(
            failure(400, r#"{"errorCode": "RATE_LIMITED"}"#),
            Some(Failure::RateLimited)
        );
        for status in [408, 502, 503, 504] {
            assert_eq!(failure(status, "<html>"), Some(Failure::Gateway));
        }
        for status in [101, 500, 501, 505, 599, 600, 999] {
            assert_eq!(failure(status, ""), Some(Failure::Server));
        }
    }

    #[test]
    fn what_creates_is_repeated_only_where_nothing_was_done() {
        use Failure::*;
        for failure in [
            RateLimited,
            Refused,
            Unconnected,
            Lost,
            TimedOut,
            Gateway,
            Server,
        ] {
            assert!(
                !(failure.is_retryable(Idempotency::NotIdempotent) && failure.may_have_acted()),
                "{failure:?}"
            );
            assert_eq!(
                failure.is_retryable(Idempotency::Safe),
                failure.is_retryable(Idempotency::Idempotent)
            );
            assert_eq!(
                failure.is_retryable(Idempotency::NotIdempotent),
                matches!(failure, RateLimited | Refused)
            );
            assert_eq!(failure.is_retryable(Idempotency::Safe), failure != Server);
        }
    }
}
