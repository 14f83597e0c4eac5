//! One writer a file, within this process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, mpsc};

type Place = tokio::sync::Mutex<()>;

static PLACES: Mutex<BTreeMap<PathBuf, Weak<Place>>> = Mutex::new(BTreeMap::new());

/// The right to write to a path. Threads that write for a download have a share in it: after the download was dropped, they may have a few
/// buffers left to write.
#[derive(Clone)]
pub(super) struct FileLock {
    _place: Arc<OwnedMutexGuard<()>>,
    _writing: mpsc::Sender<Infallible>,
}

/// Waits until nobody else in this process writes to that path. `writing` is kept as long as the claim is.
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
