//! How waiting for a job can end badly.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::request::Request;

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
    /// Asking failed: at once where another attempt would not help, or several times in a row.
    Call(Error),
}

impl<T> WaitError<T> {
    pub(super) fn ended(request: &Request, job: T, ending: Ending, words: String) -> Self {
        WaitError::Ended { ending, words, job: Box::new(job), call: call(request) }
    }

    pub(super) fn deadline(request: &Request, waited: Duration, job: Option<T>, failure: Option<Error>) -> Self {
        WaitError::Deadline { waited, job: job.map(Box::new), failure, call: call(request) }
    }

    /// The job as it was last seen.
    pub fn job(&self) -> Option<&T> {
        match self {
            WaitError::Ended { job, .. } => Some(job),
            WaitError::Deadline { job, .. } => job.as_deref(),
            WaitError::Call(_) => None,
        }
    }

    /// How the job ended, if it did.
    pub fn ending(&self) -> Option<Ending> {
        match self {
            WaitError::Ended { ending, .. } => Some(*ending),
            _ => None,
        }
    }
}

/// `getSnapshot 65f0…`: the operation and the id at the end of its path.
fn call(request: &Request) -> String {
    let target = request.target();
    let path = target.split('?').next().unwrap_or_default();
    format!("{} {}", request.operation.id, path.rsplit('/').next().unwrap_or_default())
}

impl<T> fmt::Display for WaitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitError::Ended { ending, words, call, .. } => {
                let ending = match ending {
                    Ending::Failed => "it failed",
                    Ending::Cancelled => "it was cancelled",
                    Ending::Expired => "it has expired",
                };
                write!(f, "{call}: {ending}: {words}")
            }
            WaitError::Deadline { waited, job, failure, call } => {
                let known = if job.is_some() { "still under way" } else { "not known how far it is" };
                write!(f, "{call}: {known} after {waited:?}")?;
                failure.as_ref().map_or(Ok(()), |failure| write!(f, ": {failure}"))
            }
            WaitError::Call(error) => error.fmt(f),
        }
    }
}

/// The message; a job may be long.
impl<T> fmt::Debug for WaitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitError::Call(error) => f.debug_tuple("Call").field(error).finish(),
            told => write!(f, "WaitError({told})"),
        }
    }
}

impl<T> StdError for WaitError<T> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            WaitError::Call(error) | WaitError::Deadline { failure: Some(error), .. } => error.source(),
            _ => None,
        }
    }
}
