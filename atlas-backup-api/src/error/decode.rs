//! The error of a success response that cannot be decoded.

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;

use crate::error::truncated::Truncated;
use crate::wire::mismatch::Mismatch;
use crate::wire::one_line;

/// The maximum length of the path, in which names may come from Atlas, and of the problem: in
/// characters in the message, in bytes in `Debug`.
const LONGEST: usize = 300;

/// The body of a success response cannot be decoded. Atlas has carried out the operation.
///
/// The error never contains values of the body, which may be secret.
pub struct DecodeError {
    operation: &'static str,
    status: StatusCode,
    path: String,
    problem: String,
    source: Option<serde_json::Error>,
}

impl DecodeError {
    pub(crate) fn mismatch(
        operation: &'static str,
        status: StatusCode,
        mismatch: &Mismatch,
    ) -> Self {
        DecodeError {
            operation,
            status,
            path: mismatch.path().to_owned(),
            problem: mismatch.problem().to_owned(),
            source: None,
        }
    }

    pub(crate) fn empty(operation: &'static str, status: StatusCode) -> Self {
        let problem = "the response is empty".to_owned();
        DecodeError {
            operation,
            status,
            path: String::new(),
            problem,
            source: None,
        }
    }

    pub(crate) fn syntax(
        operation: &'static str,
        status: StatusCode,
        error: serde_json::Error,
    ) -> Self {
        let problem = "the response is not JSON".to_owned();
        DecodeError {
            operation,
            status,
            path: String::new(),
            problem,
            source: Some(error),
        }
    }

    /// The rest of the response was not read.
    pub(crate) fn too_long(operation: &'static str, status: StatusCode, limit: usize) -> Self {
        let problem = format!(
            "the response is longer than {limit} bytes, which is as much as is read; `max_response_bytes` of the client or of the call \
             raises the limit"
        );
        DecodeError {
            operation,
            status,
            path: String::new(),
            problem,
            source: None,
        }
    }

    /// The operation that was called, as the documents name it: `takeSnapshot`.
    pub fn operation(&self) -> &str {
        self.operation
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
        self.source.as_ref().map(|source| source as _)
    }
}
