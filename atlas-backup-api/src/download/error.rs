//! The errors of downloads.

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
/// Unless a variant says otherwise, the received bytes are kept, and the same download continues
/// from there.
#[derive(Debug)]
#[non_exhaustive]
pub enum DownloadError {
    /// A delivery is invalid. Nothing was sent, not even for the other files.
    #[non_exhaustive]
    Invalid {
        /// The name that the caller gave it.
        file: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A URL, or the target of a redirect, is not `https`. No request was sent to it.
    #[non_exhaustive]
    NotHttps {
        /// The name of the file.
        file: String,
    },
    /// A file with this name exists already, and overwriting is off.
    #[non_exhaustive]
    Exists {
        /// The path of the file.
        path: PathBuf,
    },
    /// The unfinished file was deleted or replaced before it was complete: most likely another
    /// process downloads the same file, and continues.
    #[non_exhaustive]
    OtherProcess {
        /// The path of the unfinished file.
        path: PathBuf,
    },
    /// The host refused the URL: it has expired, or was used as often as Atlas allows. Request a
    /// new one from Atlas.
    #[non_exhaustive]
    Expired {
        /// The name of the file.
        file: String,
        /// 403, 404 or 410; 400 if the response body says clearly that the URL has expired.
        status: StatusCode,
    },
    /// The host returned another error status. If the status is transient (408, 429, 5xx), the
    /// retries are used up, or `Retry-After` is longer than
    /// [`RetryPolicy::max_retry_after`](crate::RetryPolicy::max_retry_after).
    #[non_exhaustive]
    Http {
        /// The name of the file.
        file: String,
        /// The status of the response.
        status: StatusCode,
        /// How long the host asks the client to wait before a retry.
        retry_after: Option<Duration>,
    },
    /// The host returned a success or a redirect that cannot be used, such as a page in HTML for a
    /// file whose name ends in `.tar.gz`. Bytes that are no such file are deleted.
    #[non_exhaustive]
    Answer {
        /// The name of the file.
        file: String,
        /// Why it cannot be used.
        fault: &'static str,
    },
    /// The connection could not be opened or broke, and the retries are used up.
    #[non_exhaustive]
    Connection {
        /// The name of the file.
        file: String,
        /// The cause.
        source: ConnectionError,
    },
    /// No bytes arrived within the idle timeout, or no connection was opened within the connect
    /// timeout, and the retries are used up.
    #[non_exhaustive]
    Timeout {
        /// The name of the file.
        file: String,
        /// The cause.
        source: ConnectionError,
    },
    /// The file has another length than the delivery or the host stated. If it is shorter because
    /// the host ended the response too early, the retries are used up, and the received bytes are
    /// kept. Otherwise, they are deleted.
    #[non_exhaustive]
    Length {
        /// The name of the file.
        file: String,
        /// The stated length in bytes.
        expected: u64,
        /// The length in bytes that the host offered or sent.
        found: u64,
    },
    /// The file has another SHA-1 than the delivery states. The received bytes are deleted. If the
    /// host does not state where the file ends, the retries are used up.
    #[non_exhaustive]
    Hash {
        /// The name of the file.
        file: String,
        /// The SHA-1 that the delivery states.
        expected: String,
        /// The SHA-1 of the received bytes.
        found: String,
    },
    /// A file or directory cannot be created, written or renamed: for example, permission is
    /// missing or no space is left.
    #[non_exhaustive]
    Disk {
        /// The path of the file or directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The settings of the download are invalid, or the HTTP client cannot be built with them.
    Configuration(ConfigurationError),
}

impl DownloadError {
    #[inline]
    pub(crate) fn disk(path: &Path, source: io::Error) -> Self {
        DownloadError::Disk {
            path: path.to_owned(),
            source,
        }
    }

    #[inline]
    pub(super) fn connection(file: &str, source: reqwest::Error) -> Self {
        let (file, source) = (file.to_owned(), ConnectionError::of_request(source));
        if source.is_timeout() {
            DownloadError::Timeout { file, source }
        } else {
            DownloadError::Connection { file, source }
        }
    }

    /// How long the host asks the client to wait before a retry.
    #[inline]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            DownloadError::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the host refused the URL, so that a new one would help.
    #[inline]
    pub fn is_expired(&self) -> bool {
        matches!(self, DownloadError::Expired { .. })
    }

    /// Whether there is no space for the file: the disk or a quota is full, or the file is too long
    /// for the file system.
    #[inline]
    pub fn is_no_space(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self, DownloadError::Disk { source, .. } if matches!(source.kind(), FileTooLarge | QuotaExceeded | StorageFull))
    }

    /// Whether the program lacks permission to write the file.
    #[inline]
    pub fn is_permission_denied(&self) -> bool {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        matches!(self, DownloadError::Disk { source, .. } if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem))
    }
}

impl fmt::Display for DownloadError {
    #[inline]
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
                write!(f, "{file}: the host responded with {status}")?;
                retry_after::write(f, *retry_after)
            }
            DownloadError::Answer { file, fault } => {
                write!(f, "{file}: unusable response: {fault}")
            }
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

/// Formats a path on one line.
#[inline]
fn shown(path: &Path) -> String {
    one_line::truncate(&path.display().to_string(), 1000)
}

/// The source is the cause below this error's own message.
impl StdError for DownloadError {
    #[inline]
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // Their messages are part of this error's message, so the source starts below them.
            DownloadError::Connection { source, .. } | DownloadError::Timeout { source, .. } => {
                source.source()
            }
            DownloadError::Configuration(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ConfigurationError> for DownloadError {
    #[inline]
    fn from(error: ConfigurationError) -> Self {
        DownloadError::Configuration(error)
    }
}
