//! Parses which part of a file a response holds.

use http::HeaderMap;
use http::header::CONTENT_RANGE;

/// Returns the first byte and the length of the whole file from a range such as
/// `bytes 100-199/200`. Returns `None` if the length is missing or the range does not reach the end
/// of the file.
#[inline]
pub(super) fn rest_of(headers: &HeaderMap) -> Option<(u64, u64)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim();
    let (unit, range) = text.split_once(' ')?;
    let (range, total) = range.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| {
        text.parse::<u64>()
            .ok()
            .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (first, last, total) = (number(first)?, number(last)?, number(total)?);
    let is_rest =
        unit.eq_ignore_ascii_case("bytes") && first <= last && last.checked_add(1) == Some(total);
    is_rest.then_some((first, total))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("bytes 100-199/200", Some((100, 200))),
            ("Bytes 0-0/1", Some((0, 1))),
            ("bytes 100-198/200", None),
            ("bytes 100-199/*", None),
            ("bytes */200", None),
            ("bytes 200-199/200", None),
            ("bytes +1-1/2", None),
            ("lines 0-0/1", None),
            ("bytes 0-18446744073709551615/18446744073709551615", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, HeaderValue::from_static(text));
            assert_eq!(rest_of(&headers), expected, "{text}");
        }
        assert_eq!(rest_of(&HeaderMap::new()), None);
    }
}
