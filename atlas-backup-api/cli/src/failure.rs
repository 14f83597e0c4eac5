//! Why the program ends without success: from the errors of the client, the exit code and a message
//! that says what to do.

use std::fmt;
use std::io;

use atlas_backup_api::{DownloadError, Ending, Error, FindError, SaveError, TakeError, WaitError};

use crate::args::duration_text;
use crate::exit::Exit;
use crate::output::one_line;

/// Why the program ends without success: an exit code, and one line for people.
#[derive(Clone, Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure {
            exit,
            message: message.into(),
        }
    }

    /// Wrong usage that the parser of arguments cannot find.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Exit::Usage, message)
    }

    /// Adds what the user should do.
    pub fn advise(mut self, advice: impl fmt::Display) -> Self {
        self.message = format!("{}; {advice}", self.message);
        self
    }

    /// Adds what the user should do if the program ends with this code.
    pub fn advise_if(self, exit: Exit, advice: impl fmt::Display) -> Self {
        if self.exit == exit {
            self.advise(advice)
        } else {
            self
        }
    }

    /// The failure of a call, without advice for what to do if it was not done.
    fn of_call(error: &Error) -> Self {
        let failure = Failure::new(Exit::of(error), error.to_string());
        match error.status().map(|status| status.as_u16()) {
            Some(403) => failure.advise("check the roles of the credentials"),
            _ if failure.exit == Exit::Usage => Failure::new(Exit::Usage, with_sources(error)),
            _ => failure,
        }
    }

    /// The failure of a call that creates something. If its response cannot be read, Atlas did it
    /// nevertheless, and nobody knows the id: `unknown` is what the user should do then.
    pub fn of_creation(error: &Error, unknown: &str) -> Self {
        match error {
            Error::Decode(_) => Failure::new(Exit::Ambiguous, error.to_string()).advise(unknown),
            error if error.is_ambiguous() => Failure::of_call(error).advise(unknown),
            error => Failure::from(error),
        }
    }

    /// The failure of waiting for `what`. `go_on` is what the user should do if the job may still
    /// be in progress.
    pub fn of_wait<T>(error: &WaitError<T>, what: &str, go_on: &str) -> Self {
        match error {
            WaitError::Ended { ending, words, .. } => {
                let ending = match ending {
                    Ending::Cancelled => "was cancelled",
                    Ending::Expired => "has expired",
                    _ => "failed",
                };
                Failure::new(
                    Exit::JobFailed,
                    format!("{what} {ending}{}", why(ending, words)),
                )
            }
            WaitError::Deadline {
                waited, failure, ..
            } => {
                let waited = duration_text(*waited);
                let last = failure.as_ref().map_or_else(String::new, |failure| {
                    format!(" (the last request failed: {failure})")
                });
                let message = format!("{what} is not done after {waited}{last}");
                Failure::new(Exit::Deadline, message).advise(go_on)
            }
            WaitError::Unseen { failure, .. } => {
                let message = format!("{what} cannot be seen yet: {failure}");
                Failure::new(Exit::Deadline, message).advise(go_on)
            }
            WaitError::Call { failure, job, .. } => {
                let failure = Failure::of_call(failure);
                match (failure.exit, job) {
                    (Exit::NotFound, None) => failure,
                    (Exit::NotFound, Some(_)) => {
                        failure.advise(format_args!("{what} existed before, but no longer does"))
                    }
                    // To run the command again could start it twice, so the exit code must not be
                    // one of those after which that is safe, nor one that says nothing about the
                    // job: Atlas can no longer be asked, or not understood.
                    (Exit::RateLimited | Exit::Unavailable | Exit::Other, _) => {
                        Failure::new(Exit::Deadline, failure.message)
                            .advise(format_args!("{what} may go on: {go_on}"))
                    }
                    _ => failure.advise(format_args!("{what} may go on: {go_on}")),
                }
            }
            error => Failure::new(Exit::Other, error.to_string()),
        }
    }

    /// The failure of taking a snapshot. `go_on` is what the user should do about the snapshot with
    /// an id, and `look` is the command that lists snapshots.
    pub fn of_take(error: &TakeError, go_on: impl Fn(&str) -> String, look: &str) -> Self {
        match error {
            TakeError::Call(error) => Failure::from(error),
            // Nothing was requested, so a call that failed has its own exit code.
            TakeError::Busy(WaitError::Call { failure, .. }) => Failure::from(failure),
            TakeError::Busy(error) => {
                let id = error.job().map_or("", |other| other.id.as_str());
                let busy = format!("another snapshot, {id}, which must end first,");
                let failure = Failure::of_wait(error, &busy, &go_on(id));
                let message = format!("no snapshot was requested: {}", failure.message);
                Failure::new(failure.exit, message)
            }
            TakeError::Ambiguous {
                marker,
                failure,
                search_failure,
                ..
            } => Failure::of_lost_snapshot(failure, search_failure.as_ref()).advise(format_args!(
                "look with `{look}` for a snapshot whose description has {marker:?} before you take another"
            )),
            TakeError::Deadline { waited, .. } => Failure::new(
                Exit::Deadline,
                format!(
                    "no snapshot was requested within {}: run it again, or with a longer --timeout",
                    duration_text(*waited)
                ),
            ),
            TakeError::Snapshot {
                snapshot, failure, ..
            } => {
                let what = format!("snapshot {}", snapshot.id);
                Failure::of_wait(failure, &what, &go_on(snapshot.id.as_str()))
            }
            error => Failure::new(Exit::Other, error.to_string()),
        }
    }

    /// The response to the request for a snapshot was lost, and the snapshot was not found.
    fn of_lost_snapshot(failure: &Error, search: Option<&Error>) -> Self {
        let failure = Failure::new(Exit::Ambiguous, failure.to_string());
        match search {
            Some(search) => failure.advise(format_args!(
                "the snapshot could not be looked for: {search}"
            )),
            None => failure,
        }
    }

    /// A task of the program has ended by itself.
    pub fn of_task(error: impl fmt::Display) -> Self {
        Failure::new(
            Exit::Other,
            format!("a task of the program failed: {error}"),
        )
    }

    /// The failure of taking a snapshot at most once under a name, which may always be tried again.
    pub fn of_take_once(error: &TakeError, go_on: impl Fn(&str) -> String) -> Self {
        match error {
            // Another snapshot is in progress, which the list does not show.
            TakeError::Call(error) if error.status().is_some_and(|status| status == 409) => {
                Failure::new(Exit::Deadline, error.to_string()).advise("run it again later")
            }
            TakeError::Ambiguous {
                failure,
                search_failure,
                ..
            } => {
                let again =
                    "run the same command again: it looks for the snapshot before it takes another";
                Failure::of_lost_snapshot(failure, search_failure.as_ref()).advise(again)
            }
            error => Failure::of_take(error, go_on, ""),
        }
    }

    /// The failure of saving a snapshot. `again` is the command that was run: running it again
    /// continues.
    pub fn of_save<J>(error: &SaveError<J>, again: &str) -> Self {
        let try_again = format!("to try again, run `{again}`");
        match error {
            SaveError::Call(error) => {
                let unknown = format!(
                    "a download changes nothing in Atlas, so it is safe to run `{again}` again"
                );
                Failure::of_creation(error, &unknown)
            }
            // To run the command again is safe, so a call that failed has its own exit code.
            SaveError::Job {
                failure: WaitError::Call { failure, .. } | WaitError::Unseen { failure, .. },
                ..
            } => Failure::of_call(failure).advise(try_again),
            SaveError::Job { id, failure, .. } => {
                let what = format!("the job {id}, which makes the download ready,");
                Failure::of_wait(failure, &what, &try_again)
            }
            SaveError::Download(DownloadError::Exists { path, .. }) => {
                let path = one_line(&path.display().to_string(), 300);
                let message = format!("{path} exists already: --overwrite downloads it again");
                Failure::new(Exit::Other, message)
            }
            SaveError::Download(error) => {
                let failure = Failure::from(error);
                match failure.exit {
                    Exit::RateLimited | Exit::JobFailed | Exit::Unavailable => {
                        failure.advise(format_args!("to continue, run `{again}`"))
                    }
                    _ => failure,
                }
            }
            // Atlas has prepared something else, which is no failure of the job.
            SaveError::OtherSnapshot { .. } => Failure::new(Exit::Other, error.to_string()),
            // The job has ended, and names no files or too few.
            error => Failure::new(Exit::JobFailed, error.to_string()),
        }
    }
}

/// A message with its sources: what is wrong with the system, such as that it has no certificates,
/// is only in them.
fn with_sources(error: &Error) -> String {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    one_line(&message, 2000)
}

/// Atlas's own words for an ending, unless they say nothing more than the ending itself.
fn why(ending: &str, words: &str) -> String {
    let words = one_line(words, 500);
    let last = ending.rsplit(' ').next().unwrap_or_default();
    if words.is_empty() || words.eq_ignore_ascii_case(last) {
        "; Atlas does not say here why: look at the activity feed of the project".to_owned()
    } else {
        format!(": {words}")
    }
}

/// A call failed, and nothing was done.
impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let failure = Failure::of_call(error);
        match failure.exit {
            Exit::RateLimited | Exit::Unavailable => failure.advise("run it again later"),
            _ => failure,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::from(&error)
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Call(error) => Failure::from(error),
            FindError::NotFound { .. } => Failure::new(Exit::NotFound, error.to_string()),
            error => Failure::new(Exit::Other, error.to_string()),
        }
    }
}

impl From<&DownloadError> for Failure {
    fn from(error: &DownloadError) -> Self {
        let exit = match error {
            DownloadError::Http { status, .. } if status.as_u16() == 429 => Exit::RateLimited,
            DownloadError::Http { status, .. }
                if status.is_server_error() || status.as_u16() == 408 =>
            {
                Exit::Unavailable
            }
            DownloadError::Connection { .. } | DownloadError::Timeout { .. } => Exit::Unavailable,
            // The host has ended the response too early, again and again.
            DownloadError::Length {
                expected, found, ..
            } if found < expected => Exit::Unavailable,
            DownloadError::Expired { .. } => Exit::JobFailed,
            DownloadError::Configuration(_) => Exit::Usage,
            _ => Exit::Other,
        };
        Failure::new(exit, error.to_string())
    }
}

/// A result cannot be written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let exit = match error.kind() {
            io::ErrorKind::BrokenPipe => Exit::ReaderGone,
            _ => Exit::Other,
        };
        Failure::new(exit, format!("the results cannot be written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_only_repeat_the_ending_are_no_reason() {
        assert!(why("failed", "FAILED").contains("does not say"));
        assert!(why("was cancelled", "cancelled").contains("does not say"));
        assert_eq!(why("failed", "no space\nleft"), ": no space left");
    }
}
