//! The errors of taking a snapshot.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::client::poller::{LastKnown, WaitError};
use crate::error::Error;
use crate::error::truncated::Truncated;
use crate::v2::types::Snapshot;
use crate::wire::one_line;

/// Why [`take_snapshot_and_wait`](crate::v2::Api::take_snapshot_and_wait) did not end with a
/// completed snapshot.
#[non_exhaustive]
pub enum TakeError {
    /// A request was refused or failed, and no snapshot was requested.
    Call(Error),
    /// Another on-demand snapshot of the cluster was in progress, and waiting for it failed with
    /// this error. No snapshot was requested.
    Busy(WaitError<Snapshot>),
    /// The snapshot was requested, but it is unknown whether Atlas received the request. The
    /// snapshot was searched for by the marker in its description, and was not found or could not
    /// be looked for; search again before requesting another.
    #[non_exhaustive]
    Ambiguous {
        /// The text that the description of the snapshot would contain.
        marker: String,
        /// The error of the request.
        failure: Error,
        /// The error of the search, if the snapshot could not be looked for. `None` if the list of
        /// snapshots was read and does not have it.
        search_failure: Option<Error>,
    },
    /// The deadline passed before a snapshot was requested.
    #[non_exhaustive]
    Deadline {
        /// The time limit.
        waited: Duration,
    },
    /// Atlas accepted the request, but waiting for the snapshot failed: the snapshot failed, is
    /// still in progress, or its progress is unknown. It exists: wait for it, or inspect it, before
    /// requesting another.
    #[non_exhaustive]
    Snapshot {
        /// The snapshot as Atlas returned it when it accepted the request, or as the search found
        /// it.
        snapshot: Box<Snapshot>,
        /// Why waiting for it failed.
        failure: WaitError<Snapshot>,
    },
}

impl From<Error> for TakeError {
    #[inline]
    fn from(error: Error) -> Self {
        TakeError::Call(error)
    }
}

impl fmt::Display for TakeError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TakeError::Call(error) => error.fmt(f),
            TakeError::Busy(error) => {
                let (summary, how) = (error.summary(), error.how_to_wait());
                write!(
                    f,
                    "no snapshot was requested, because another one is in progress: {summary}; wait for that one first with {how}"
                )
            }
            TakeError::Ambiguous {
                marker,
                failure,
                search_failure: None,
            } => {
                write!(
                    f,
                    "no snapshot was found whose description contains {marker:?}: {failure}; look again before taking another"
                )
            }
            TakeError::Ambiguous {
                marker,
                failure,
                search_failure: Some(search),
            } => {
                let search = one_line::truncate(&search.to_string(), 300);
                write!(
                    f,
                    "a snapshot may have been requested: {failure}; it could not be looked for: {search}; look for one whose description contains {marker:?} before taking another"
                )
            }
            TakeError::Deadline { waited } => {
                write!(f, "no snapshot was requested within {waited:?}")
            }
            TakeError::Snapshot { snapshot, failure } => {
                let (id, summary) = (
                    one_line::truncate(snapshot.id.as_str(), 100),
                    failure.summary(),
                );
                match failure.last_known() {
                    LastKnown::Ended => write!(f, "snapshot {id} was requested: {failure}"),
                    LastKnown::Gone => write!(
                        f,
                        "snapshot {id} was requested, but no longer exists: {summary}"
                    ),
                    _ => {
                        let how = failure.how_to_wait();
                        write!(
                            f,
                            "snapshot {id} was requested and is in progress: {summary}; wait for it with {how}, do not take another"
                        )
                    }
                }
            }
        }
    }
}

/// Prints only the id of a snapshot, because a whole snapshot may be long.
impl fmt::Debug for TakeError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TakeError::Call(error) => f.debug_tuple("Call").field(error).finish(),
            TakeError::Busy(error) => f.debug_tuple("Busy").field(error).finish(),
            TakeError::Ambiguous {
                marker,
                failure,
                search_failure,
            } => f
                .debug_struct("Ambiguous")
                .field("marker", marker)
                .field("failure", failure)
                .field("search_failure", search_failure)
                .finish(),
            TakeError::Deadline { waited } => {
                f.debug_struct("Deadline").field("waited", waited).finish()
            }
            TakeError::Snapshot { snapshot, failure } => f
                .debug_struct("Snapshot")
                .field("id", &Truncated(&snapshot.id, 100))
                .field("failure", failure)
                .finish_non_exhaustive(),
        }
    }
}

impl StdError for TakeError {
    #[inline]
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            TakeError::Call(error) => error.source(),
            TakeError::Busy(error) | TakeError::Snapshot { failure: error, .. } => error.source(),
            TakeError::Deadline { .. } => None,
            TakeError::Ambiguous { failure, .. } => failure.source(),
        }
    }
}
