//! The rate limit that Atlas states in response headers.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::http::header;
use crate::wire::text;

/// The rate limit that a response stated in the headers `RateLimit-Limit` and
/// `RateLimit-Remaining`. Atlas counts by endpoint and project or organization, so another
/// operation may have more or fewer calls left. A number is `None` if its header is missing or does
/// not begin with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The operation of the response, as the documents name it: `takeSnapshot`; of a raw call,
    /// its method and path.
    pub operation: Cow<'static, str>,
    /// The number of calls allowed in one period. Atlas was seen to allow 1200 on
    /// backup endpoints.
    pub limit: Option<u64>,
    /// The number of calls left in this period.
    pub remaining: Option<u64>,
    /// The status of the response.
    pub status: StatusCode,
    /// When the response arrived, by the system's clock.
    pub at: Timestamp,
}

impl RateLimit {
    /// Reads the headers. Returns `None` if neither begins with a number.
    pub(crate) fn read(
        operation: impl Into<Cow<'static, str>>,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Option<Self> {
        let (limit, remaining) = (number(headers, "ratelimit-limit"), remaining(headers));
        let is_present = limit.or(remaining).is_some();
        is_present.then(|| RateLimit {
            operation: operation.into(),
            limit,
            remaining,
            status,
            at: Timestamp::now(),
        })
    }
}

/// Returns how many calls are left, if the headers say it.
pub(crate) fn remaining(headers: &HeaderMap) -> Option<u64> {
    number(headers, "ratelimit-remaining")
}

/// Returns the number at the beginning of a header. A policy may follow it (`1200, 1200;w=60`).
fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let value = header::text(headers, name)?;
    text::before(value, &[',', ';']).trim_ascii().parse().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<(Option<u64>, Option<u64>)> {
        let headers = headers.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        RateLimit::read("get", StatusCode::OK, &headers.collect())
            .map(|read| (read.limit, read.remaining))
    }

    #[test]
    fn what_headers_say() {
        assert_eq!(
            read(&[("ratelimit-limit", "1200"), ("ratelimit-remaining", "0")]),
            Some((Some(1200), Some(0)))
        );
        assert_eq!(
            read(&[("ratelimit-limit", "1200, 1200;w=60")]),
            Some((Some(1200), None))
        );
        assert_eq!(
            read(&[("ratelimit-limit", "many"), ("ratelimit-remaining", "7")]),
            Some((None, Some(7)))
        );
        assert_eq!(read(&[("ratelimit-limit", "-1")]), None);
        assert_eq!(read(&[]), None);
    }
}
