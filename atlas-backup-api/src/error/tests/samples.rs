//! Creates one error of each kind, and of each kind that contains another, from a server's text.

use std::fmt::{Debug, Display};

use serde_json::json;

use super::*;
use crate::auth::Auth;
use crate::error::auth::TokenRefusal;
use crate::wire::mismatch::Mismatch;
use crate::wire::one_line;

/// The operation of the errors.
pub(super) static TAKE: Operation = Operation {
    id: "takeSnapshot",
    method: Method::POST,
    path: "/groups/{groupId}",
    accept: "application/json",
    content_type: None,
    idempotency: Idempotency::NotIdempotent,
};

/// The name of an error in these tests, its message, and its `Debug` output (`{:?}` and `{:#?}`).
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) message: String,
    pub(super) debug: [String; 2],
}

impl Sample {
    fn of(name: &'static str, error: &(impl Display + Debug)) -> Self {
        Sample {
            name,
            message: error.to_string(),
            debug: [format!("{error:?}"), format!("{error:#?}")],
        }
    }
}

/// Creates an error response in which every text is `text`, with `wrong` field violations.
pub(super) fn answer(status: u16, text: &str, wrong: usize) -> ApiError {
    answer_of(TAKE.id, status, text, wrong)
}

/// The same, of another operation.
fn answer_of(operation: &'static str, status: u16, text: &str, wrong: usize) -> ApiError {
    let fields = vec![json!({"field": text, "description": text}); wrong];
    let body = json!({
        "errorCode": text, "detail": text, "reason": text, "parameters": [text, {"a": [text]}, text, 1, 2, 3, 4],
        "badRequestDetail": {"fields": fields},
    });
    ApiError::of(
        operation,
        StatusCode::from_u16(status).unwrap(),
        &HeaderMap::new(),
        body.to_string().as_bytes(),
    )
}

fn lost() -> reqwest::Error {
    reqwest::Client::new()
        .get("http://127.0.0.1")
        .header("a\n", "b")
        .build()
        .unwrap_err()
}

/// Create each variant of [`Error`], and in each way if there are several ways to create it.
pub(super) const MAKERS: &[fn(&str) -> Error] = &[
    |text| {
        InvalidArgument::new("days", format_args!("{text:?}"), "must be at least 1")
            .inside(text)
            .of(TAKE.id)
            .into()
    },
    |text| {
        InvalidArgument::refused("groupId", &text)
            .of(TAKE.id)
            .into()
    },
    |_| ConnectionError::new(TAKE.id, lost()).into(),
    |_| ConnectionError::waited_for("token", TAKE.id).into(),
    |text| answer(404, text, 7).into(),
    |text| AmbiguousError::new(TAKE.id, answer(503, text, 7).into()).into(),
    |_| AmbiguousError::new(TAKE.id, ConnectionError::new(TAKE.id, lost()).into()).into(),
    |text| {
        DecodeError::mismatch(
            TAKE.id,
            StatusCode::OK,
            &Mismatch::at_path(String::new(), "expected text".to_owned()).inside(text),
        )
        .into()
    },
    |_| DecodeError::empty(TAKE.id, StatusCode::OK).into(),
    |text| ConfigurationError::new(text.to_owned()).into(),
    |text| AuthError::refused(TAKE.id, answer(401, text, 7), Auth::Nothing.hint()).into(),
    |text| AuthError::token_refused(refusal(text)).of(TAKE.id).into(),
    |_| {
        AuthError::token_unreadable("the response of the token endpoint is not JSON")
            .of(TAKE.id)
            .into()
    },
    |_| {
        AuthError::token_connection(ConnectionError::of_request(lost()))
            .of(TAKE.id)
            .into()
    },
];

fn refusal(text: &str) -> TokenRefusal {
    let (code, retry_after) = (
        Some("invalid_client".to_owned()),
        Some(Duration::from_secs(7)),
    );
    // The client shortens the description when it reads the response.
    TokenRefusal {
        status: StatusCode::UNAUTHORIZED,
        code,
        description: Some(one_line::truncate(text, 300)),
        retry_after,
    }
}

pub(super) fn errors(text: &str) -> Vec<Error> {
    MAKERS.iter().map(|make| make(text)).collect()
}

/// Returns the name of the variant. A new variant fails to compile here, and needs a sample too.
pub(super) fn kind(error: &Error) -> &'static str {
    match error {
        Error::InvalidArgument(_) => "InvalidArgument",
        Error::Connection(_) => "Connection",
        Error::Timeout(_) => "Timeout",
        Error::Api(_) => "Api",
        Error::Auth(_) => "Auth",
        Error::Ambiguous(_) => "Ambiguous",
        Error::Decode(_) => "Decode",
        Error::Configuration(_) => "Configuration",
    }
}

pub(super) fn of_each_kind(text: &str) -> Vec<Sample> {
    errors(text)
        .iter()
        .map(|error| Sample::of(kind(error), error))
        .collect()
}

/// The errors of calls, and the errors of jobs that contain them.
#[allow(unused_mut, reason = "features decide what is added")]
pub(super) fn of_calls(text: &str) -> Vec<Sample> {
    let mut samples = of_each_kind(text);
    #[cfg(feature = "v2")]
    for make in MAKERS
        .iter()
        .filter(|make| !matches!(make(""), Error::Configuration(_)))
    {
        samples.append(&mut jobs::around(&|| make(text), text));
    }
    samples
}

/// The errors that do not belong to a call.
#[allow(unused_mut, reason = "features decide what is added")]
pub(super) fn of_no_call(text: &str) -> Vec<Sample> {
    let mut samples = vec![
        Sample::of("InvalidId", &ObjectId::try_from(text).unwrap_err()),
        Sample::of(
            "ApiError of a program",
            &ApiError::from_response(StatusCode::NOT_FOUND, &HeaderMap::new(), text.as_bytes()),
        ),
    ];
    #[cfg(feature = "download")]
    samples.append(&mut downloads(text));
    samples
}

#[cfg(feature = "download")]
fn downloads(text: &str) -> Vec<Sample> {
    use crate::DownloadError as E;
    let (status, path) = (StatusCode::FORBIDDEN, std::path::PathBuf::from("a/b"));
    let connection = || ConnectionError::of_request(lost());
    let name = || one_line::truncate(text, 255);
    [
        E::Invalid {
            file: name(),
            fault: "the URL is none",
        },
        E::NotHttps { file: name() },
        E::Exists { path: path.clone() },
        E::OtherProcess { path: path.clone() },
        E::Expired {
            file: name(),
            status,
        },
        E::Http {
            file: name(),
            status,
            retry_after: Some(Duration::from_secs(7)),
        },
        E::Answer {
            file: name(),
            fault: "it redirects to nowhere",
        },
        E::Connection {
            file: name(),
            source: connection(),
        },
        E::Timeout {
            file: name(),
            source: connection(),
        },
        E::Length {
            file: name(),
            expected: 1,
            found: 2,
        },
        E::Hash {
            file: name(),
            expected: "e".repeat(40),
            found: "f".repeat(40),
        },
        E::disk(&path, std::io::Error::other("full")),
        E::Configuration(ConfigurationError::new(text.to_owned())),
    ]
    .iter()
    .map(|error| Sample::of("DownloadError", error))
    .collect()
}

#[cfg(feature = "v2")]
mod jobs {
    use super::*;
    use crate::v2::types::Snapshot;
    use crate::{Ending, TakeError, WaitError};

    const CALL: &str = "takeSnapshot 65f0";

    fn waits(make: &dyn Fn() -> Error, text: &str) -> [WaitError<Snapshot>; 6] {
        let (waited, call) = (Duration::from_secs(7), CALL.to_owned());
        let job = || Box::new(snapshot(text));
        [
            WaitError::Ended {
                ending: Ending::Failed,
                words: text.to_owned(),
                job: job(),
                call: call.clone(),
            },
            WaitError::Deadline {
                waited,
                job: Some(job()),
                failure: None,
                call: call.clone(),
            },
            WaitError::Deadline {
                waited,
                job: None,
                failure: Some(make()),
                call: call.clone(),
            },
            WaitError::Unseen {
                failure: make(),
                call: call.clone(),
            },
            WaitError::Call {
                failure: make(),
                job: Some(job()),
                call: call.clone(),
            },
            WaitError::Call {
                failure: make(),
                job: None,
                call,
            },
        ]
    }

    fn snapshot(text: &str) -> Snapshot {
        serde_json::from_value(json!({"id": text, "description": text, "newer": text})).unwrap()
    }

    pub(super) fn around(make: &dyn Fn() -> Error, text: &str) -> Vec<Sample> {
        let mut samples: Vec<Sample> = waits(make, text)
            .iter()
            .map(|error| Sample::of("WaitError", error))
            .collect();
        let mut taken = vec![
            TakeError::Call(make()),
            TakeError::Ambiguous {
                marker: "m".to_owned(),
                failure: make(),
                search_failure: None,
            },
            TakeError::Ambiguous {
                marker: "m".to_owned(),
                failure: make(),
                search_failure: Some(answer_of("listSnapshots", 403, text, 7).into()),
            },
        ];
        for (one, other) in waits(make, text).into_iter().zip(waits(make, text)) {
            taken.push(TakeError::Busy(one));
            taken.push(TakeError::Snapshot {
                snapshot: Box::new(snapshot(text)),
                failure: other,
            });
        }
        samples.extend(taken.iter().map(|error| Sample::of("TakeError", error)));
        #[cfg(feature = "download")]
        {
            let mut saved = vec![crate::SaveError::Call(make())];
            let id = snapshot(text).id;
            saved.extend(waits(make, text).map(|failure| crate::SaveError::Job {
                id: id.clone(),
                failure,
            }));
            samples.extend(saved.iter().map(|error| Sample::of("SaveError", error)));
        }
        samples
    }
}
