//! Decodes a raw response into a value, or into the error that it reports.

use std::any::TypeId;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::api::ApiError;
use crate::error::decode::DecodeError;
use crate::error::{Error, OperationName};
use crate::http::charset;
use crate::http::envelope::{self, Opened};
use crate::pipeline::exchange::RawResponse;
use crate::wire::field::{Empty, Field};
use crate::wire::mismatch::Mismatch;
use crate::wire::read::{self, ReadError};

/// A type that the content of a success response can be decoded into: a wire type, or `()` if the
/// operation has no content.
pub(crate) trait Content: Sized {
    fn read(
        name: &OperationName,
        enveloped: bool,
        answer: &RawResponse,
    ) -> Result<(StatusCode, Self), Error>;
}

impl<T: Field + Empty> Content for T {
    fn read(
        name: &OperationName,
        enveloped: bool,
        answer: &RawResponse,
    ) -> Result<(StatusCode, Self), Error> {
        let mut value = T::empty();
        content(name, enveloped, answer, &mut value).map(|status| (status, value))
    }
}

impl Content for () {
    fn read(
        name: &OperationName,
        enveloped: bool,
        answer: &RawResponse,
    ) -> Result<(StatusCode, Self), Error> {
        nothing(name, enveloped, answer).map(|status| (status, ()))
    }
}

/// Decodes the content of a success response into `value`, and returns the status: that of the
/// envelope if there is one.
///
/// Any 2xx status is a success, because Atlas responds to some calls with another one than
/// documented.
pub(crate) fn content(
    name: &OperationName,
    enveloped: bool,
    answer: &RawResponse,
    value: &mut dyn Field,
) -> Result<StatusCode, Error> {
    refuse_failure(name, answer)?;
    let text = charset::text(&answer.headers, &answer.body);
    let text = text.trim_ascii();
    if enveloped {
        return enveloped_content(name, answer, text, value);
    }
    let status = answer.status;
    if matches!(text, "" | "null") {
        return empty_content(name, status, value);
    }
    match read::from_json(value, text) {
        Ok(()) => Ok(status),
        Err(ReadError::Syntax(error)) => {
            Err(DecodeError::syntax(name.clone(), status, error).into())
        }
        Err(ReadError::Mismatch(mismatch)) => Err(mismatched(name, status, &mismatch)),
    }
}

/// Like [`content`], for a body that may be an envelope. It is parsed as a whole first, because its
/// last member may show that it is an envelope.
fn enveloped_content(
    name: &OperationName,
    answer: &RawResponse,
    text: &str,
    value: &mut dyn Field,
) -> Result<StatusCode, Error> {
    let body = match text {
        "" => Value::Null,
        text => text
            .parse()
            .map_err(|error| DecodeError::syntax(name.clone(), answer.status, error))?,
    };
    let opened = envelope::open(body);
    let status = check_status(name, answer, &opened)?;
    if opened.content.is_null() {
        return empty_content(name, status, value);
    }
    read::from_value(value, &opened.content)
        .map(|()| status)
        .map_err(|mismatch| {
            let mismatch = match opened.member {
                Some(member) => mismatch.inside(member),
                None => mismatch,
            };
            mismatched(name, status, &mismatch)
        })
}

/// Decodes the content of a success response into a type that the program brings. An empty body is
/// read as `null`, which is what `()`, `Option` and `Value` accept.
#[inline]
pub(crate) fn raw<T: DeserializeOwned + 'static>(
    name: &OperationName,
    enveloped: bool,
    answer: &RawResponse,
) -> Result<(StatusCode, T), Error> {
    // Whoever asks for nothing takes any body, as for an operation without content.
    if TypeId::of::<T>() == TypeId::of::<()>() {
        let status = nothing(name, enveloped, answer)?;
        return Ok((status, from_json(name, status, "null")?));
    }
    if enveloped {
        let (status, value) = raw_content(name, answer)?;
        let is_empty = value.is_null();
        let value = T::deserialize(value).map_err(|error| match is_empty {
            true => DecodeError::empty(name.clone(), status),
            false => DecodeError::of_type::<T>(name.clone(), status, String::new(), &error),
        })?;
        return Ok((status, value));
    }
    refuse_failure(name, answer)?;
    let text = charset::text(&answer.headers, &answer.body);
    Ok((
        answer.status,
        from_json(name, answer.status, json_of(&text))?,
    ))
}

#[inline]
fn from_json<T: DeserializeOwned>(
    name: &OperationName,
    status: StatusCode,
    json: &str,
) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| match json {
        "null" => DecodeError::empty(name.clone(), status).into(),
        _ if error.is_data() => {
            DecodeError::of_type::<T>(name.clone(), status, String::new(), &error).into()
        }
        _ => DecodeError::syntax(name.clone(), status, error).into(),
    })
}

/// The content of a success response that may be an envelope.
#[inline]
fn raw_content(name: &OperationName, answer: &RawResponse) -> Result<(StatusCode, Value), Error> {
    refuse_failure(name, answer)?;
    let text = charset::text(&answer.headers, &answer.body);
    let body = json_of(&text)
        .parse()
        .map_err(|error| DecodeError::syntax(name.clone(), answer.status, error))?;
    let opened = envelope::open(body);
    let status = check_status(name, answer, &opened)?;
    Ok((status, opened.content))
}

/// The text of a body as JSON. An empty body is `null`.
#[inline]
fn json_of(text: &str) -> &str {
    match text.trim() {
        "" => "null",
        text => text,
    }
}

/// Decodes an empty body as an object without members. This fails if the type requires a member.
fn empty_content(
    name: &OperationName,
    status: StatusCode,
    value: &mut dyn Field,
) -> Result<StatusCode, Error> {
    let read = read::from_value(value, &Value::Object(Map::new()));
    read.map(|()| status)
        .map_err(|_| DecodeError::empty(name.clone(), status).into())
}

fn mismatched(name: &OperationName, status: StatusCode, mismatch: &Mismatch) -> Error {
    DecodeError::mismatch(name.clone(), status, mismatch).into()
}

/// Checks the status of a response to an operation without content. If there is a body, it is read
/// only for a failure status in an envelope.
pub(crate) fn nothing(
    name: &OperationName,
    enveloped: bool,
    answer: &RawResponse,
) -> Result<StatusCode, Error> {
    refuse_failure(name, answer)?;
    if !enveloped {
        return Ok(answer.status);
    }
    let text = charset::text(&answer.headers, &answer.body);
    let body = text.parse().unwrap_or_default();
    check_status(name, answer, &envelope::open(body))
}

/// The status of a response: that of the envelope if there is one.
pub(crate) fn status(name: &OperationName, enveloped: bool, answer: &RawResponse) -> StatusCode {
    if !enveloped || !answer.status.is_success() {
        return answer.status;
    }
    match nothing(name, enveloped, answer) {
        Ok(status) => status,
        Err(error) => error.status().unwrap_or(answer.status),
    }
}

fn refuse_failure(name: &OperationName, answer: &RawResponse) -> Result<(), Error> {
    if answer.status.is_success() {
        return Ok(());
    }
    Err(answer.error(name, answer.status).into())
}

/// The status in the envelope, or else that of the response. A failure status in the envelope of a
/// success response is an error.
fn check_status(
    name: &OperationName,
    answer: &RawResponse,
    opened: &Opened,
) -> Result<StatusCode, Error> {
    match opened.status {
        Some(status) if !status.is_success() => {
            let error =
                ApiError::from_value(name.clone(), status, &answer.headers, &opened.content);
            Err(error
                .without_credentials(answer.authorization.as_ref())
                .into())
        }
        Some(status) => Ok(status),
        None => Ok(answer.status),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    const GET: OperationName = OperationName::Borrowed("get");

    fn nothing(enveloped: bool, answer: &RawResponse) -> Result<StatusCode, Error> {
        super::nothing(&GET, enveloped, answer)
    }

    fn answer(status: u16, body: &[u8]) -> RawResponse {
        RawResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new().into(),
            body: body.to_vec(),
            authorization: None,
        }
    }

    fn read<T: Field + Empty>(enveloped: bool, answer: &RawResponse) -> Result<(u16, T), Error> {
        let mut value = T::empty();
        let status = content(&GET, enveloped, answer, &mut value)?;
        Ok((status.as_u16(), value))
    }

    fn message(answer: &RawResponse) -> String {
        read::<Vec<String>>(false, answer).unwrap_err().to_string()
    }

    #[test]
    fn any_success_will_do() {
        for status in [200, 201, 202, 206, 299] {
            assert_eq!(
                read(false, &answer(status, b" [\"a\"]\n")).unwrap(),
                (status, vec!["a".to_owned()])
            );
        }
        assert_eq!(
            read(false, &answer(200, b"\xef\xbb\xbf1")).unwrap(),
            (200, 1),
            "a byte order mark"
        );
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        assert_eq!(
            message(&answer(200, b"")),
            "get: cannot decode the response (200 OK): the response is empty"
        );
        assert_eq!(
            message(&answer(204, b" \r\n")),
            "get: cannot decode the response (204 No Content): the response is empty"
        );
        assert_eq!(
            message(&answer(200, b"[\"a\", 1]")),
            "get: cannot decode the response (200 OK): [1]: expected text, found a number at line 1 column 7"
        );
        assert_eq!(
            message(&answer(200, b"{}")),
            "get: cannot decode the response (200 OK): expected a list, found an object at line 1 column 2"
        );
        let syntax = "get: cannot decode the response (200 OK): the response is not JSON: ";
        for body in [
            "<html>hunter2</html>",
            "[\"hunter2\"",
            "[\"hunter2\"] hunter2",
            "hunter2",
        ] {
            let error = read::<Value>(false, &answer(200, body.as_bytes())).unwrap_err();
            assert!(error.to_string().starts_with(syntax), "{error}");
            assert!(
                !format!("{error} {error:?}").contains("hunter2"),
                "{error:?}"
            );
            assert_eq!(error.status(), Some(StatusCode::OK));
        }
    }

    #[test]
    fn floats_keep_their_last_digit() {
        for text in ["0.013601053797871167", "120.66646441408479"] {
            assert_eq!(
                read::<Value>(false, &answer(200, text.as_bytes()))
                    .unwrap()
                    .1
                    .to_string(),
                text
            );
            assert_eq!(
                read::<f64>(false, &answer(200, text.as_bytes()))
                    .unwrap()
                    .1
                    .to_string(),
                text
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        let body = "[".repeat(1_000_000);
        assert!(read::<Value>(false, &answer(200, body.as_bytes())).is_err());
        assert!(read::<Value>(false, &answer(500, body.as_bytes())).is_err());
    }

    #[test]
    fn a_failure_is_one_whatever_is_expected() {
        for status in [100, 302, 404, 500, 999] {
            let answer = answer(status, b"1");
            assert_eq!(
                read::<i64>(true, &answer).unwrap_err().status().unwrap(),
                status
            );
            assert_eq!(
                nothing(false, &answer).unwrap_err().status().unwrap(),
                status
            );
        }
    }

    #[test]
    fn an_envelope_gives_the_same_value() {
        let plain = read::<Value>(false, &answer(201, br#"{"id": "1"}"#)).unwrap();
        for name in ["envelope", "content"] {
            let body = json!({"status": 201, name: {"id": "1"}}).to_string();
            assert_eq!(
                read::<Value>(true, &answer(200, body.as_bytes())).unwrap(),
                plain
            );
        }
        let body = br#"{"status": 200, "results": [1]}"#;
        assert_eq!(
            read::<Value>(true, &answer(200, body)).unwrap(),
            (200, json!({"results": [1]}))
        );
        let error = read::<Vec<String>>(
            true,
            &answer(200, br#"{"status": 200, "content": ["a", 1]}"#),
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("content[1]: expected text, found a number"),
            "{error}"
        );
    }

    #[test]
    fn a_failure_in_an_envelope_is_a_failure() {
        let error = json!({"error": 404, "errorCode": "CLUSTER_NOT_FOUND", "detail": "No."});
        for body in [
            json!({"status": 404, "envelope": error}),
            json!({"status": 404, "content": error}),
            json!({"status": 404, "error": 404, "errorCode": "CLUSTER_NOT_FOUND", "detail": "No."}),
            error,
        ] {
            let answer = answer(200, body.to_string().as_bytes());
            let message = "get: 404 Not Found (CLUSTER_NOT_FOUND): No";
            assert_eq!(
                read::<Value>(true, &answer).unwrap_err().to_string(),
                message
            );
            assert_eq!(nothing(true, &answer).unwrap_err().to_string(), message);
        }
        let redirect = answer(200, br#"{"status": 302, "envelope": null}"#);
        assert_eq!(
            read::<Value>(true, &redirect).unwrap_err().to_string(),
            "get: 302 Found"
        );
        assert!(
            nothing(false, &redirect).is_ok(),
            "nobody asked for an envelope"
        );
    }

    #[test]
    fn an_empty_answer_is_blank_where_nothing_is_required() {
        use std::collections::BTreeMap;
        type Nothing = BTreeMap<String, i64>;
        for (enveloped, status, body) in [
            (false, 204, ""),
            (false, 200, " \r\n\t"),
            (false, 200, "\u{feff}"),
            (false, 200, "null"),
            (true, 200, r#"{"status": 204}"#),
            (true, 200, r#"{"status": 204, "envelope": null}"#),
        ] {
            let answer = answer(status, body.as_bytes());
            assert_eq!(
                read::<Nothing>(enveloped, &answer).unwrap().1,
                Nothing::new(),
                "{body:?}"
            );
            let message = read::<String>(enveloped, &answer).unwrap_err().to_string();
            assert!(
                message.ends_with("the response is empty"),
                "{body:?}: {message}"
            );
        }
        let failure = read::<Nothing>(true, &answer(200, br#"{"status": 404, "envelope": null}"#))
            .unwrap_err();
        assert_eq!(
            failure.status().unwrap(),
            404,
            "a failure is no empty answer"
        );
    }

    #[test]
    fn nothing_may_be_anything() {
        for body in [&b""[..], b"{}", b"\xff", b"<html>"] {
            assert_eq!(nothing(true, &answer(204, body)).unwrap(), 204);
        }
        assert_eq!(
            nothing(true, &answer(200, br#"{"status": 204}"#)).unwrap(),
            204
        );
    }

    #[test]
    fn arbitrary_bytes_never_panic() {
        let seed = br#"{"status": 404, "envelope": {"errorCode": "A", "detail": "<b>\u00e9?a=b", "parameters": [1, null]}}"#;
        // A small generator of pseudorandom numbers (xorshift): no dependency, and the same bytes
        // every time.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        for _ in 0..20_000 {
            let mut body = seed[..random(seed.len() + 1)].to_vec();
            for _ in 0..random(4) {
                let at = random(body.len() + 1);
                body.insert(at, random(256) as u8);
            }
            let status = [200, 204, 302, 400, 503][random(5)];
            let answer = answer(status, &body);
            for enveloped in [false, true] {
                let (all, none) = (
                    read::<Value>(enveloped, &answer),
                    nothing(enveloped, &answer),
                );
                for message in [all.err(), none.err()]
                    .into_iter()
                    .flatten()
                    .map(|error| error.to_string())
                {
                    assert!(!message.contains(char::is_control), "{message:?}");
                }
            }
        }
    }
}
