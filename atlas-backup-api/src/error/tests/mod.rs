//! Tests of what the accessors, messages and sources of errors return.

mod bounds;
mod names;
mod samples;

use http::{HeaderMap, Method};

use super::*;
use crate::pipeline::operation::{Idempotency, Operation};
use crate::wire::object_id::ObjectId;

static GET: Operation = Operation {
    id: "get",
    method: Method::GET,
    path: "/",
    accept: "application/json",
    content_type: None,
    idempotency: Idempotency::Safe,
};

fn api(status: u16, body: &str) -> Error {
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", 7.into());
    ApiError::of(
        GET.id,
        StatusCode::from_u16(status).unwrap(),
        &headers,
        body.as_bytes(),
    )
    .into()
}

fn syntax() -> Error {
    let error = serde_json::from_str::<serde_json::Value>("<").unwrap_err();
    DecodeError::syntax(GET.id, StatusCode::OK, error).into()
}

#[test]
fn an_answer_tells_what_it_is() {
    let error = api(404, r#"{"errorCode": "CLUSTER_NOT_FOUND"}"#);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.error_code(), Some("CLUSTER_NOT_FOUND"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.is_not_found() && !error.is_rate_limited());
    assert!(
        api(429, "").is_rate_limited()
            && api(400, r#"{"errorCode": "RATE_LIMITED"}"#).is_rate_limited()
    );
    assert!(!api(403, "").is_not_found());
}

#[test]
fn what_is_no_answer_tells_nothing() {
    let error = Error::from(InvalidArgument::without_value("id", "must be given"));
    assert_eq!(
        (error.status(), error.error_code(), error.retry_after()),
        (None, None, None)
    );
    assert!(!error.is_not_found() && !error.is_rate_limited());
    assert_eq!(
        syntax().status(),
        Some(StatusCode::OK),
        "an unreadable success did come"
    );
    assert_eq!(syntax().error_code(), None);
}

#[test]
fn messages_are_those_of_what_they_hold() {
    let id = Error::from(ObjectId::try_from("x").unwrap_err());
    assert_eq!(
        id.to_string(),
        r#"invalid argument: "x" is not an ObjectId: expected 24 lower-case hexadecimal digits"#
    );
    assert_eq!(
        Error::from(ConfigurationError::new("no".into())).to_string(),
        "configuration: no"
    );
    assert_eq!(
        api(404, "").to_string(),
        "get: 404 Not Found; retry after 7 s"
    );
    let message = "get: cannot decode the response (200 OK): the response is not JSON: expected value at line 1 column 1";
    assert_eq!(syntax().to_string(), message);
}

#[test]
fn a_refusal_of_credentials_tells_how_long_it_asks_to_wait() {
    let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, 7.into())]);
    let answer = ApiError::of(GET.id, StatusCode::UNAUTHORIZED, &headers, b"");
    let error = Error::from(AuthError::refused(
        GET.id,
        answer,
        crate::auth::Auth::Nothing.hint(),
    ));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[test]
fn what_lies_in_another_error_is_told_too() {
    let error = Error::from(AmbiguousError::new(
        GET.id,
        api(503, r#"{"errorCode": "BUSY"}"#),
    ));
    assert_eq!(
        (error.status().unwrap().as_u16(), error.error_code()),
        (503, Some("BUSY"))
    );
    assert!(error.is_ambiguous() && !error.is_rate_limited() && error.retry_after().is_some());
    assert_eq!(
        error.to_string(),
        "get: it is not known whether this was done: 503 Service Unavailable (BUSY); retry after 7 s"
    );
    let answer = ApiError::of(
        GET.id,
        StatusCode::UNAUTHORIZED,
        &HeaderMap::new(),
        br#"{"errorCode": "E"}"#,
    );
    let error = Error::from(AuthError::refused(
        GET.id,
        answer,
        crate::auth::Auth::Nothing.hint(),
    ));
    assert_eq!(
        (error.status().unwrap().as_u16(), error.error_code()),
        (401, Some("E"))
    );
    assert_eq!(
        error.to_string(),
        "get: 401 Unauthorized (E); the client was given no credentials"
    );
}

#[test]
fn sources_are_chained() {
    assert_eq!(
        syntax().source().unwrap().to_string(),
        "expected value at line 1 column 1"
    );
    assert!(api(404, "").source().is_none());
}

#[test]
fn it_can_be_passed_around() {
    fn check<T: StdError + Send + Sync + 'static>() {}
    check::<Error>();
    assert!(
        size_of::<Error>() <= 80,
        "every call returns one: {} bytes",
        size_of::<Error>()
    );
}
