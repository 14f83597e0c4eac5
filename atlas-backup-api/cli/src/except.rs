//! Clusters that are left out by name or id.

use crate::progress::Progress;

/// Warns of each name that no selected cluster has: it may be misspelt, and leaves out nothing.
/// `place` says where the names were given.
pub fn warn_of_unknown(
    progress: &Progress,
    place: &str,
    except: &[String],
    is_known: impl Fn(&str) -> bool,
) {
    for name in except.iter().filter(|name| !is_known(name)) {
        let warning = format!("{place} {name}: no selected cluster has this name or id");
        progress.warn(&warning);
    }
}
