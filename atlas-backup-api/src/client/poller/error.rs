//! The errors of waiting for a job.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::error::redact;
use crate::pipeline::request::Request;
use crate::wire::one_line;
use crate::wire::text;

/// How a job ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// The job failed.
    Failed,
    /// Somebody cancelled the job.
    Cancelled,
    /// The job's download URLs have expired, or were used as often as Atlas allows.
    Expired,
}

/// Why a [`Wait`](crate::Wait) for a job of type `T` did not end with the job's success.
///
/// If the job may still be in progress, the message says how to wait for it again instead of
/// creating another.
#[non_exhaustive]
pub enum WaitError<T> {
    /// The job ended without success.
    #[non_exhaustive]
    Ended {
        /// How it ended.
        ending: Ending,
        /// Atlas's own words for the ending, if it has any: a status, an error code or a sentence.
        /// Empty otherwise.
        words: String,
        /// The job as it ended.
        job: Box<T>,
        /// The operation that polled, and the id of the job.
        call: String,
    },
    /// The job was still in progress at the deadline. It continues, and can be waited for again.
    #[non_exhaustive]
    Deadline {
        /// How long the caller waited.
        waited: Duration,
        /// The job as the last successful poll returned it; `None` if no poll succeeded.
        job: Option<Box<T>>,
        /// The error of the last poll, if it failed.
        failure: Option<Error>,
        /// The operation that polled, and the id of the job.
        call: String,
    },
    /// The job was created a moment ago ([`Wait::just_created`](crate::Wait::just_created)), and
    /// several polls in a row returned 404. It exists nevertheless and continues, and can be waited
    /// for again.
    #[non_exhaustive]
    Unseen {
        /// The error of the last poll.
        failure: Error,
        /// The operation that polled, and the id of the job.
        call: String,
    },
    /// Polling failed: either with an error that a retry would not cure, or several times in a row.
    /// The job, if it exists, continues, unless a poll saw it before and the last poll returned
    /// 404.
    #[non_exhaustive]
    Call {
        /// The error of the last poll.
        failure: Error,
        /// The job as the last successful poll returned it; `None` if no poll succeeded.
        job: Option<Box<T>>,
        /// The operation that polled, and the id of the job.
        call: String,
    },
}

/// What is known of the job after waiting for it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastKnown {
    /// The job has ended.
    Ended,
    /// A poll saw the job, but it no longer exists.
    Gone,
    /// The job existed at the last successful poll, or was created a moment ago.
    InProgress,
    /// No poll saw the job, and the polls failed in a way that says nothing about it.
    Unknown,
    /// No poll saw the job: the request is invalid, or the job does not exist.
    Refused,
}

impl<T> WaitError<T> {
    #[inline]
    pub(super) fn ended(request: &Request, job: T, ending: Ending, words: String) -> Self {
        WaitError::Ended {
            ending,
            words,
            job: Box::new(job),
            call: call(request),
        }
    }

    #[inline]
    pub(super) fn deadline(
        request: &Request,
        waited: Duration,
        job: Option<T>,
        failure: Option<Error>,
    ) -> Self {
        WaitError::Deadline {
            waited,
            job: job.map(Box::new),
            failure,
            call: call(request),
        }
    }

    #[inline]
    pub(super) fn unseen(request: &Request, failure: Error) -> Self {
        WaitError::Unseen {
            failure,
            call: call(request),
        }
    }

    #[inline]
    pub(super) fn poll_failed(request: &Request, job: Option<T>, failure: Error) -> Self {
        WaitError::Call {
            failure,
            job: job.map(Box::new),
            call: call(request),
        }
    }

    /// The job as the last successful poll returned it.
    #[inline]
    pub fn job(&self) -> Option<&T> {
        match self {
            WaitError::Ended { job, .. } => Some(job),
            WaitError::Deadline { job, .. } | WaitError::Call { job, .. } => job.as_deref(),
            WaitError::Unseen { .. } => None,
        }
    }

    /// How the job ended, if it did.
    #[inline]
    pub fn ending(&self) -> Option<Ending> {
        match self {
            WaitError::Ended { ending, .. } => Some(*ending),
            _ => None,
        }
    }

    /// The error of the last poll, if it failed.
    #[inline]
    pub fn failure(&self) -> Option<&Error> {
        match self {
            WaitError::Ended { .. } => None,
            WaitError::Deadline { failure, .. } => failure.as_ref(),
            WaitError::Unseen { failure, .. } | WaitError::Call { failure, .. } => Some(failure),
        }
    }

    /// What is known of the job.
    #[inline]
    pub(crate) fn last_known(&self) -> LastKnown {
        let was_seen = self.job().is_some();
        match self {
            WaitError::Ended { .. } => LastKnown::Ended,
            WaitError::Unseen { .. } => LastKnown::InProgress,
            WaitError::Call { failure, .. } if was_seen && failure.is_not_found() => {
                LastKnown::Gone
            }
            _ if was_seen => LastKnown::InProgress,
            WaitError::Call { failure, .. }
                if failure.is_not_found() || matches!(failure, Error::InvalidArgument(_)) =>
            {
                LastKnown::Refused
            }
            _ => LastKnown::Unknown,
        }
    }

    /// Displays what went wrong, without the call and without advice.
    #[inline]
    pub(crate) fn fault(&self) -> Fault<'_, T> {
        Fault(self)
    }

    /// What went wrong, with the call that polled.
    #[inline]
    pub(crate) fn summary(&self) -> String {
        match self {
            WaitError::Call { .. } => self.fault().to_string(),
            _ => format!("{}: {}", self.call(), self.fault()),
        }
    }

    /// The code that waits for the same job again: `get_snapshot(…).wait()`.
    #[inline]
    pub(crate) fn how_to_wait(&self) -> String {
        let mut method = String::new();
        for letter in text::before(self.call(), &[' ']).chars() {
            if letter.is_ascii_uppercase() {
                method.push('_');
            }
            method.push(letter.to_ascii_lowercase());
        }
        format!("{method}(…).wait()")
    }

    /// The operation that polled, and the id of the job.
    #[inline]
    pub(crate) fn call(&self) -> &str {
        match self {
            WaitError::Ended { call, .. }
            | WaitError::Deadline { call, .. }
            | WaitError::Unseen { call, .. }
            | WaitError::Call { call, .. } => call,
        }
    }
}

/// `getSnapshot 65f0…`: the operation, and the id at the end of its path.
#[inline]
fn call(request: &Request) -> String {
    let target = request.target();
    let path = text::before(&target, &['?']);
    format!(
        "{} {}",
        request.route.name,
        one_line::truncate(path.rsplit('/').next().unwrap_or_default(), 100)
    )
}

/// Displays what went wrong. Only the error of a failed poll names the call.
pub(crate) struct Fault<'a, T>(&'a WaitError<T>);

impl<T> fmt::Display for Fault<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WaitError::Ended { ending, words, .. } => {
                let ending = match ending {
                    Ending::Failed => "it failed",
                    Ending::Cancelled => "it was cancelled",
                    Ending::Expired => "it has expired",
                };
                let words = redact::clause(words, 500);
                if words.is_empty() {
                    f.write_str(ending)
                } else {
                    write!(f, "{ending}: {words}")
                }
            }
            WaitError::Deadline {
                waited,
                job,
                failure,
                ..
            } => {
                let known = if job.is_some() {
                    "still in progress"
                } else {
                    "not known how far it is"
                };
                write!(f, "{known} after {waited:?}")?;
                let Some(failure) = failure else {
                    return Ok(());
                };
                f.write_str(": ")?;
                failure.message(f)
            }
            WaitError::Unseen { failure, .. } => {
                f.write_str("not to be seen yet: ")?;
                failure.message(f)
            }
            WaitError::Call { failure, .. } => failure.fmt(f),
        }
    }
}

impl<T> fmt::Display for WaitError<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        let subject = match self {
            WaitError::Call { call, .. } => call.split(' ').next_back().unwrap_or_default(),
            _ => "it",
        };
        let goes_on = match self.last_known() {
            LastKnown::Ended | LastKnown::Refused => return Ok(()),
            LastKnown::Gone => return write!(f, "; {subject} existed before, but no longer does"),
            LastKnown::InProgress => "is in progress",
            LastKnown::Unknown => "may be in progress",
        };
        write!(
            f,
            "; {subject} {goes_on}: wait for it again with {}, instead of creating another",
            self.how_to_wait()
        )
    }
}

/// Prints the message and leaves out the job, which may be long.
impl<T> fmt::Debug for WaitError<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitError::Call { failure, call, .. } => f
                .debug_struct("Call")
                .field("failure", failure)
                .field("call", call)
                .finish_non_exhaustive(),
            told => write!(f, "WaitError({told})"),
        }
    }
}

impl<T> StdError for WaitError<T> {
    #[inline]
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The failure's own message is part of this error's message, so the source starts below it.
        self.failure().and_then(StdError::source)
    }
}
