//! Every answer that is not a success, whatever its body.

mod message;

use std::time::Duration;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::redact;
use crate::http::charset;
use crate::http::envelope;
use crate::http::retry_after::retry_after;

/// How Atlas, or a gateway in front of it, refused a call.
///
/// Anything but the status may be missing. Where the body is not Atlas's JSON (a gateway's HTML, a login page's redirect,
/// nothing at all), [`excerpt`](Self::excerpt) says in short what came instead.
#[derive(Clone, PartialEq)]
pub struct ApiError {
    operation: Option<&'static str>,
    status: StatusCode,
    error_code: Option<String>,
    detail: Option<String>,
    reason: Option<String>,
    parameters: Vec<Value>,
    violations: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    excerpt: Option<String>,
    body: Option<Value>,
}

/// What is wrong with one member of a request's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The member.
    pub field: Option<String>,
    /// What is wrong with it.
    pub description: Option<String>,
}

impl ApiError {
    /// Reads an answer that is not a success. It takes any bytes for a body.
    ///
    /// Calls do this by themselves, and name themselves in the error; it is for programs that get their answers elsewhere: from
    /// a recording, or a stand-in for Atlas in their tests.
    pub fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = charset::text(headers, body);
        let members = match serde_json::from_str(&text).map(envelope::content) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        Self::read(status, headers, &members, &text)
    }

    /// The same, of a call.
    pub(crate) fn of(
        operation: &'static str,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        ApiError {
            operation: Some(operation),
            ..Self::from_answer(status, headers, body)
        }
    }

    /// The same, of a body that was read already.
    pub(crate) fn from_value(
        operation: &'static str,
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
            operation: Some(operation),
            ..error
        }
    }

    /// Members of another type than documented are passed over: half an error says more than none.
    fn read(
        status: StatusCode,
        headers: &HeaderMap,
        members: &Map<String, Value>,
        body: &str,
    ) -> Self {
        let mut error = ApiError {
            operation: None,
            status,
            error_code: text(members, "errorCode").or_else(|| code_of(headers)),
            detail: text(members, "detail"),
            reason: text(members, "reason"),
            parameters: parameters(members),
            violations: violations(members),
            retry_after: retry_after(headers, Timestamp::now()),
            excerpt: None,
            body: (!members.is_empty()).then(|| Value::Object(members.clone())),
        };
        if text(members, "errorCode").is_none() && error.detail.is_none() && error.reason.is_none()
        {
            // What gateways that answer in JSON call it.
            let message = text(members, "message").or_else(|| text(members, "Message"));
            error.excerpt = instead(status, headers, message.as_deref().unwrap_or(body));
        }
        error
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`. None where a program made this by
    /// [`from_answer`](Self::from_answer).
    pub fn operation(&self) -> Option<&str> {
        self.operation
    }

    /// The status, never a 2xx. Where `envelope(true)` was asked for, the one in the envelope.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Atlas's word for what went wrong, for example `CLUSTER_NOT_FOUND`.
    pub fn error_code(&self) -> Option<&str> {
        self.error_code.as_deref()
    }

    /// What went wrong, in a sentence.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The status in words, for example `Not Found`.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// What the sentence of [`detail`](Self::detail) is about. Documented as objects, they come as texts and numbers.
    pub fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    /// What is wrong with which members of the body that was sent.
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.violations
    }

    /// How long Atlas asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What came in place of Atlas's JSON: at most 200 characters on one line, without tags, control characters, URL queries and
    /// what only says the status again. None where Atlas said what is wrong, or nothing came.
    pub fn excerpt(&self) -> Option<&str> {
        self.excerpt.as_deref()
    }

    /// The error as Atlas sent it, with the members that have no method here. None where the body was not a JSON object.
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Whether the call came too soon after others: a 429, or a 400 whose code says so, as was seen.
    pub fn is_rate_limited(&self) -> bool {
        let says_so = || {
            self.error_code()
                .is_some_and(|code| code.contains("RATE_LIMIT"))
        };
        self.status == StatusCode::TOO_MANY_REQUESTS
            || (self.status == StatusCode::BAD_REQUEST && says_so())
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members
        .get(name)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The code as a header, which is there also where the body is lost.
fn code_of(headers: &HeaderMap) -> Option<String> {
    let code = headers.get("x-error-code")?.to_str().ok()?.trim();
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
    let violation = |field: &Map<String, Value>| FieldViolation {
        field: text(field, "field"),
        description: text(field, "description"),
    };
    fields
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(violation)
        .collect()
}

/// What came in place of Atlas's JSON: of a redirect, where it points.
fn instead(status: StatusCode, headers: &HeaderMap, body: &str) -> Option<String> {
    let location = headers
        .get(LOCATION)
        .filter(|_| status.is_redirection())
        .and_then(|value| value.to_str().ok());
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
