//! How far a download is.

/// How far one file is, as told to [`Download::progress`](crate::Download::progress).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// The name of the file.
    pub file: String,
    /// How many bytes are here, with those of a download before that this one goes on from. Fewer than the time before where it had to
    /// begin anew.
    pub bytes: u64,
    /// How many there are, where the host says so.
    pub total: Option<u64>,
}

/// Whom to tell.
pub(super) type Listener = Box<dyn FnMut(&DownloadProgress) + Send>;

/// Counts the bytes of one file.
pub(super) struct Reporter<'a> {
    progress: DownloadProgress,
    listener: Option<&'a mut Listener>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(file: &str, total: Option<u64>, listener: Option<&'a mut Listener>) -> Self {
        Reporter { progress: DownloadProgress { file: file.to_owned(), bytes: 0, total }, listener }
    }

    /// An attempt begins there.
    pub(super) fn start(&mut self, from: u64, total: Option<u64>) {
        (self.progress.bytes, self.progress.total) = (from, total.or(self.progress.total));
        self.tell();
    }

    /// So many more have come.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.progress.bytes += bytes as u64;
        self.tell();
    }

    pub(super) fn bytes(&self) -> u64 {
        self.progress.bytes
    }

    fn tell(&mut self) {
        if let Some(listener) = &mut self.listener {
            listener(&self.progress);
        }
    }
}
