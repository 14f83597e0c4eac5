//! The error of a response that is not a success, whatever its body is.

mod message;

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::OperationName;
use crate::error::redact::{self, secrets};
use crate::http::charset;
use crate::http::deprecation;
use crate::http::envelope;
use crate::http::header;
use crate::http::retry_after::retry_after;
use crate::wire::opaque::Opaque;

/// Atlas, or a gateway in front of it, responded with an error or a redirect.
///
/// Everything except the status may be missing. If the response is not Atlas's JSON (HTML from a
/// gateway, a redirect to a login page), [`excerpt`](Self::excerpt) says in short what it was.
#[derive(Clone)]
pub struct ApiError {
    operation: Option<OperationName>,
    answer: Opaque<Answer>,
}

/// What the response says.
#[derive(Clone, PartialEq)]
struct Answer {
    status: StatusCode,
    error_code: Option<String>,
    detail: Option<String>,
    reason: Option<String>,
    parameters: Vec<Value>,
    violations: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    deprecation: Option<Timestamp>,
    sunset: Option<Timestamp>,
    excerpt: Option<String>,
    body: Option<Value>,
}

/// A problem with one member of the request body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The name of the member.
    pub field: Option<String>,
    /// The problem.
    pub description: Option<String>,
}

impl ApiError {
    /// Reads a response that is not a success. The body may be any bytes.
    ///
    /// Calls of this crate do this themselves and add the operation. This function is for programs
    /// that have responses from elsewhere: a recording, or a replacement for Atlas in their tests.
    pub fn from_response(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = charset::text(headers, body);
        let members = match text.parse().map(envelope::content) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        Self::read(status, headers, &members, &text)
    }

    /// Like [`from_response`](Self::from_response), with the operation.
    pub(crate) fn of(
        operation: impl Into<OperationName>,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        ApiError {
            operation: Some(operation.into()),
            ..Self::from_response(status, headers, body)
        }
    }

    /// Like `of`, for a body that is already parsed.
    pub(crate) fn from_value(
        operation: impl Into<OperationName>,
        status: StatusCode,
        headers: &HeaderMap,
        content: &Value,
    ) -> Self {
        let nothing = Map::new();
        let text = if content.is_null() {
            String::new()
        } else {
            content.to_string()
        };
        let error = Self::read(
            status,
            headers,
            content.as_object().unwrap_or(&nothing),
            &text,
        );
        ApiError {
            operation: Some(operation.into()),
            ..error
        }
    }

    /// Removes what repeats the credentials of the request, except from [`body`](Self::body).
    pub(crate) fn without_credentials(mut self, authorization: Option<&HeaderValue>) -> Self {
        let Some(authorization) = authorization else {
            return self;
        };
        let secrets = secrets::of_header(authorization);
        let clean = |text: &mut String| *text = secrets::without_secrets(text, &secrets);
        let answer = &mut *self.answer;
        let texts = [
            &mut answer.error_code,
            &mut answer.detail,
            &mut answer.reason,
            &mut answer.excerpt,
        ];
        texts.into_iter().flatten().for_each(clean);
        for violation in &mut answer.violations {
            let texts = [&mut violation.field, &mut violation.description];
            texts.into_iter().flatten().for_each(clean);
        }
        for parameter in &mut answer.parameters {
            let text = parameter.to_string();
            if secrets::without_secrets(&text, &secrets) != text {
                *parameter = "[redacted]".into();
            }
        }
        self
    }

    /// Reads the members. Members of another type than documented are ignored: a part of the error
    /// is better than none.
    fn read(
        status: StatusCode,
        headers: &HeaderMap,
        members: &Map<String, Value>,
        body: &str,
    ) -> Self {
        let mut answer = Answer {
            status,
            error_code: text(members, "errorCode").or_else(|| code_of(headers)),
            detail: text(members, "detail"),
            reason: text(members, "reason"),
            parameters: parameters(members),
            violations: violations(members),
            retry_after: retry_after(headers, Timestamp::now()),
            deprecation: deprecation::deprecation(headers),
            sunset: deprecation::sunset(headers),
            excerpt: None,
            body: (!members.is_empty()).then(|| Value::Object(members.clone())),
        };
        if text(members, "errorCode").is_none()
            && answer.detail.is_none()
            && answer.reason.is_none()
        {
            // Gateways that respond in JSON use these names.
            let message = text(members, "message").or_else(|| text(members, "Message"));
            answer.excerpt = instead(status, headers, message.as_deref().unwrap_or(body));
        }
        ApiError {
            operation: None,
            answer: Opaque::new(answer),
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path. `None` if the
    /// program created this by [`from_response`](Self::from_response).
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// The status, which is never a 2xx. If the request set `envelope(true)`, it is the status in
    /// the envelope.
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// Atlas's error code, such as `CLUSTER_NOT_FOUND`.
    pub fn error_code(&self) -> Option<&str> {
        self.answer.error_code.as_deref()
    }

    /// Atlas's description of the error.
    pub fn detail(&self) -> Option<&str> {
        self.answer.detail.as_deref()
    }

    /// The reason phrase, such as `Not Found`.
    pub fn reason(&self) -> Option<&str> {
        self.answer.reason.as_deref()
    }

    /// The values that [`detail`](Self::detail) is about. Atlas documents them as objects, but
    /// sends texts and numbers.
    pub fn parameters(&self) -> &[Value] {
        &self.answer.parameters
    }

    /// The problems with members of the request body.
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.answer.violations
    }

    /// The delay that Atlas requests before a retry.
    pub fn retry_after(&self) -> Option<Duration> {
        self.answer.retry_after
    }

    /// When this version of the operation was deprecated or will be, by the header `Deprecation`
    /// (RFC 9745). `None` if the response does not say so, or names no time.
    pub fn deprecation(&self) -> Option<Timestamp> {
        self.answer.deprecation
    }

    /// When this version of the operation is expected to stop working, by the header `Sunset` (RFC
    /// 8594). `None` if the response does not say so.
    pub fn sunset(&self) -> Option<Timestamp> {
        self.answer.sunset
    }

    /// The text of a body that is not Atlas's JSON, or the URL to which a redirect points: at most
    /// 200 characters on one line, without tags, control characters, URL queries and repetitions of
    /// the status. `None` if Atlas described the error itself, or if no text is left.
    pub fn excerpt(&self) -> Option<&str> {
        self.answer.excerpt.as_deref()
    }

    /// The body as Atlas sent it, including members without a method here. `None` if it was not a
    /// JSON object.
    pub fn body(&self) -> Option<&Value> {
        self.answer.body.as_ref()
    }

    /// Whether Atlas rejected the call because it came too soon after others: with a 429, or with a
    /// 400 whose error code contains `RATE_LIMIT`, as Atlas was seen to send.
    pub fn is_rate_limited(&self) -> bool {
        let says_so = || {
            self.error_code()
                .is_some_and(|code| crate::wire::text::contains(code, "RATE_LIMIT"))
        };
        self.answer.status == StatusCode::TOO_MANY_REQUESTS
            || (self.answer.status == StatusCode::BAD_REQUEST && says_so())
    }
}

impl Clone for Opaque<Answer> {
    #[inline]
    fn clone(&self) -> Self {
        Opaque::new(Answer::clone(self))
    }
}

impl PartialEq for ApiError {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.operation == other.operation && *self.answer == *other.answer
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members
        .get(name)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The error code in a header, which is present even if the body is lost.
fn code_of(headers: &HeaderMap) -> Option<String> {
    let code = header::text(headers, "x-error-code")?;
    (!code.is_empty()).then(|| code.to_owned())
}

fn parameters(members: &Map<String, Value>) -> Vec<Value> {
    match members.get("parameters") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
    }
}

fn violations(members: &Map<String, Value>) -> Vec<FieldViolation> {
    let fields = members
        .get("badRequestDetail")
        .and_then(|detail| detail.get("fields"))
        .and_then(Value::as_array);
    let mut violations = Vec::new();
    for field in fields.map(Vec::as_slice).unwrap_or_default() {
        if let Some(field) = field.as_object() {
            violations.push(FieldViolation {
                field: text(field, "field"),
                description: text(field, "description"),
            });
        }
    }
    violations
}

/// The excerpt of a body that is not Atlas's JSON, or the target of a redirect.
fn instead(status: StatusCode, headers: &HeaderMap, body: &str) -> Option<String> {
    let location = header::text(headers, "location").filter(|_| status.is_redirection());
    let excerpt = match location {
        Some(location) => {
            redact::body(&format!("not followed: {}", redact::bare_url(location)), "")
        }
        None => redact::body(body, status.canonical_reason().unwrap_or_default()),
    };
    (!excerpt.is_empty()).then_some(excerpt)
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests;
