//! The fields of `tracing` spans that OpenTelemetry's conventions for HTTP clients name. The layer
//! that sends spans to OpenTelemetry takes the fields that begin with `otel.` for the span itself.

use http::StatusCode;
use tracing::Span;
use tracing::field::Empty;

use crate::config::settings::Settings;
use crate::error::Error;
use crate::wire::text;

/// The span of one HTTP request. `path` is the template; `resends` is the number of requests that
/// the call has sent before.
pub(crate) fn of_request(
    settings: &Settings,
    (method, path): (&str, &str),
    url: &str,
    resends: u32,
) -> Span {
    tracing::info_span!(
        target: "atlas_backup_api",
        "atlas_request",
        otel.kind = "client",
        otel.name = %format_args!("{method} {path}"),
        otel.status_code = Empty,
        "error.type" = Empty,
        http.request.method = method,
        http.request.resend_count = (resends > 0).then_some(resends),
        http.response.status_code = Empty,
        server.address = settings.base_url.host(),
        server.port = settings.base_url.port(),
        url.full = without_query(url),
        url.template = path,
    )
}

/// The query may hold secrets.
fn without_query(url: &str) -> &str {
    text::before(url, &['?'])
}

/// Records the response, or why there was none.
pub(crate) fn record_response(span: &Span, outcome: Result<StatusCode, &Error>) {
    let status = outcome.map_or_else(Error::status, Some);
    span.record(
        "http.response.status_code",
        status.map(|status| status.as_u16()),
    );
    record_failure(span, outcome);
}

/// Marks the span as failed, unless the outcome is a success.
pub(crate) fn record_failure(span: &Span, outcome: Result<StatusCode, &Error>) {
    let status = outcome.map_or_else(Error::status, Some);
    match (outcome, status) {
        (Ok(_), Some(status)) if status.is_success() => return,
        (_, Some(status)) if !status.is_success() => span.record("error.type", status.as_str()),
        (Err(error), _) => span.record("error.type", kind(error)),
        (Ok(_), _) => return,
    };
    span.record("otel.status_code", "ERROR");
}

/// The kind of an error, of which there are few.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::Timeout(_) => "timeout",
        Error::Connection(_) => "connection",
        Error::Auth(_) => "auth",
        Error::Ambiguous(_) => "ambiguous",
        Error::Decode(_) => "decode",
        _ => "other",
    }
}
