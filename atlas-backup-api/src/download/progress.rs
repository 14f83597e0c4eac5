//! How far a download is.

use std::sync::{Mutex, PoisonError};

/// How far one file is, and all of them together, as told to [`Download::on_progress`](crate::Download::on_progress).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// The name of the file of which something has come, or which is complete now. Files are fetched side by side, so that it may be another
    /// one each time.
    pub file: String,
    /// How many bytes of it are here, with those of a download before that this one goes on from. Fewer than the time before where it had
    /// to begin anew.
    pub bytes: u64,
    /// How many it has, where the host says so.
    pub total: Option<u64>,
    /// How many bytes of all files of this download are here, with those that were here before.
    pub overall_bytes: u64,
    /// How many all files have. None until that is known of each: a host tells the length of a file when it begins to send it.
    pub overall_total: Option<u64>,
    /// How many files this download has.
    pub files: usize,
    /// How many of them are complete, and on the disk under their names.
    pub files_complete: usize,
}

/// Whom to tell.
pub(super) type Listener = Box<dyn FnMut(&DownloadProgress) + Send>;

/// How far all files of a download are.
pub(super) struct Progress(Mutex<State>);

struct State {
    listener: Option<Listener>,
    files: Vec<At>,
}

/// How far one file is.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) bytes: u64,
    pub(super) total: Option<u64>,
    pub(super) is_complete: bool,
}

impl Progress {
    pub(super) fn new(listener: Option<Listener>, files: Vec<At>) -> Self {
        Progress(Mutex::new(State { listener, files }))
    }

    /// Tells where one file is now. Whoever listens is told one thing at a time.
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
    /// Of the file in that place, nothing of which has come yet.
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

    /// An attempt begins there.
    pub(super) fn start(&mut self, from: u64, total: Option<u64>) {
        (self.at.bytes, self.at.total) = (from, total.or(self.at.total));
        self.tell();
    }

    /// So many more have come.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at.bytes += bytes as u64;
        self.tell();
    }

    /// The file has its name.
    pub(super) fn complete(&mut self) {
        (self.at.total, self.at.is_complete) = (Some(self.at.bytes), true);
        self.tell();
    }

    pub(super) fn bytes(&self) -> u64 {
        self.at.bytes
    }

    fn tell(&self) {
        self.progress.tell(self.file, self.index, self.at);
    }
}
