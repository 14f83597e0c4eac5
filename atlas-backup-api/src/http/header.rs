//! Reads the headers of a response.

use http::HeaderMap;

/// Returns the value of a header without spaces around it. `None` if there is no such header, or if
/// it is not visible ASCII.
///
/// Compiled once: looking up a header is generic code.
#[inline(never)]
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.trim_ascii())
}
