//! One writer a file, within this process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Place = tokio::sync::Mutex<()>;

static PLACES: Mutex<BTreeMap<PathBuf, Weak<Place>>> = Mutex::new(BTreeMap::new());

/// Waits until nobody else in this process writes to that path. The thread that writes for a download has a share in its claim: after a
/// download was dropped, it may have a few buffers left to write.
pub(super) async fn claim(path: &Path) -> Arc<OwnedMutexGuard<()>> {
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
    Arc::new(place.lock_owned().await)
}
