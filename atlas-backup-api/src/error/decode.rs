//! The error of a success response that cannot be decoded.

use std::error::Error as StdError;
use std::fmt;
use std::iter::successors;

use http::StatusCode;

use crate::error::OperationName;
use crate::error::truncated::Truncated;
use crate::wire::mismatch::Mismatch;
use crate::wire::one_line;
use crate::wire::text;

/// The maximum length of the path, in which names may come from Atlas, and of the problem: in
/// characters in the message, in bytes in `Debug`.
const LONGEST: usize = 300;

/// The body of a success response cannot be decoded. Atlas has carried out the operation.
///
/// The error never contains values of the body, which may be secret.
pub struct DecodeError {
    operation: OperationName,
    status: StatusCode,
    path: String,
    problem: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DecodeError {
    pub(crate) fn mismatch(
        operation: impl Into<OperationName>,
        status: StatusCode,
        mismatch: &Mismatch,
    ) -> Self {
        DecodeError {
            operation: operation.into(),
            status,
            path: mismatch.path().to_owned(),
            problem: mismatch.problem().to_owned(),
            source: None,
        }
    }

    pub(crate) fn empty(operation: impl Into<OperationName>, status: StatusCode) -> Self {
        let problem = "the response is empty".to_owned();
        DecodeError {
            operation: operation.into(),
            status,
            path: String::new(),
            problem,
            source: None,
        }
    }

    pub(crate) fn syntax(
        operation: impl Into<OperationName>,
        status: StatusCode,
        error: serde_json::Error,
    ) -> Self {
        let problem = "the response is not JSON".to_owned();
        DecodeError {
            operation: operation.into(),
            status,
            path: String::new(),
            problem,
            source: Some(error.into()),
        }
    }

    /// JSON that does not fit a type of the program. serde's message may quote values of the body,
    /// so only the part of it that names what was expected is kept.
    #[inline]
    pub(crate) fn of_type<T>(
        operation: impl Into<OperationName>,
        status: StatusCode,
        path: String,
        error: &serde_json::Error,
    ) -> Self {
        DecodeError {
            operation: operation.into(),
            status,
            path,
            problem: unfit(short(std::any::type_name::<T>()), error),
            source: None,
        }
    }

    /// The rest of the response was not read.
    pub(crate) fn too_long(
        operation: impl Into<OperationName>,
        status: StatusCode,
        limit: usize,
    ) -> Self {
        let problem = format!(
            "the response is longer than {limit} bytes, which is as much as is read; `max_response_bytes` of the client or of the call \
             raises the limit"
        );
        DecodeError {
            operation: operation.into(),
            status,
            path: String::new(),
            problem,
            source: None,
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode the response ({}): ", self.status)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", one_line::truncate(&self.path, LONGEST))?;
        }
        f.write_str(&one_line::truncate(&self.problem, LONGEST))?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The path to the value that cannot be decoded, such as `results[3].expiresAt`. It is empty if
    /// the error is about the whole body.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// A type without its modules: `Named` of `program::lists::Named`. One with parameters is left as
/// it is.
fn short(type_name: &str) -> &str {
    match type_name.rsplit(':').next() {
        Some(name) if !text::contains(type_name, "<") => name,
        _ => type_name,
    }
}

/// Why JSON does not fit a type, without the values in the message of serde's error.
#[inline]
fn unfit(type_name: &str, error: &serde_json::Error) -> String {
    let message = error.to_string();
    // A place that is unknown is line 0.
    let place = match error.line() {
        0 => String::new(),
        line => format!(" at line {line} column {}", error.column()),
    };
    let message = message.strip_suffix(place.as_str()).unwrap_or(&message);
    let quotes = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant ",
    ];
    let why = if message.starts_with("missing field `") {
        format!(": {message}")
    } else if quotes.iter().any(|start| message.starts_with(start)) {
        // What was expected comes last, and from the program.
        let expected = |text| text::split_once(text, ", expected ");
        let last = successors(expected(message), |(_, rest)| expected(rest)).last();
        last.map_or(String::new(), |(_, expected)| {
            format!(": expected {expected}")
        })
    } else {
        String::new()
    };
    format!("it is no {type_name}{why}{place}")
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        self.message(f)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("path", &Truncated(&self.path, LONGEST))
            .field("problem", &Truncated(&self.problem, LONGEST))
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
