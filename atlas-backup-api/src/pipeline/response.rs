//! What a call brings back.

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};

/// The value of a successful answer, with its status and headers. It can be used as the value itself.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    value: T,
}

impl<T> Response<T> {
    /// For programs that stand in for Atlas in their tests.
    pub fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Response {
            status,
            headers,
            value,
        }
    }

    /// The status, a 2xx. Where `envelope(true)` was asked for, the one in the envelope.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, as Atlas sent them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Headers by name only: any of them may hold a secret.
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
