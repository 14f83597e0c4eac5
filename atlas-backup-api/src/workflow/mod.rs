//! Tasks that combine several operations.

mod cluster_ref;
mod cluster_snapshots;
pub(crate) mod find;
#[cfg(feature = "download")]
pub(crate) mod save_snapshot;
pub(crate) mod take_snapshot;
