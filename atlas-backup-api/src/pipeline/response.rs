//! The response that a call returns.

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::http::deprecation;
use crate::wire::opaque::Opaque;

/// The value of a success response, with status and headers. It dereferences to the value.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: Opaque<HeaderMap>,
    value: T,
}

impl<T> Response<T> {
    /// Creates a response, for programs that replace Atlas in their tests.
    pub fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Response::of(status, headers.into(), value)
    }

    pub(crate) fn of(status: StatusCode, headers: Opaque<HeaderMap>, value: T) -> Self {
        Response {
            status,
            headers,
            value,
        }
    }

    /// The status, which is a 2xx. If the request set `envelope(true)`, it is the status in the
    /// envelope.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// When this version of the operation was deprecated or will be, by the header `Deprecation`
    /// (RFC 9745). `None` if the response does not say so, or names no time.
    pub fn deprecation(&self) -> Option<Timestamp> {
        deprecation::deprecation(&self.headers)
    }

    /// When this version of the operation is expected to stop working, by the header `Sunset` (RFC
    /// 8594). `None` if the response does not say so.
    pub fn sunset(&self) -> Option<Timestamp> {
        deprecation::sunset(&self.headers)
    }

    /// The value without status and headers.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl From<HeaderMap> for Opaque<HeaderMap> {
    fn from(headers: HeaderMap) -> Self {
        Opaque::new(headers)
    }
}

impl Clone for Opaque<HeaderMap> {
    #[inline]
    fn clone(&self) -> Self {
        HeaderMap::clone(self).into()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Prints only the names of the headers, because a value may be a secret.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field(
                "headers",
                &self
                    .headers
                    .keys()
                    .map(|name| name.as_str())
                    .collect::<Vec<_>>(),
            )
            .field("value", &self.value)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn it_is_its_value_and_more() {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-remaining", HeaderValue::from_static("7"));
        let response = Response::new(StatusCode::CREATED, headers, "value".to_owned());
        assert_eq!(response.len(), 5);
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["ratelimit-remaining"], "7");
        assert_eq!(response.into_inner(), "value");
    }

    #[test]
    fn debug_hides_header_values() {
        let mut headers = HeaderMap::new();
        headers.insert("set-cookie", HeaderValue::from_static("session=hunter2"));
        let printed = format!("{:?}", Response::new(StatusCode::OK, headers, 1));
        assert_eq!(
            printed,
            r#"Response { status: 200, headers: ["set-cookie"], value: 1 }"#
        );
    }
}
