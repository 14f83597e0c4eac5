//! The progress of a download.

use std::sync::{Mutex, PoisonError};

/// The progress of one file and of all files together, as passed to the callback of
/// [`Download::on_progress`](crate::Download::on_progress).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// The name of the file of which bytes were received, or which is complete now. Since files are
    /// downloaded concurrently, it may be another one each time.
    pub file: String,
    /// How many bytes of the file are on this machine, including those of an earlier download that
    /// is continued. It is less than the time before if the file had to be started over.
    pub bytes: u64,
    /// The length of the file in bytes, if the host states it.
    pub total: Option<u64>,
    /// How many bytes of all files are on this machine, including those of earlier downloads.
    pub overall_bytes: u64,
    /// The length of all files together in bytes. `None` until the length of every file is known: a
    /// host states the length of a file when it begins to send it.
    pub overall_total: Option<u64>,
    /// How many files this download has.
    pub files: usize,
    /// How many of them are complete, and on disk under their names.
    pub files_complete: usize,
}

/// The caller's progress callback.
pub(super) type Listener = Box<dyn FnMut(&DownloadProgress) + Send>;

/// The progress of all files of a download.
pub(super) struct Progress(Mutex<State>);

struct State {
    listener: Option<Listener>,
    files: Vec<At>,
}

/// The progress of one file.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) bytes: u64,
    pub(super) total: Option<u64>,
    pub(super) is_complete: bool,
}

impl Progress {
    #[inline]
    pub(super) fn new(listener: Option<Listener>, files: Vec<At>) -> Self {
        Progress(Mutex::new(State { listener, files }))
    }

    /// Records the progress of one file and calls the callback. The lock ensures that it is called
    /// once at a time.
    #[inline]
    fn tell(&self, file: &str, index: usize, at: At) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State { listener, files } = &mut *state;
        files[index] = at;
        if let Some(listener) = listener {
            listener(&DownloadProgress {
                file: file.to_owned(),
                bytes: at.bytes,
                total: at.total,
                overall_bytes: files.iter().map(|file| file.bytes).sum(),
                overall_total: files.iter().map(|file| file.total).sum(),
                files: files.len(),
                files_complete: files.iter().filter(|file| file.is_complete).count(),
            });
        }
    }
}

/// Counts the bytes of one file.
pub(super) struct Reporter<'a> {
    progress: &'a Progress,
    file: &'a str,
    index: usize,
    at: At,
}

impl<'a> Reporter<'a> {
    /// Creates the reporter of the file with this index, of which no bytes were received yet.
    #[inline]
    pub(super) fn new(
        progress: &'a Progress,
        file: &'a str,
        index: usize,
        total: Option<u64>,
    ) -> Self {
        Reporter {
            progress,
            file,
            index,
            at: At {
                bytes: 0,
                total,
                is_complete: false,
            },
        }
    }

    /// An attempt begins at this offset.
    #[inline]
    pub(super) fn start(&mut self, from: u64, total: Option<u64>) {
        (self.at.bytes, self.at.total) = (from, total.or(self.at.total));
        self.tell();
    }

    /// This many bytes were received.
    #[inline]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at.bytes += bytes as u64;
        self.tell();
    }

    /// The file is complete and has its final name.
    #[inline]
    pub(super) fn complete(&mut self) {
        (self.at.total, self.at.is_complete) = (Some(self.at.bytes), true);
        self.tell();
    }

    #[inline]
    pub(super) fn bytes(&self) -> u64 {
        self.at.bytes
    }

    #[inline]
    fn tell(&self) {
        self.progress.tell(self.file, self.index, self.at);
    }
}
