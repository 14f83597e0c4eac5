//! What each exit code means.

use std::process;

use atlas_backup_api::Error;

use crate::failure::Failure;
use crate::output::say_at_last;

/// How the program ends. A number never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "each number has one meaning, whichever commands use it"
)]
pub enum Exit {
    Done = 0,
    Other = 1,
    Usage = 2,
    Refused = 3,
    NotFound = 4,
    RateLimited = 5,
    JobFailed = 6,
    Deadline = 7,
    Ambiguous = 8,
    Violation = 9,
    Unavailable = 10,
    /// The terminal has gone.
    HungUp = 129,
    Interrupted = 130,
    ReaderGone = 141,
    Terminated = 143,
}

/// The part of `--help` on exit codes; README.md has the same.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  another failure: a file, the disk, a response that cannot be read
    2  wrong usage: an argument, a variable, a policy file, a name that was not confirmed
    3  refused: by the checks before sending, or by Atlas (400, 401, 403, 409)
    4  not found
    5  rate limited: run it again later
    6  the snapshot or job failed, was cancelled or has expired
    7  it has not ended in time, or Atlas can no longer be asked: the message says how to go on
    8  not known whether it was done: look before you run it again
    9  a violation was found, by verify, check or drill
   10  Atlas cannot be reached or does not work: run it again later
  130  interrupted by Ctrl-C (129: by SIGHUP, 143: by SIGTERM); the message says how to go on
  141  the reader of the results has gone";

impl Exit {
    /// What the error of a call means.
    pub fn of(error: &Error) -> Self {
        match error {
            error if error.is_ambiguous() => Exit::Ambiguous,
            error if error.is_rate_limited() => Exit::RateLimited,
            error if error.is_not_found() => Exit::NotFound,
            Error::InvalidArgument(_) => Exit::Refused,
            Error::Configuration(_) => Exit::Usage,
            Error::Connection(_) | Error::Timeout(_) => Exit::Unavailable,
            Error::Auth(error) if error.is_connection() => Exit::Unavailable,
            Error::Api(_) | Error::Auth(_) => match error.status().map(|status| status.as_u16()) {
                Some(..200 | 408 | 500..) => Exit::Unavailable,
                // A redirect comes from a gateway, not from Atlas.
                Some(300..400) => Exit::Other,
                _ => Exit::Refused,
            },
            _ => Exit::Other,
        }
    }
}

/// Ends the program. Threads that still read or write something are not waited for.
pub fn end(ended: Result<(), Failure>) -> ! {
    let exit = match ended {
        Ok(()) => Exit::Done,
        Err(failure) => {
            let kind = match failure.exit {
                Exit::Interrupted | Exit::Terminated | Exit::HungUp => "interrupted",
                _ => "error",
            };
            if failure.exit != Exit::ReaderGone {
                say_at_last(&format!("{kind}: {}", failure.message));
            }
            failure.exit
        }
    };
    process::exit(exit as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_has_every_exit_code() {
        use Exit::*;
        for exit in [
            Done,
            Other,
            Usage,
            Refused,
            NotFound,
            RateLimited,
            JobFailed,
            Deadline,
            Ambiguous,
            Violation,
            Unavailable,
            Interrupted,
            ReaderGone,
        ] {
            let number = format!("\n{:5}  ", exit as i32);
            assert!(EXIT_CODES.contains(&number), "{exit:?}");
        }
    }
}
