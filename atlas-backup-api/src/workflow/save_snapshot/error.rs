//! The errors of saving a snapshot.

use std::error::Error as StdError;
use std::fmt;

use crate::client::poller::{LastKnown, WaitError};
use crate::download::DownloadError;
use crate::error::Error;
use crate::error::truncated::Truncated;
use crate::wire::object_id::ObjectId;
use crate::wire::one_line;

/// Why a snapshot was not saved; `J` is the restore job that prepares the download.
#[non_exhaustive]
pub enum SaveError<J> {
    /// The request for the download failed, or the call that reads how many parts the snapshot has.
    Call(Error),
    /// The job that prepares the download ended without success, was still in progress at the
    /// deadline, or could not be polled.
    #[non_exhaustive]
    Job {
        /// The id of the job. Unless the job has ended, it continues: the caller can wait for it
        /// and download its deliveries without creating another one.
        id: ObjectId,
        /// Why waiting for the job failed.
        failure: WaitError<J>,
    },
    /// The job that Atlas has created is for another snapshot than the one that was requested.
    /// Nothing was downloaded.
    #[non_exhaustive]
    OtherSnapshot {
        /// The id of the job.
        id: ObjectId,
        /// The snapshot that was requested.
        requested: ObjectId,
        /// The snapshot that the job names.
        found: ObjectId,
    },
    /// The job ended and names no file.
    NoFiles(Box<J>),
    /// The job ended and names fewer files than the snapshot has parts. Nothing was downloaded.
    #[non_exhaustive]
    MissingFiles {
        /// The id of the job.
        id: ObjectId,
        /// The number of parts: the shards and the config servers. A download without a file for the
        /// config servers is no error.
        expected: usize,
        /// The number of files that the job names.
        found: usize,
    },
    /// A file could not be downloaded or written.
    Download(DownloadError),
}

impl<J> From<Error> for SaveError<J> {
    #[inline]
    fn from(error: Error) -> Self {
        SaveError::Call(error)
    }
}

impl<J> fmt::Display for SaveError<J> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Call(error) => error.fmt(f),
            SaveError::Job { id, failure } => {
                let (id, summary) = (one_line::truncate(id.as_str(), 100), failure.summary());
                match failure.last_known() {
                    LastKnown::Ended => write!(f, "job {id} was requested: {failure}"),
                    LastKnown::Gone => {
                        write!(f, "job {id} was requested, but no longer exists: {summary}")
                    }
                    _ => {
                        let how = failure.how_to_wait();
                        write!(
                            f,
                            "job {id} was requested and is in progress: {summary}; wait for it with {how}, and download its deliveries()"
                        )
                    }
                }
            }
            SaveError::OtherSnapshot {
                id,
                requested,
                found,
            } => {
                let [id, requested, found] =
                    [id, requested, found].map(|id| one_line::truncate(id.as_str(), 100));
                write!(
                    f,
                    "snapshot {requested} was requested, but the job {id} is for snapshot {found}; nothing was downloaded"
                )
            }
            SaveError::NoFiles(_) => {
                f.write_str("the job that makes the download has ended, and names no file")
            }
            SaveError::MissingFiles {
                id,
                expected,
                found,
            } => {
                let id = one_line::truncate(id.as_str(), 100);
                write!(
                    f,
                    "the job {id} has ended, and names {found} of the {expected} files that the snapshot has; nothing was downloaded"
                )
            }
            SaveError::Download(error) => error.fmt(f),
        }
    }
}

impl<J> fmt::Debug for SaveError<J> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Call(error) => f.debug_tuple("Call").field(error).finish(),
            SaveError::Job { id, failure } => f
                .debug_struct("Job")
                .field("id", &Truncated(id, 100))
                .field("failure", failure)
                .finish(),
            SaveError::OtherSnapshot {
                id,
                requested,
                found,
            } => f
                .debug_struct("OtherSnapshot")
                .field("id", &Truncated(id, 100))
                .field("requested", &Truncated(requested, 100))
                .field("found", &Truncated(found, 100))
                .finish(),
            SaveError::NoFiles(_) => f.write_str("NoFiles"),
            SaveError::MissingFiles {
                id,
                expected,
                found,
            } => f
                .debug_struct("MissingFiles")
                .field("id", &Truncated(id, 100))
                .field("expected", expected)
                .field("found", found)
                .finish(),
            SaveError::Download(error) => f.debug_tuple("Download").field(error).finish(),
        }
    }
}

impl<J> StdError for SaveError<J> {
    #[inline]
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            SaveError::Call(error) => error.source(),
            SaveError::Job { failure, .. } => failure.source(),
            SaveError::OtherSnapshot { .. }
            | SaveError::NoFiles(_)
            | SaveError::MissingFiles { .. } => None,
            SaveError::Download(error) => error.source(),
        }
    }
}
