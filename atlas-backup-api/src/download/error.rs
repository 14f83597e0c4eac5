//! Everything that can go wrong with a download.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io};

use http::StatusCode;

use crate::error::configuration::ConfigurationError;
use crate::error::connection::ConnectionError;
use crate::http::retry_after;
use crate::wire::one_line;

/// Why a download failed. Its message is one line, and holds no URL and no secret.
///
/// Unless a variant says otherwise, what was received is kept, and the same download goes on from there.
#[derive(Debug)]
#[non_exhaustive]
pub enum DownloadError {
    /// A delivery cannot be fetched as asked; nothing was sent, not even for others.
    #[non_exhaustive]
    Invalid {
        /// The name it was given.
        file: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A URL, or where it redirects to, is not `https`. Nothing was sent there.
    #[non_exhaustive]
    NotHttps {
        /// The name of the file.
        file: String,
    },
    /// There is a file of that name already, and overwriting was not asked for.
    #[non_exhaustive]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// What came was deleted or replaced before it was complete: most likely another process fetches the same file, and goes on.
    #[non_exhaustive]
    OtherProcess {
        /// The unfinished file.
        path: PathBuf,
    },
    /// The URL is refused: its time has passed, or it was used as often as it may. Ask Atlas for a new one.
    #[non_exhaustive]
    Expired {
        /// The name of the file.
        file: String,
        /// 403, 404 or 410; 400 where the host's words leave no doubt.
        status: StatusCode,
    },
    /// The host answered with another failure; one that may pass, however often it was tried, or for longer than
    /// [`RetryPolicy::max_retry_after`](crate::RetryPolicy::max_retry_after).
    #[non_exhaustive]
    Http {
        /// The name of the file.
        file: String,
        /// How it answered.
        status: StatusCode,
        /// How long it asks to wait before trying again.
        retry_after: Option<Duration>,
    },
    /// The host's answer is a success, or a redirect, that is of no use.
    #[non_exhaustive]
    Answer {
        /// The name of the file.
        file: String,
        /// Why.
        fault: &'static str,
    },
    /// The connection could not be made or broke, however often it was tried.
    #[non_exhaustive]
    Connection {
        /// The name of the file.
        file: String,
        /// How.
        source: ConnectionError,
    },
    /// Nothing came for the idle timeout, or no connection for the connect timeout, however often it was tried.
    #[non_exhaustive]
    Timeout {
        /// The name of the file.
        file: String,
        /// How.
        source: ConnectionError,
    },
    /// It has another length than was stated. Nothing of it is kept.
    #[non_exhaustive]
    Length {
        /// The name of the file.
        file: String,
        /// As the delivery states.
        expected: u64,
        /// As offered or received.
        found: u64,
    },
    /// It has another SHA-1 than was stated. Nothing of it is kept.
    #[non_exhaustive]
    Hash {
        /// The name of the file.
        file: String,
        /// As the delivery states.
        expected: String,
        /// Of what was received.
        found: String,
    },
    /// A file or directory cannot be made, written or renamed: permission, or no space left.
    #[non_exhaustive]
    Disk {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The HTTP client could not be made as asked.
    Configuration(ConfigurationError),
}

impl DownloadError {
    pub(crate) fn disk(path: &Path, source: io::Error) -> Self {
        DownloadError::Disk {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn connection(file: &str, source: reqwest::Error) -> Self {
        let (file, source) = (file.to_owned(), ConnectionError::of_request(source));
        if source.is_timeout() {
            DownloadError::Timeout { file, source }
        } else {
            DownloadError::Connection { file, source }
        }
    }

    /// How long the host asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            DownloadError::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the URL is to blame, so that a new one would help.
    pub fn is_expired(&self) -> bool {
        matches!(self, DownloadError::Expired { .. })
    }

    /// Whether there is no space for the file: the disk or a quota is full, or files may not be that long.
    pub fn is_no_space(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self, DownloadError::Disk { source, .. } if matches!(source.kind(), FileTooLarge | QuotaExceeded | StorageFull))
    }

    /// Whether the program may not write there.
    pub fn is_permission_denied(&self) -> bool {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        matches!(self, DownloadError::Disk { source, .. } if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem))
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DownloadError::Invalid { file, fault } => write!(f, "{file:?}: not fetched: {fault}"),
            DownloadError::NotHttps { file } => {
                write!(f, "{file}: not fetched: the URL is not https")
            }
            DownloadError::Exists { path } => {
                write!(
                    f,
                    "{}: exists already; ask for overwriting, or choose another name or directory",
                    shown(path)
                )
            }
            DownloadError::OtherProcess { path } => {
                write!(
                    f,
                    "{}: deleted or replaced before it was complete; does another process fetch the same file?",
                    shown(path)
                )
            }
            DownloadError::Expired { file, status } => {
                write!(
                    f,
                    "{file}: the URL is refused ({status}), it has expired or was used up; ask Atlas for a new one"
                )
            }
            DownloadError::Http {
                file,
                status,
                retry_after,
            } => {
                write!(f, "{file}: the host answered {status}")?;
                retry_after::write(f, *retry_after)
            }
            DownloadError::Answer { file, fault } => write!(f, "{file}: unusable answer: {fault}"),
            DownloadError::Connection { file, source }
            | DownloadError::Timeout { file, source } => write!(f, "{file}: {source}"),
            DownloadError::Length {
                file,
                expected,
                found,
            } => write!(f, "{file}: {expected} bytes were stated, and {found} came"),
            DownloadError::Hash {
                file,
                expected,
                found,
            } => {
                write!(
                    f,
                    "{file}: the SHA-1 is {found}, and should be {expected}; deleted"
                )
            }
            DownloadError::Disk { path, source } => {
                write!(f, "{}: {source}", shown(path))?;
                match (self.is_no_space(), self.is_permission_denied()) {
                    (true, _) => f.write_str(
                        "; what was received is kept: make room, and download again to go on",
                    ),
                    (_, true) => f.write_str("; allow writing there, or choose another directory"),
                    _ => Ok(()),
                }
            }
            DownloadError::Configuration(error) => error.fmt(f),
        }
    }
}

/// A path on one line.
fn shown(path: &Path) -> String {
    one_line::truncate(&path.display().to_string(), 1000)
}

/// What lies below the message.
impl StdError for DownloadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // Their messages are part of this one's.
            DownloadError::Connection { source, .. } | DownloadError::Timeout { source, .. } => {
                source.source()
            }
            DownloadError::Configuration(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ConfigurationError> for DownloadError {
    fn from(error: ConfigurationError) -> Self {
        DownloadError::Configuration(error)
    }
}
