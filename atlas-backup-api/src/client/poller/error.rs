//! How waiting for a job can end badly.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::error::redact;
use crate::pipeline::request::Request;
use crate::wire::one_line;

/// How a job ended that did not do what it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It failed.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// Its download URLs have expired, or were used as often as they may be.
    Expired,
}

/// Why a [`Wait`](crate::Wait) for a job of type `T` did not end with its success.
///
/// Where the job may go on, the message says how to go on waiting for it instead of making another.
#[non_exhaustive]
pub enum WaitError<T> {
    /// The job ended otherwise.
    #[non_exhaustive]
    Ended {
        /// How.
        ending: Ending,
        /// Atlas's own words for it, where it has any: a status, an error code, a sentence.
        words: String,
        /// The job as it ended.
        job: Box<T>,
        /// The call that was asking.
        call: String,
    },
    /// The job was still under way at the deadline. It goes on: it can be waited for again.
    #[non_exhaustive]
    Deadline {
        /// How long it was waited for.
        waited: Duration,
        /// The job as it was last seen; None where no poll brought it.
        job: Option<Box<T>>,
        /// How the last poll failed, if it did.
        failure: Option<Error>,
        /// The call that was asking.
        call: String,
    },
    /// The job was made a moment ago ([`Wait::just_created`](crate::Wait::just_created)), and several polls in a row were answered with 404. It
    /// was made nevertheless, and goes on: it can be waited for again.
    #[non_exhaustive]
    Unseen {
        /// The answer to the last poll.
        failure: Error,
        /// The call that was asking.
        call: String,
    },
    /// Asking failed: at once where another attempt would not help, or several times in a row. The job, if it exists, goes on, unless it was
    /// seen before and is now answered with 404.
    #[non_exhaustive]
    Call {
        /// How the last poll failed.
        failure: Error,
        /// The job as it was last seen; None where no poll brought it.
        job: Option<Box<T>>,
        /// The call that was asking.
        call: String,
    },
}

/// What is known of the job that was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has ended.
    Ended,
    /// It was there, and is no longer.
    Gone,
    /// It was there when it was last seen, or was made a moment ago.
    GoesOn,
    /// It was never seen, and asking failed in a way that says nothing about it.
    Unknown,
    /// It was never seen, and what was asked for is wrong, or is not there.
    Refused,
}

impl<T> WaitError<T> {
    pub(super) fn ended(request: &Request, job: T, ending: Ending, words: String) -> Self {
        WaitError::Ended {
            ending,
            words,
            job: Box::new(job),
            call: call(request),
        }
    }

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

    pub(super) fn unseen(request: &Request, failure: Error) -> Self {
        WaitError::Unseen {
            failure,
            call: call(request),
        }
    }

    pub(super) fn asking_failed(request: &Request, job: Option<T>, failure: Error) -> Self {
        WaitError::Call {
            failure,
            job: job.map(Box::new),
            call: call(request),
        }
    }

    /// The job as it was last seen.
    pub fn job(&self) -> Option<&T> {
        match self {
            WaitError::Ended { job, .. } => Some(job),
            WaitError::Deadline { job, .. } | WaitError::Call { job, .. } => job.as_deref(),
            WaitError::Unseen { .. } => None,
        }
    }

    /// How the job ended, if it did.
    pub fn ending(&self) -> Option<Ending> {
        match self {
            WaitError::Ended { ending, .. } => Some(*ending),
            _ => None,
        }
    }

    /// How the last poll failed, where it did.
    pub fn failure(&self) -> Option<&Error> {
        match self {
            WaitError::Ended { .. } => None,
            WaitError::Deadline { failure, .. } => failure.as_ref(),
            WaitError::Unseen { failure, .. } | WaitError::Call { failure, .. } => Some(failure),
        }
    }

    /// What is known of the job.
    pub(crate) fn standing(&self) -> Standing {
        let was_seen = self.job().is_some();
        match self {
            WaitError::Ended { .. } => Standing::Ended,
            WaitError::Unseen { .. } => Standing::GoesOn,
            WaitError::Call { failure, .. } if was_seen && failure.is_not_found() => Standing::Gone,
            _ if was_seen => Standing::GoesOn,
            WaitError::Call { failure, .. }
                if failure.is_not_found() || matches!(failure, Error::InvalidArgument(_)) =>
            {
                Standing::Refused
            }
            _ => Standing::Unknown,
        }
    }

    /// What went wrong, without the call and without advice.
    pub(crate) fn fault(&self) -> Fault<'_, T> {
        Fault(self)
    }

    /// What went wrong, with the call that was asking.
    pub(crate) fn summary(&self) -> String {
        match self {
            WaitError::Call { .. } => self.fault().to_string(),
            _ => format!("{}: {}", self.call(), self.fault()),
        }
    }

    /// What waits for the same job again: `get_snapshot(…).wait()`.
    pub(crate) fn how_to_wait(&self) -> String {
        let mut method = String::new();
        for letter in self.call().split(' ').next().unwrap_or_default().chars() {
            if letter.is_ascii_uppercase() {
                method.push('_');
            }
            method.push(letter.to_ascii_lowercase());
        }
        format!("{method}(…).wait()")
    }

    /// The call that was asking, and the id that it asked for.
    pub(crate) fn call(&self) -> &str {
        match self {
            WaitError::Ended { call, .. }
            | WaitError::Deadline { call, .. }
            | WaitError::Unseen { call, .. }
            | WaitError::Call { call, .. } => call,
        }
    }
}

/// `getSnapshot 65f0…`: the operation and the id at the end of its path.
fn call(request: &Request) -> String {
    let target = request.target();
    let path = target.split('?').next().unwrap_or_default();
    format!(
        "{} {}",
        request.operation.id,
        one_line::truncate(path.rsplit('/').next().unwrap_or_default(), 100)
    )
}

/// Prints what went wrong. Only the error of a failed call names the call.
pub(crate) struct Fault<'a, T>(&'a WaitError<T>);

impl<T> fmt::Display for Fault<'_, T> {
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
                    "still under way"
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        let subject = match self {
            WaitError::Call { call, .. } => call.split(' ').next_back().unwrap_or_default(),
            _ => "it",
        };
        let goes_on = match self.standing() {
            Standing::Ended | Standing::Refused => return Ok(()),
            Standing::Gone => return write!(f, "; {subject} was there before, and is no longer"),
            Standing::GoesOn => "goes on",
            Standing::Unknown => "may go on",
        };
        write!(
            f,
            "; {subject} {goes_on}: wait for it again with {}, instead of making another",
            self.how_to_wait()
        )
    }
}

/// The message; a job may be long.
impl<T> fmt::Debug for WaitError<T> {
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
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The message of the failure is part of this one's.
        self.failure().and_then(StdError::source)
    }
}
