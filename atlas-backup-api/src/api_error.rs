//! Every answer that is not a success, whatever its body.

use std::fmt;
use std::time::Duration;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::envelope;
use crate::excerpt;
use crate::read;
use crate::retry_after::retry_after;

/// How Atlas, or a gateway in front of it, refused a call.
///
/// Anything but the status may be missing. Where the body is not Atlas's JSON (a gateway's HTML, a login page's redirect,
/// nothing at all), [`excerpt`](Self::excerpt) says in short what came instead.
#[derive(Clone, PartialEq)]
pub struct ApiError {
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
    /// Calls do this by themselves; it is for programs that get their answers elsewhere: from a recording, or a stand-in
    /// for Atlas in their tests.
    pub fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = read::text(headers, body);
        let members = match serde_json::from_str(&text).map(envelope::content) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        Self::read(status, headers, &members, &text)
    }

    /// The same, of a body that was read already.
    pub(crate) fn from_value(status: StatusCode, headers: &HeaderMap, content: &Value) -> Self {
        let nothing = Map::new();
        let text = if content.is_null() { String::new() } else { content.to_string() };
        Self::read(status, headers, content.as_object().unwrap_or(&nothing), &text)
    }

    /// Members of another type than documented are passed over: half an error says more than none.
    fn read(status: StatusCode, headers: &HeaderMap, members: &Map<String, Value>, body: &str) -> Self {
        let mut error = ApiError {
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
        if text(members, "errorCode").is_none() && error.detail.is_none() && error.reason.is_none() {
            error.excerpt = instead(status, headers, body);
        }
        error
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

    /// What came in place of Atlas's JSON: at most 200 characters on one line, without tags, control characters and URL
    /// queries. None where Atlas said what is wrong, or nothing came.
    pub fn excerpt(&self) -> Option<&str> {
        self.excerpt.as_deref()
    }

    /// The error as Atlas sent it, with the members that have no method here. None where the body was not a JSON object.
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Whether the call came too soon after others: a 429, or a 400 whose code says so, as was seen.
    pub fn is_rate_limited(&self) -> bool {
        let says_so = || self.error_code().is_some_and(|code| code.contains("RATE_LIMIT"));
        self.status == StatusCode::TOO_MANY_REQUESTS || (self.status == StatusCode::BAD_REQUEST && says_so())
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
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
    let fields = members.get("badRequestDetail").and_then(|detail| detail.get("fields")).and_then(Value::as_array);
    let violation = |field: &Map<String, Value>| FieldViolation { field: text(field, "field"), description: text(field, "description") };
    fields.into_iter().flatten().filter_map(Value::as_object).map(violation).collect()
}

/// What came in place of Atlas's JSON: of a redirect, where it points.
fn instead(status: StatusCode, headers: &HeaderMap, body: &str) -> Option<String> {
    let location = headers.get(LOCATION).filter(|_| status.is_redirection()).and_then(|value| value.to_str().ok());
    let excerpt = match location {
        Some(location) => excerpt::of_body(&format!("not followed: {}", excerpt::bare_url(location))),
        None => excerpt::of_body(body),
    };
    (!excerpt.is_empty()).then_some(excerpt)
}

/// One line: `404 Not Found (CLUSTER_NOT_FOUND): No cluster named orders exists.`
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 500;
        f.write_str(self.status.as_str())?;
        if let Some(words) = self.status.canonical_reason() {
            write!(f, " {words}")?;
        }
        if let Some(code) = &self.error_code {
            write!(f, " ({})", excerpt::shorten(code, 100))?;
        }
        if let Some(said) = self.detail.as_ref().or(self.excerpt.as_ref()).or(self.reason.as_ref()) {
            write!(f, ": {}", excerpt::shorten(said, LONGEST))?;
        }
        for FieldViolation { field, description } in &self.violations {
            let said: Vec<&str> = [field, description].into_iter().flatten().map(String::as_str).collect();
            write!(f, "; {}", excerpt::shorten(&said.join(": "), LONGEST))?;
        }
        Ok(())
    }
}

/// Without the body, which may hold what a newer Atlas added, and that may be a secret.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("error_code", &self.error_code)
            .field("detail", &self.detail)
            .field("reason", &self.reason)
            .field("parameters", &self.parameters)
            .field("violations", &self.violations)
            .field("retry_after", &self.retry_after)
            .field("excerpt", &self.excerpt)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn error(status: u16, headers: &[(&'static str, &'static str)], body: &[u8]) -> ApiError {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        ApiError::from_answer(StatusCode::from_u16(status).unwrap(), &headers.collect(), body)
    }

    fn of_json(status: u16, body: &Value) -> ApiError {
        error(status, &[], body.to_string().as_bytes())
    }

    #[test]
    fn what_atlas_says() {
        let error = of_json(
            400,
            &json!({
                "error": 400, "errorCode": "VALIDATION_ERROR", "detail": "Bad.\nVery bad.", "reason": "Bad Request",
                "parameters": ["a", 1, null, {"b": []}], "newer": 1,
                "badRequestDetail": {"fields": [{"field": "days", "description": "must be 1"}, {"field": "x"}, 7]},
            }),
        );
        assert_eq!(error.status(), 400);
        assert_eq!(error.error_code(), Some("VALIDATION_ERROR"));
        assert_eq!(error.detail(), Some("Bad.\nVery bad."));
        assert_eq!(error.reason(), Some("Bad Request"));
        assert_eq!(error.parameters(), [json!("a"), json!(1), json!(null), json!({"b": []})]);
        let days = FieldViolation { field: Some("days".into()), description: Some("must be 1".into()) };
        let x = FieldViolation { field: Some("x".into()), description: None };
        assert_eq!(error.field_violations(), [days, x]);
        assert_eq!(error.excerpt(), None);
        assert_eq!(error.to_string(), "400 Bad Request (VALIDATION_ERROR): Bad. Very bad.; days: must be 1; x");
    }

    #[test]
    fn any_member_may_be_missing_or_odd() {
        for body in [
            json!({"detail": "d"}),
            json!({"detail": "d", "errorCode": null, "reason": null, "parameters": null, "badRequestDetail": null}),
            json!({"detail": "d", "errorCode": 7, "reason": [], "parameters": [], "badRequestDetail": {"fields": {}}}),
            json!({"detail": "d", "errorCode": "", "badRequestDetail": {"fields": null}, "error": "x"}),
        ] {
            let error = of_json(409, &body);
            assert_eq!(error.to_string(), "409 Conflict: d");
            assert_eq!((error.error_code(), error.parameters(), error.field_violations()), (None, &[][..], &[][..]));
        }
        assert_eq!(of_json(409, &json!({"detail": "d", "parameters": "a"})).parameters(), [json!("a")]);
        assert_eq!(of_json(409, &json!({"reason": "r"})).to_string(), "409 Conflict: r");
        assert_eq!(of_json(409, &json!({"errorCode": "C", "reason": "r"})).to_string(), "409 Conflict (C): r");
    }

    #[test]
    fn the_code_may_come_as_a_header() {
        let headers = [("x-error-code", " RATE_LIMITED ")];
        assert_eq!(error(429, &headers, b"").to_string(), "429 Too Many Requests (RATE_LIMITED)");
        assert_eq!(error(429, &headers, br#"{"errorCode": "OTHER"}"#).error_code(), Some("OTHER"));
        assert_eq!(error(502, &headers, b"<h1>Bad</h1>").to_string(), "502 Bad Gateway (RATE_LIMITED): Bad");
        assert_eq!(error(502, &[("x-error-code", "")], b"").error_code(), None);
    }

    #[test]
    fn what_is_not_atlas_speaking() {
        let html = b"<html><head><title>503 Service Unavailable</title></head>\r\n<body>GET /api?key=hunter2</body>";
        for (status, body, excerpt, message) in [
            (503, &html[..], Some("503 Service Unavailable GET /api"), "503 Service Unavailable: 503 Service Unavailable GET /api"),
            (502, b"", None, "502 Bad Gateway"),
            (502, b" \r\n", None, "502 Bad Gateway"),
            (
                500,
                br#"{"error": 500, "detail": "trunc"#,
                Some(r#"{"error": 500, "detail": "trunc"#),
                r#"500 Internal Server Error: {"error": 500, "detail": "trunc"#,
            ),
            (504, br#"{"message": "timeout"}"#, Some(r#"{"message": "timeout"}"#), r#"504 Gateway Timeout: {"message": "timeout"}"#),
            (500, b"null", Some("null"), "500 Internal Server Error: null"),
            (500, b"\xff\xfe\x00", Some("\u{fffd}\u{fffd}"), "500 Internal Server Error: \u{fffd}\u{fffd}"),
            (999, b"odd", Some("odd"), "999: odd"),
        ] {
            let error = error(status, &[], body);
            assert_eq!(error.excerpt(), excerpt);
            assert_eq!(error.to_string(), message);
            assert_eq!(error.status(), status);
        }
    }

    #[test]
    fn latin_1_is_read() {
        let headers = [("content-type", "application/json;charset=ISO-8859-1")];
        let error = error(401, &headers, b"{\"errorCode\": \"UNEXPECTED_ERROR\", \"detail\": \"verweigert f\xfcr Sie\"}");
        assert_eq!(error.to_string(), "401 Unauthorized (UNEXPECTED_ERROR): verweigert f\u{fc}r Sie");
    }

    #[test]
    fn a_redirect_says_where_to_and_no_more() {
        let headers = [("location", "https://u:hunter2@login.example/a?token=hunter2#hunter2")];
        let moved = error(302, &headers, b"<a href='https://login.example/?token=hunter2'>moved</a>");
        assert_eq!(moved.to_string(), "302 Found: not followed: https://login.example/a");
        assert_eq!(error(304, &[], b"").to_string(), "304 Not Modified");
        assert_eq!(error(503, &headers, b"busy").to_string(), "503 Service Unavailable: busy");
    }

    #[test]
    fn the_body_is_there_as_it_came() {
        let body = json!({"status": 404, "errorCode": "C", "parameters": null, "newer": {"a": 1}});
        assert_eq!(of_json(404, &body).body(), Some(&body));
        assert_eq!(of_json(404, &json!({"status": 404, "content": body})).body(), Some(&body));
        for other in [&b""[..], b"<html>", b"{\"errorCode\"", b"[]", b"{}"] {
            assert_eq!(error(404, &[], other).body(), None);
        }
    }

    #[test]
    fn an_envelope_around_an_error_is_opened() {
        let body = json!({"status": 404, "envelope": {"errorCode": "C", "detail": "d"}});
        assert_eq!(of_json(404, &body).to_string(), "404 Not Found (C): d");
    }

    #[test]
    fn too_much_and_too_fast() {
        let limited = |status, body: Value| of_json(status, &body).is_rate_limited();
        assert!(limited(429, json!({})));
        assert!(limited(400, json!({"errorCode": "RATE_LIMITED_TOKEN_BUCKET"})));
        assert!(!limited(400, json!({"errorCode": "VALIDATION_ERROR"})));
        assert!(!limited(503, json!({"errorCode": "RATE_LIMITED"})));
        assert_eq!(error(429, &[("retry-after", "10")], b"").retry_after(), Some(Duration::from_secs(10)));
        assert_eq!(error(429, &[], b"").retry_after(), None);
    }

    #[test]
    fn the_message_is_one_line_of_bounded_length() {
        let long = "long\r\n\u{1b}[31m".repeat(10_000);
        let body = json!({"errorCode": long, "detail": long, "badRequestDetail": {"fields": [{"field": long}]}});
        let message = of_json(400, &body).to_string();
        assert!(message.len() < 1500 && !message.contains(char::is_control), "{message}");
    }

    #[test]
    fn debug_shows_all_that_is_documented() {
        let body = br#"{"errorCode": "C", "parameters": [1], "newer": "hunter2"}"#;
        let printed = format!("{:?}", error(404, &[("retry-after", "1")], body));
        assert_eq!(
            printed,
            "ApiError { status: 404, error_code: Some(\"C\"), detail: None, reason: None, parameters: [Number(1)], \
             violations: [], retry_after: Some(1s), excerpt: None, .. }"
        );
    }
}
