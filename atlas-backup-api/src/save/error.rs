//! How saving a snapshot can end badly.

use std::error::Error as StdError;
use std::fmt;

use crate::download::DownloadError;
use crate::error::Error;
use crate::wait::WaitError;

/// Why a snapshot was not saved; `J` is the job that makes the download.
#[non_exhaustive]
pub enum SaveError<J> {
    /// The download could not be asked for.
    Call(Error),
    /// The job that makes the download ended badly, or was still under way at the deadline.
    Job(WaitError<J>),
    /// The job ended and names no file.
    NoFiles(Box<J>),
    /// A file could not be fetched or written.
    Download(DownloadError),
}

impl<J> From<Error> for SaveError<J> {
    fn from(error: Error) -> Self {
        SaveError::Call(error)
    }
}

impl<J> fmt::Display for SaveError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Call(error) => error.fmt(f),
            SaveError::Job(error) => error.fmt(f),
            SaveError::NoFiles(_) => f.write_str("the job that makes the download has ended, and names no file"),
            SaveError::Download(error) => error.fmt(f),
        }
    }
}

impl<J> fmt::Debug for SaveError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Call(error) => f.debug_tuple("Call").field(error).finish(),
            SaveError::Job(error) => f.debug_tuple("Job").field(error).finish(),
            SaveError::NoFiles(_) => f.write_str("NoFiles"),
            SaveError::Download(error) => f.debug_tuple("Download").field(error).finish(),
        }
    }
}

impl<J> StdError for SaveError<J> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            SaveError::Call(error) => error.source(),
            SaveError::Job(error) => error.source(),
            SaveError::NoFiles(_) => None,
            SaveError::Download(error) => error.source(),
        }
    }
}
