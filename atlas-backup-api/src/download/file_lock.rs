//! Allows one writer per file within this process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, mpsc};

type PathMutex = tokio::sync::Mutex<()>;

static LOCKED_PATHS: Mutex<BTreeMap<PathBuf, Weak<PathMutex>>> = Mutex::new(BTreeMap::new());

/// The exclusive right to write to a path. The threads that write for a download hold clones of it:
/// after the download was dropped, they may still have a few buffers to write.
#[derive(Clone)]
pub(super) struct FileLock {
    _guard: Arc<OwnedMutexGuard<()>>,
    _writing: mpsc::Sender<Infallible>,
}

/// Waits until no other download in this process writes to this path. The lock keeps `writing`
/// until it is dropped.
#[inline]
pub(super) async fn lock(path: &Path, writing: mpsc::Sender<Infallible>) -> FileLock {
    let mutex = {
        let mut locked_paths = LOCKED_PATHS.lock().unwrap_or_else(PoisonError::into_inner);
        locked_paths.retain(|_, mutex| mutex.strong_count() > 0);
        let known = locked_paths.get(path).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let mutex = Arc::new(PathMutex::default());
            locked_paths.insert(path.to_owned(), Arc::downgrade(&mutex));
            mutex
        })
    };
    FileLock {
        _guard: Arc::new(mutex.lock_owned().await),
        _writing: writing,
    }
}
