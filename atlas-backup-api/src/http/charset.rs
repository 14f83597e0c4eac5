//! Converts a response body to text.

use std::borrow::Cow;

use http::HeaderMap;

use crate::http::header;
use crate::wire::text::contains;

/// Converts a body to text. Valid UTF-8 stays as it is, without a byte order mark; other bodies are
/// read as ISO-8859-1 if `Content-Type` names it. Otherwise invalid bytes are replaced, not
/// rejected: a message with a broken letter is better than no message, and valid JSON is UTF-8.
#[inline(never)]
pub(crate) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, str> {
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        // In ISO-8859-1, each byte is the code point of its character.
        Err(_) if is_latin_1(headers) => body.iter().map(|&byte| char::from(byte)).collect(),
        Err(_) => String::from_utf8_lossy(body),
    }
}

fn is_latin_1(headers: &HeaderMap) -> bool {
    let content_type = header::text(headers, "content-type").unwrap_or_default();
    contains(&content_type.to_ascii_lowercase(), "iso-8859-1")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn charsets() {
        let mut headers = HeaderMap::new();
        assert_eq!(text(&headers, b"gr\xfc\xdfe"), "gr\u{fffd}\u{fffd}e");
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=ISO-8859-1"),
        );
        assert_eq!(text(&headers, b"gr\xfc\xdfe"), "gr\u{fc}\u{df}e");
        assert_eq!(
            text(&headers, "gr\u{fc}\u{df}e".as_bytes()),
            "gr\u{fc}\u{df}e",
            "UTF-8, whatever the header says"
        );
    }
}
