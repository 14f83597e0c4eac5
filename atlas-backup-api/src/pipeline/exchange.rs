//! One HTTP exchange: sends a request and reads the whole response.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::RequestBuilder;

use crate::config::deadline::Deadline;
use crate::config::settings::Settings;
use crate::error::api::ApiError;
use crate::error::connection::ConnectionError;
use crate::error::decode::DecodeError;
use crate::error::{Error, OperationName};
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
    /// The header `Authorization` of the request, which no error shows.
    pub(crate) authorization: Option<HeaderValue>,
}

impl RawResponse {
    /// The error that this response reports. It shows no credentials of the request.
    pub(crate) fn error(&self, operation: &OperationName, status: StatusCode) -> ApiError {
        ApiError::of(operation.clone(), status, &self.headers, &self.body)
            .without_credentials(self.authorization.as_ref())
    }
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
    let http = prepare(settings, request, url, authorization.clone(), deadline);
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
            authorization,
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

#[cfg(test)]
mod tests {
    use std::error::Error;

    use http::Method;

    use crate::auth::Credentials;
    use crate::client::Client;
    use crate::config::retry_policy::RetryPolicy;
    use crate::loopback::{Loopback, answer};

    const TOKEN: &str = "hunter2.hunter2-hunter2";

    fn client(server: &Loopback, credentials: Credentials) -> Client {
        Client::builder()
            .base_url(&server.url)
            .credentials(credentials)
            .retry(RetryPolicy::never())
            .build()
            .unwrap()
    }

    async fn error_of(client: &Client, enveloped: bool) -> String {
        let call = client.call(Method::GET, "/api/atlas/v1.0/x");
        let error = call.query("envelope", enveloped).await.unwrap_err();
        format!("{error} {error:?} {error:#?} {:?}", error.source())
    }

    #[tokio::test]
    async fn no_error_shows_a_token_that_the_response_repeats() {
        let html = format!("<p>authorization: Bearer {TOKEN}</p>");
        let json = format!(
            r#"{{"errorCode": "{TOKEN}", "detail": "{} is none", "reason": "{TOKEN}", "parameters": [{{"a": "{TOKEN}"}}],
             "badRequestDetail": {{"fields": [{{"field": "{TOKEN}", "description": "{TOKEN}"}}]}}}}"#,
            TOKEN.replace('-', "\\u002d")
        );
        let envelope = format!(r#"{{"status": 400, "envelope": {json}}}"#);
        let location = format!("location: https://h/{TOKEN}/a\r\n");
        let code = format!("x-error-code: {TOKEN}\r\n");
        let all = [
            (
                answer("502 Bad Gateway", "", &html),
                "authorization: Bearer [redacted]",
            ),
            (answer("400 Bad Request", "", &json), "[redacted] is none"),
            (answer("401 Unauthorized", "", &json), "[redacted] is none"),
            (answer("302 Found", &location, ""), "https://h/[redacted]/a"),
            (answer("400 Bad Request", &code, ""), "([redacted])"),
            (answer("200 OK", "", &envelope), "[redacted] is none"),
        ];
        let server = Loopback::answering(all.each_ref().map(|(answer, _)| answer.as_str()));
        let client = client(&server, Credentials::token(TOKEN));
        for (answer, shown) in &all {
            let text = error_of(&client, answer.contains("envelope")).await;
            assert!(text.contains(shown) && !text.contains("hunter2"), "{text}");
        }
    }

    #[tokio::test]
    async fn a_success_that_has_the_token_is_read_as_it_came() {
        let body = format!(r#"{{"status": 200, "envelope": {{"id": "{TOKEN}"}}}}"#);
        let server = Loopback::answering([answer("200 OK", "", &body)]);
        let call =
            client(&server, Credentials::token(TOKEN)).call(Method::GET, "/api/atlas/v1.0/x");
        let response = call.query("envelope", true).await.unwrap();
        assert_eq!(response["id"], TOKEN);
    }
}
