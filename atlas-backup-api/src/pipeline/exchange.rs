//! One HTTP exchange: sends a request and reads the whole response.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::RequestBuilder;

use crate::config::deadline::Deadline;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::error::connection::ConnectionError;
use crate::error::decode::DecodeError;
use crate::http::rate_limit::RateLimit;
use crate::http::send::{End, Limits, Received, send};
use crate::pipeline::request::Request;
use crate::wire::opaque::Opaque;

/// How many bytes are read of an error response. Atlas sends a few hundred bytes, and the error
/// message shows only an excerpt of a longer body.
const LONGEST_FAILURE: usize = 256 * 1024;

/// A response with any status. Its body is not decoded yet.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: Opaque<HeaderMap>,
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

/// Performs one exchange.
pub(crate) async fn exchange(
    settings: &Settings,
    request: &Request,
    url: &str,
    authorization: Option<HeaderValue>,
    deadline: Deadline,
) -> Result<RawResponse, ExchangeError> {
    let name = &request.route.name;
    let lost = |was_authorized, error| ExchangeError {
        error: ConnectionError::new(name.clone(), error).into(),
        was_authorized,
    };
    let limits = Limits {
        success: request
            .options
            .max_response_bytes
            .unwrap_or(settings.max_response_bytes),
        failure: LONGEST_FAILURE,
    };
    let longest = limits.success;
    let http = prepare(settings, request, url, authorization, deadline);
    let received = send(http, limits).await;
    let Received {
        status,
        headers,
        body,
        end,
    } = received.map_err(|error| lost(false, error))?;
    settings.set_rate_limit(RateLimit::read(name.clone(), status, &headers));
    match end {
        End::TooLong if status.is_success() => Err(ExchangeError {
            error: DecodeError::too_long(name.clone(), status, longest).into(),
            was_authorized: true,
        }),
        End::Lost(error) if status.is_success() => Err(lost(true, error)),
        // The status and the headers say what was refused, so a body that breaks off does not make
        // the outcome unknown.
        _ => Ok(RawResponse {
            status,
            headers: headers.into(),
            body,
        }),
    }
}

/// The request with its headers, body and timeout.
fn prepare(
    settings: &Settings,
    request: &Request,
    url: &str,
    authorization: Option<HeaderValue>,
    deadline: Deadline,
) -> RequestBuilder {
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
    http.timeout(timeout.min(deadline.left(&*settings.clock)))
}
