//! What a response says about the future of its operation: the headers `Deprecation` and `Sunset`.

use http::HeaderMap;
use jiff::Timestamp;

use crate::http::header;
use crate::http::retry_after::date;
use crate::wire::text;

const DEPRECATION: &str = "deprecation";
const SUNSET: &str = "sunset";

/// Whether one of the headers is present and does not say `false`, whatever else it says.
pub(crate) fn is_deprecated(headers: &HeaderMap) -> bool {
    let is_denied = matches!(
        header::text(headers, DEPRECATION),
        Some("" | "false" | "?0")
    );
    (headers.contains_key(DEPRECATION) && !is_denied) || headers.contains_key(SUNSET)
}

/// When the operation was deprecated or will be: `@` and seconds since 1970 (RFC 9745), or an
/// HTTP-date, as in earlier drafts of it. Their `true` names no time.
pub(crate) fn deprecation(headers: &HeaderMap) -> Option<Timestamp> {
    let text = header::text(headers, DEPRECATION)?;
    let Some(seconds) = text.strip_prefix('@') else {
        return date(headers, DEPRECATION);
    };
    // Parameters may follow the date.
    let seconds = text::before(seconds, &[';']).trim_ascii_end();
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

/// When the operation is expected to stop working: an HTTP-date (RFC 8594).
pub(crate) fn sunset(headers: &HeaderMap) -> Option<Timestamp> {
    date(headers, SUNSET)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &'static str, value: &[u8]) -> HeaderMap {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_bytes(value).unwrap();
        HeaderMap::from_iter([(name, value)])
    }

    fn deprecated(value: &[u8]) -> (bool, Option<String>) {
        let headers = headers(DEPRECATION, value);
        let time = deprecation(&headers).map(|time| time.to_string());
        (is_deprecated(&headers), time)
    }

    #[test]
    fn all_forms_of_deprecation_are_read() {
        let time = |text: &str| (true, Some(text.to_owned()));
        assert_eq!(deprecated(b"@1688169599"), time("2023-06-30T23:59:59Z"));
        assert_eq!(
            deprecated(b" @1688169599 ; a=1"),
            time("2023-06-30T23:59:59Z")
        );
        assert_eq!(deprecated(b"@-1"), time("1969-12-31T23:59:59Z"));
        assert_eq!(
            deprecated(b"Fri, 30 Jun 2023 23:59:59 GMT"),
            time("2023-06-30T23:59:59Z")
        );
        assert_eq!(deprecated(b"true"), (true, None));
        for not in [&b"false"[..], b" ?0", b""] {
            assert_eq!(deprecated(not), (false, None));
        }
    }

    #[test]
    fn nonsense_names_no_time() {
        for value in [
            &b"@"[..],
            b"@soon",
            b"@1.5",
            b"@99999999999999999999",
            b"@999999999999999",
            b"yesterday",
            b"\xff",
        ] {
            assert_eq!(deprecated(value), (true, None), "{value:?}");
            assert_eq!(sunset(&headers(SUNSET, value)), None, "{value:?}");
        }
        assert!(!is_deprecated(&HeaderMap::new()));
    }

    #[test]
    fn a_sunset_is_a_date() {
        let headers = headers(SUNSET, b"Thu, 01 Jul 2027 00:00:00 GMT");
        assert!(is_deprecated(&headers));
        assert_eq!(sunset(&headers), "2027-07-01T00:00:00Z".parse().ok());
        assert_eq!(deprecation(&headers), None);
    }
}
