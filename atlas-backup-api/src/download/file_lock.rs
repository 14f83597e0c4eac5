//! Allows one writer per file within this process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, mpsc};

type Place = tokio::sync::Mutex<()>;

static PLACES: Mutex<BTreeMap<PathBuf, Weak<Place>>> = Mutex::new(BTreeMap::new());

/// The exclusive right to write to a path. The threads that write for a download hold clones of it:
/// after the download was dropped, they may still have a few buffers to write.
#[derive(Clone)]
pub(super) struct FileLock {
    _place: Arc<OwnedMutexGuard<()>>,
    _writing: mpsc::Sender<Infallible>,
}

/// Waits until no other download in this process writes to this path. The lock keeps `writing`
/// until it is dropped.
pub(super) async fn lock(path: &Path, writing: mpsc::Sender<Infallible>) -> FileLock {
    let place = {
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, place| place.strong_count() > 0);
        let known = places.get(path).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let place = Arc::new(Place::default());
            places.insert(path.to_owned(), Arc::downgrade(&place));
            place
        })
    };
    FileLock {
        _place: Arc::new(place.lock_owned().await),
        _writing: writing,
    }
}
