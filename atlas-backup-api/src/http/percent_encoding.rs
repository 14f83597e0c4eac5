//! Percent-encoding.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Percent-encodes everything except the unreserved characters (RFC 3986, section 2.3).
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    // Most texts need no escaping and are borrowed.
    utf8_percent_encode(text, RESERVED).into()
}
