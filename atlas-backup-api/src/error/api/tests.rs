//! Error responses as Atlas and the gateways in front of it send them.

use http::{HeaderName, HeaderValue};
use serde_json::json;

use super::*;

fn error(status: u16, headers: &[(&'static str, &'static str)], body: &[u8]) -> ApiError {
    let headers = headers.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    });
    ApiError::from_response(
        StatusCode::from_u16(status).unwrap(),
        &headers.collect(),
        body,
    )
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
    assert_eq!(
        error.parameters(),
        [json!("a"), json!(1), json!(null), json!({"b": []})]
    );
    let days = FieldViolation {
        field: Some("days".into()),
        description: Some("must be 1".into()),
    };
    let x = FieldViolation {
        field: Some("x".into()),
        description: None,
    };
    assert_eq!(error.field_violations(), [days, x]);
    assert_eq!(error.excerpt(), None);
    assert_eq!(
        error.to_string(),
        "400 Bad Request (VALIDATION_ERROR): Bad. Very bad; days: must be 1; x"
    );
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
        assert_eq!(
            (
                error.error_code(),
                error.parameters(),
                error.field_violations()
            ),
            (None, &[][..], &[][..])
        );
    }
    assert_eq!(
        of_json(409, &json!({"detail": "d", "parameters": "a"})).parameters(),
        [json!("a")]
    );
    assert_eq!(
        of_json(409, &json!({"reason": "r"})).to_string(),
        "409 Conflict: r"
    );
    assert_eq!(
        of_json(409, &json!({"errorCode": "C", "reason": "r"})).to_string(),
        "409 Conflict (C): r"
    );
}

#[test]
fn the_code_may_come_as_a_header() {
    let headers = [("x-error-code", " RATE_LIMITED ")];
    assert_eq!(
        error(429, &headers, b"").to_string(),
        "429 Too Many Requests (RATE_LIMITED)"
    );
    assert_eq!(
        error(429, &headers, br#"{"errorCode": "OTHER"}"#).error_code(),
        Some("OTHER")
    );
    assert_eq!(
        error(502, &headers, b"<h1>Bad</h1>").to_string(),
        "502 Bad Gateway (RATE_LIMITED): Bad"
    );
    assert_eq!(error(502, &[("x-error-code", "")], b"").error_code(), None);
}

#[test]
fn what_is_not_atlas_speaking() {
    let html = b"<html><head><title>503 Service Unavailable</title></head>\r\n<body>GET /api?key=hunter2</body>";
    for (status, body, excerpt, message) in [
        (
            503,
            &html[..],
            Some("GET /api"),
            "503 Service Unavailable: GET /api",
        ),
        (502, b"", None, "502 Bad Gateway"),
        (502, b" \r\n", None, "502 Bad Gateway"),
        (
            500,
            br#"{"error": 500, "detail": "trunc"#,
            Some(r#"{"error": 500, "detail": "trunc"#),
            r#"500 Internal Server Error: {"error": 500, "detail": "trunc"#,
        ),
        (
            504,
            br#"{"message": "timeout"}"#,
            Some("timeout"),
            "504 Gateway Timeout: timeout",
        ),
        (
            500,
            b"null",
            Some("null"),
            "500 Internal Server Error: null",
        ),
        (
            500,
            b"\xff\xfe\x00",
            Some("\u{fffd}\u{fffd}"),
            "500 Internal Server Error: \u{fffd}\u{fffd}",
        ),
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
    let error = error(
        401,
        &headers,
        b"{\"errorCode\": \"UNEXPECTED_ERROR\", \"detail\": \"verweigert f\xfcr Sie\"}",
    );
    assert_eq!(
        error.to_string(),
        "401 Unauthorized (UNEXPECTED_ERROR): verweigert f\u{fc}r Sie"
    );
}

#[test]
fn a_redirect_says_where_to_and_no_more() {
    let headers = [(
        "location",
        "https://u:hunter2@login.example/a?token=hunter2#hunter2",
    )];
    let moved = error(
        302,
        &headers,
        b"<a href='https://login.example/?token=hunter2'>moved</a>",
    );
    assert_eq!(
        moved.to_string(),
        "302 Found: not followed: https://login.example/a"
    );
    assert_eq!(error(304, &[], b"").to_string(), "304 Not Modified");
    assert_eq!(
        error(503, &headers, b"busy").to_string(),
        "503 Service Unavailable: busy"
    );
}

#[test]
fn the_body_is_there_as_it_came() {
    let body = json!({"status": 404, "errorCode": "C", "parameters": null, "newer": {"a": 1}});
    assert_eq!(of_json(404, &body).body(), Some(&body));
    assert_eq!(
        of_json(404, &json!({"status": 404, "content": body})).body(),
        Some(&body)
    );
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
    assert!(limited(
        400,
        json!({"errorCode": "RATE_LIMITED_TOKEN_BUCKET"})
    ));
    assert!(!limited(400, json!({"errorCode": "VALIDATION_ERROR"})));
    assert!(!limited(503, json!({"errorCode": "RATE_LIMITED"})));
    assert_eq!(
        error(429, &[("retry-after", "10")], b"").retry_after(),
        Some(Duration::from_secs(10))
    );
    assert_eq!(error(429, &[], b"").retry_after(), None);
}

#[test]
fn the_message_is_one_line_of_bounded_length() {
    let long = "long\r\n\u{1b}[31m".repeat(10_000);
    let body = json!({"errorCode": long, "detail": long, "badRequestDetail": {"fields": [{"field": long}]}});
    let message = of_json(400, &body).to_string();
    assert!(
        message.len() < 1500 && !message.contains(char::is_control),
        "{message}"
    );
}

#[test]
fn debug_shows_all_that_is_documented() {
    let body = br#"{"errorCode": "C", "parameters": [1], "newer": "hunter2"}"#;
    let printed = format!("{:?}", error(404, &[("retry-after", "1")], body));
    assert_eq!(
        printed,
        "ApiError { operation: None, status: 404, error_code: Some(\"C\"), detail: None, reason: None, parameters: [Number(1)], \
         violations: [], retry_after: Some(1s), excerpt: None, .. }"
    );
}

/// Gateways and load balancers in front of Atlas send error pages in formats of their own.
#[test]
fn gateways_are_told_in_a_line_that_says_nothing_twice() {
    let nginx = |title: &str| {
        format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body></html>"
        )
    };
    let balancer = |title: &str| {
        format!(
            "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
        )
    };
    let cloudfront = "<!DOCTYPE HTML><HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>502 ERROR</H1>\
        <H2>The request could not be satisfied.</H2><HR noshade>The origin closed the connection.\n<PRE>Request ID: fake==</PRE></BODY></HTML>";
    let apache = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>No such page on this server.</p></body></html>";
    let html = |body: String| ("text/html", body);
    for (status, (content_type, body), message) in [
        (
            503,
            html(nginx("503 Service Unavailable")),
            "503 Service Unavailable: nginx",
        ),
        (
            503,
            html(nginx("503 Service Temporarily Unavailable")),
            "503 Service Unavailable: Service Temporarily Unavailable nginx",
        ),
        (
            502,
            html(nginx("502 Bad Gateway")),
            "502 Bad Gateway: nginx",
        ),
        (
            413,
            html(nginx("413 Request Entity Too Large")),
            "413 Payload Too Large: Request Entity Too Large nginx",
        ),
        (502, html(balancer("502 Bad Gateway")), "502 Bad Gateway"),
        (
            504,
            html(balancer("504 Gateway Time-out")),
            "504 Gateway Timeout: Gateway Time-out",
        ),
        (
            502,
            html(cloudfront.into()),
            "502 Bad Gateway: ERROR: The request could not be satisfied The origin closed the connection. Request ID: fake==",
        ),
        (
            404,
            html(apache.into()),
            "404 Not Found: No such page on this server",
        ),
        (
            503,
            ("text/plain", "Service Unavailable".into()),
            "503 Service Unavailable",
        ),
        (
            503,
            ("text/plain", "503 Service Unavailable\n".into()),
            "503 Service Unavailable",
        ),
        (
            503,
            ("text/plain", "503 Service Unavailable: no backend.".into()),
            "503 Service Unavailable: no backend",
        ),
        (
            503,
            ("text/plain", "no healthy upstream".into()),
            "503 Service Unavailable: no healthy upstream",
        ),
        (
            503,
            (
                "application/json",
                r#"{"message": "Service Unavailable"}"#.into(),
            ),
            "503 Service Unavailable",
        ),
        (
            403,
            ("application/json", r#"{"Message": "Not allowed."}"#.into()),
            "403 Forbidden: Not allowed",
        ),
    ] {
        assert_eq!(
            error(status, &[("content-type", content_type)], body.as_bytes()).to_string(),
            message
        );
    }
}

#[test]
fn atlas_is_told_without_doubled_punctuation() {
    let violation = |field: &str, description: &str| json!({"fields": [{"field": field, "description": description}]});
    for (status, body, message) in [
        (
            404,
            json!({"errorCode": "X", "detail": "No cluster named a.", "reason": "Not Found"}),
            "404 Not Found (X): No cluster named a",
        ),
        (
            404,
            json!({"errorCode": "X", "detail": "Not found.", "reason": "Not Found"}),
            "404 Not Found (X)",
        ),
        (
            404,
            json!({"errorCode": "X", "detail": "", "reason": "Not Found"}),
            "404 Not Found (X)",
        ),
        (
            404,
            json!({"detail": "Not found in this project."}),
            "404 Not Found: Not found in this project",
        ),
        (
            404,
            json!({"detail": "404 Not Found: a"}),
            "404 Not Found: a",
        ),
        (
            404,
            json!({"detail": "404s are rare"}),
            "404 Not Found: 404s are rare",
        ),
        (
            400,
            json!({"detail": "Bad.", "badRequestDetail": violation("days:", "must be 1.")}),
            "400 Bad Request: Bad; days: must be 1",
        ),
        (
            400,
            json!({"detail": "Why?", "badRequestDetail": violation("", "")}),
            "400 Bad Request: Why?",
        ),
        (
            409,
            json!({"errorCode": "X.", "detail": "Busy; "}),
            "409 Conflict (X): Busy",
        ),
    ] {
        assert_eq!(of_json(status, &body).to_string(), message);
    }
    let headers = [("retry-after", "120")];
    let limited = br#"{"errorCode": "RATE_LIMITED", "detail": "Too many."}"#;
    assert_eq!(
        error(429, &headers, limited).to_string(),
        "429 Too Many Requests (RATE_LIMITED): Too many; retry after 120 s"
    );
    assert_eq!(
        error(429, &[("retry-after", "0")], b"").to_string(),
        "429 Too Many Requests"
    );
}

#[test]
fn the_proof_of_an_api_key_is_not_shown() {
    let header = HeaderValue::from_static(
        "Digest username=\"public\", nonce=\"n\", cnonce=\"0123456789abcdef\", response=\"fedcba9876543210\"",
    );
    let detail = json!({"detail": format!("got {}", header.to_str().unwrap())}).to_string();
    let error = error(400, &[], detail.as_bytes()).without_credentials(Some(&header));
    assert_eq!(
        error.detail(),
        Some(
            "got Digest username=\"public\", nonce=\"n\", cnonce=\"[redacted]\", response=\"[redacted]\""
        )
    );
    assert_eq!(error.body().unwrap().to_string(), detail);
}
