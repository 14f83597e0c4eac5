//! A plain HTTP response: what a test prepares, and what the server's log records.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// An HTTP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Header lines, without `Content-Length` and `Date`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// A response with this status, without headers and body.
    pub fn new(status: u16) -> Self {
        HttpResponse {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A response with a JSON body and this media type.
    pub fn json(status: u16, media_type: &str, body: &serde_json::Value) -> Self {
        HttpResponse::new(status)
            .header("Content-Type", media_type)
            .body(body.to_string())
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl IntoResponse for HttpResponse {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).expect("the test names a status of three digits");
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("the test names a header");
            // Each character stands for the byte of the same number (Latin-1), so that a test can
            // send bytes that are not ASCII.
            let value: Vec<u8> = value
                .chars()
                .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
                .collect();
            let value = HeaderValue::from_bytes(&value)
                .expect("the test gives the header a value of one line");
            response.headers_mut().append(name, value);
        }
        response
    }
}
