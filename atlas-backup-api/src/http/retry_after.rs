//! The delay that a response requests.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::http::header;

/// Reads `Retry-After`, in seconds or as a date. The delay until a date is measured from the `Date`
/// header of the response, so that a wrong local clock does no harm, and from `now` only if that
/// header is missing or invalid. A date in the past means no delay.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = header::text(headers, "retry-after")?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let sent = date(headers, "date").unwrap_or(now);
    let wait = date(headers, "retry-after")?.duration_since(sent);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// Appends the delay to a message, unless there is none or it is less than a second.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, wait: Option<Duration>) -> fmt::Result {
    match wait.map(|wait| wait.as_secs()) {
        None | Some(0) => Ok(()),
        Some(seconds) => write!(f, "; retry after {seconds} s"),
    }
}

pub(crate) fn date(headers: &HeaderMap, name: &str) -> Option<Timestamp> {
    let text = header::text(headers, name)?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{DATE, RETRY_AFTER};

    use super::*;

    fn wait(retry_after: &'static str, date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        let now = "1994-11-06T08:50:00Z".parse().unwrap();
        super::retry_after(&headers, now)
    }

    const SENT: Option<&str> = Some("Sun, 06 Nov 1994 08:49:37 GMT");

    #[test]
    fn seconds() {
        assert_eq!(wait("10", SENT), Some(Duration::from_secs(10)));
        assert_eq!(wait(" 0 ", None), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_counts_from_the_answers_own() {
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:50:37 GMT", SENT),
            Some(Duration::from_secs(60))
        );
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:40:00 GMT", SENT),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn without_a_date_of_its_own_the_clock_counts() {
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:50:37 GMT", None),
            Some(Duration::from_secs(37))
        );
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:50:37 GMT", Some("yesterday")),
            Some(Duration::from_secs(37))
        );
    }

    #[test]
    fn anything_else_says_nothing() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(wait(text, SENT), None, "{text}");
        }
        assert_eq!(
            super::retry_after(&HeaderMap::new(), Timestamp::UNIX_EPOCH),
            None
        );
    }
}
