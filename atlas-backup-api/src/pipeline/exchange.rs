//! One HTTP exchange: sends a request and reads the whole response. This is the only file of the
//! pipeline that uses the network.

use std::pin::Pin;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::config::deadline::Deadline;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::error::connection::ConnectionError;
use crate::error::decode::DecodeError;
use crate::http::limited_body::{self, End};
use crate::http::rate_limit::RateLimit;
use crate::pipeline::request::Request;

/// How many bytes are read of an error response. Atlas sends a few hundred bytes, and the error
/// message shows only an excerpt of a longer body.
const LONGEST_FAILURE: usize = 256 * 1024;

/// A response with any status. Its body is not decoded yet.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// An exchange failed without a complete response.
pub(crate) struct ExchangeError {
    pub(crate) error: Error,
    /// Whether the response began with a success status: then the server accepted the credentials.
    #[cfg_attr(
        not(feature = "digest"),
        allow(
            dead_code,
            reason = "only what is sent unsigned first may not be let in"
        )
    )]
    pub(crate) was_authorized: bool,
}

impl From<ExchangeError> for Error {
    fn from(broken: ExchangeError) -> Self {
        broken.error
    }
}

/// Performs one exchange. The future is boxed, because each caller would otherwise embed its own
/// copy, 7 KB altogether, and allocating that for every call costs more than the box.
pub(crate) fn exchange<'a>(
    settings: &'a Settings,
    request: &'a Request,
    url: &str,
    authorization: Option<HeaderValue>,
    deadline: Deadline,
) -> Pin<Box<dyn Future<Output = Result<RawResponse, ExchangeError>> + Send + 'a>> {
    let route = &request.route;
    let mut http = settings
        .http
        .request(route.method.clone(), url)
        .header(ACCEPT, route.accept.clone());
    if let Some(body) = &request.body {
        http = http
            .header(CONTENT_TYPE, route.content_type.clone())
            .body(body.clone());
    }
    // The URL has the host of the base URL and redirects are not followed, so the credentials are
    // sent to no other host.
    if let Some(authorization) = authorization {
        http = http.header(AUTHORIZATION, authorization);
    }
    // The timeout is set per request and not for the connection pool, because a call may have its
    // own.
    let timeout = request
        .options
        .attempt_timeout
        .unwrap_or(settings.attempt_timeout);
    let http = http.timeout(timeout.min(deadline.left(&*settings.clock)));
    let limit = request
        .options
        .max_response_bytes
        .unwrap_or(settings.max_response_bytes);
    Box::pin(async move {
        let lost = |was_authorized, error| ExchangeError {
            error: ConnectionError::new(route.name.clone(), error).into(),
            was_authorized,
        };
        let sent = http.send().await;
        let mut response = sent.map_err(|error| lost(false, error))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        settings.set_rate_limit(RateLimit::read(route.name.clone(), status, &headers));
        if !status.is_success() {
            // The status and the headers say what was refused, so a body that breaks off does not
            // make the outcome unknown.
            let body = limited_body::read(LONGEST_FAILURE, response).await.bytes;
            return Ok(RawResponse {
                status,
                headers,
                body,
            });
        }
        let too_long = || ExchangeError {
            error: DecodeError::too_long(route.name.clone(), status, limit).into(),
            was_authorized: true,
        };
        if response
            .content_length()
            .is_some_and(|announced| announced > limit as u64)
        {
            return Err(too_long());
        }
        let received = limited_body::read(limit, response).await;
        match received.end {
            End::Complete => Ok(RawResponse {
                status,
                headers,
                body: received.bytes,
            }),
            End::TooLong => Err(too_long()),
            End::Lost(error) => Err(lost(true, error)),
        }
    })
}
