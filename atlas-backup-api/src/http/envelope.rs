//! Responses to requests with `envelope=true`, which have the status in the body.
//!
//! A resource is wrapped: `{"status": 200, "envelope": {…}}`. The member is called `envelope` on
//! the documentation pages and `content` elsewhere. A list is not wrapped: it has `status` beside
//! its `results`.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::wire::{read_object, scalar};

/// The content of an envelope, or a body without an envelope.
#[derive(Debug, PartialEq)]
pub(crate) struct Opened {
    /// The status in the body, if there is one.
    pub(crate) status: Option<StatusCode>,
    pub(crate) content: Value,
    /// The name of the member that contained the content. `None` if nothing was wrapped.
    pub(crate) member: Option<&'static str>,
}

/// Opens an envelope. A body without an envelope is returned as it is, because some operations
/// ignore the parameter.
pub(crate) fn open(body: Value) -> Opened {
    let mut members = match body {
        Value::Object(members) => members,
        content => {
            return Opened {
                status: None,
                content,
                member: None,
            };
        }
    };
    // A resource may have a `status` of its own, but that is text.
    let status = members.get("status").and_then(as_status);
    if status.is_some() {
        if let Some((name, content)) = wrapped(&mut members) {
            return Opened {
                status,
                content,
                member: Some(name),
            };
        }
        if let Some(content) = nothing_else(&members) {
            return Opened {
                status,
                content,
                member: None,
            };
        }
        read_object::remove(&mut members, "status");
    }
    let status = status.or_else(|| unwrapped_error(&members));
    Opened {
        status,
        content: Value::Object(members),
        member: None,
    }
}

/// Returns the wrapped content, or the unchanged body if it has no envelope.
pub(crate) fn content(mut body: Value) -> Value {
    match &mut body {
        Value::Object(members)
            if members
                .get("status")
                .is_some_and(|status| as_status(status).is_some()) =>
        {
            wrapped(members).map_or(body, |(_, content)| content)
        }
        _ => body,
    }
}

fn wrapped(members: &mut Map<String, Value>) -> Option<(&'static str, Value)> {
    let mut take = |name: &'static str| {
        Some((name, members.get_mut(name)?.take())).filter(|(_, content)| !content.is_null())
    };
    take("envelope").or_else(|| take("content"))
}

fn as_status(value: &Value) -> Option<StatusCode> {
    let Value::Number(number) = value else {
        return None;
    };
    StatusCode::from_u16(u16::try_from(scalar::integer(number)?).ok()?).ok()
}

/// Returns `null` for an envelope without content, which Atlas sends if the operation returns none.
fn nothing_else(members: &Map<String, Value>) -> Option<Value> {
    let empty = members
        .iter()
        .all(|(name, value)| name == "status" || value.is_null());
    empty.then_some(Value::Null)
}

/// The status of an error that Atlas sent without wrapping it.
fn unwrapped_error(members: &Map<String, Value>) -> Option<StatusCode> {
    let status = members.get("error").and_then(as_status)?;
    let has_error_code = members.get("errorCode").is_some_and(Value::is_string);
    (has_error_code && status.as_u16() >= 400).then_some(status)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opened(body: Value) -> (Option<u16>, Value) {
        let opened = open(body);
        (opened.status.map(|status| status.as_u16()), opened.content)
    }

    #[test]
    fn both_names_of_the_wrapped_member() {
        for name in ["envelope", "content"] {
            let body = json!({"status": 201, name: {"id": "1", "status": "queued"}});
            assert_eq!(
                opened(body),
                (Some(201), json!({"id": "1", "status": "queued"}))
            );
        }
        assert_eq!(
            opened(json!({"status": 200.0, "envelope": null, "content": 1})),
            (Some(200), json!(1))
        );
    }

    #[test]
    fn a_list_loses_the_status_it_gained() {
        let body = json!({"results": [], "totalCount": 0, "status": 200});
        assert_eq!(
            opened(body),
            (Some(200), json!({"results": [], "totalCount": 0}))
        );
    }

    #[test]
    fn nothing_inside() {
        for body in [
            json!({"status": 204}),
            json!({"status": 204, "envelope": null}),
        ] {
            assert_eq!(opened(body), (Some(204), Value::Null));
        }
    }

    #[test]
    fn what_has_no_envelope_is_left_alone() {
        for body in [
            json!({"id": "1", "status": "queued"}),
            json!({"id": "1", "content": {"a": 1}, "status": "queued"}),
            json!({"envelope": {"a": 1}}),
            json!({"status": 7, "content": 1}),
            json!({"status": 99_999, "content": 1}),
            json!({"status": "200", "content": 1}),
            json!({"error": 404}),
            json!({"error": 200, "errorCode": "X"}),
            json!([1]),
            json!(null),
        ] {
            assert_eq!(opened(body.clone()), (None, body));
        }
    }

    #[test]
    fn errors_are_seen_wrapped_or_not() {
        let error = json!({"error": 404, "errorCode": "CLUSTER_NOT_FOUND"});
        assert_eq!(
            opened(json!({"status": 404, "envelope": error})),
            (Some(404), error.clone())
        );
        assert_eq!(opened(error.clone()), (Some(404), error.clone()));
        let beside = json!({"status": 404, "error": 404, "errorCode": "CLUSTER_NOT_FOUND"});
        assert_eq!(opened(beside), (Some(404), error));
    }
}
