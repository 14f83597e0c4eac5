//! What went wrong with an attempt, and what each kind of operation makes of it.

use http::StatusCode;

use crate::error::Error;
use crate::error::api::ApiError;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::operation::Effect;

/// A failure for which another attempt is thinkable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Atlas answered "too many requests", and did nothing.
    RateLimited,
    /// Nobody listens at that address. Nothing was sent.
    Refused,
    /// No connection for another reason (a name that is not known, TLS, a timeout). Nothing was sent.
    Unconnected,
    /// The connection broke before the whole answer was there.
    Lost,
    /// The whole answer was not there in time.
    TimedOut,
    /// 502, 503 or 504: whoever answered, it may not have been Atlas.
    Gateway,
    /// Another 5xx: Atlas failed on the way.
    Server,
}

impl Fault {
    /// What is wrong with an outcome; None where it is final.
    pub(crate) fn of(
        outcome: &Result<RawResponse, Error>,
        status: Option<StatusCode>,
    ) -> Option<Self> {
        match outcome {
            Ok(answer) => Fault::of_answer(answer, status.unwrap_or(answer.status)),
            Err(Error::Timeout(error)) if !error.is_connect() => Some(Fault::TimedOut),
            Err(Error::Timeout(error) | Error::Connection(error)) => {
                Some(match (error.is_refused(), error.is_connect()) {
                    (true, _) => Fault::Refused,
                    (false, true) => Fault::Unconnected,
                    (false, false) => Fault::Lost,
                })
            }
            Err(_) => None,
        }
    }

    fn of_answer(answer: &RawResponse, status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            429 => Some(Fault::RateLimited),
            // Seen in the wild: a rate limit that came as 400.
            400 if ApiError::from_answer(status, &answer.headers, &answer.body)
                .is_rate_limited() =>
            {
                Some(Fault::RateLimited)
            }
            502..=504 => Some(Fault::Gateway),
            500..=599 => Some(Fault::Server),
            _ => None,
        }
    }

    /// Whether a request of this effect may be sent again.
    pub(crate) fn may_repeat(self, effect: Effect) -> bool {
        match self {
            Fault::RateLimited | Fault::Refused => true,
            Fault::Unconnected | Fault::Lost | Fault::TimedOut | Fault::Gateway => {
                effect != Effect::Create
            }
            Fault::Server => false,
        }
    }

    /// Whether Atlas may have done what it was asked to.
    pub(crate) fn may_have_acted(self) -> bool {
        match self {
            Fault::RateLimited | Fault::Refused | Fault::Unconnected => false,
            Fault::Lost | Fault::TimedOut | Fault::Gateway | Fault::Server => true,
        }
    }

    /// For the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Fault::RateLimited => "rate limited",
            Fault::Refused => "connection refused",
            Fault::Unconnected => "no connection",
            Fault::Lost => "connection lost",
            Fault::TimedOut => "timeout",
            Fault::Gateway => "gateway error",
            Fault::Server => "server error",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn fault(status: u16, body: &str) -> Option<Fault> {
        let status = StatusCode::from_u16(status).unwrap();
        Fault::of(
            &Ok(RawResponse {
                status,
                headers: HeaderMap::new(),
                body: body.into(),
            }),
            None,
        )
    }

    #[test]
    fn statuses() {
        for status in [200, 204, 304, 400, 401, 403, 404, 406, 408, 409, 999] {
            assert_eq!(fault(status, "{}"), None, "{status}");
        }
        assert_eq!(fault(429, ""), Some(Fault::RateLimited));
        assert_eq!(
            fault(400, r#"{"errorCode": "RATE_LIMITED"}"#),
            Some(Fault::RateLimited)
        );
        for status in [502, 503, 504] {
            assert_eq!(fault(status, "<html>"), Some(Fault::Gateway));
        }
        for status in [500, 501, 505, 599] {
            assert_eq!(fault(status, ""), Some(Fault::Server));
        }
    }

    #[test]
    fn what_creates_is_repeated_only_where_nothing_was_done() {
        use Fault::*;
        for fault in [
            RateLimited,
            Refused,
            Unconnected,
            Lost,
            TimedOut,
            Gateway,
            Server,
        ] {
            assert!(
                !(fault.may_repeat(Effect::Create) && fault.may_have_acted()),
                "{fault:?}"
            );
            assert_eq!(
                fault.may_repeat(Effect::Read),
                fault.may_repeat(Effect::Idempotent)
            );
            assert_eq!(
                fault.may_repeat(Effect::Create),
                matches!(fault, RateLimited | Refused)
            );
            assert_eq!(fault.may_repeat(Effect::Read), fault != Server);
        }
    }
}
