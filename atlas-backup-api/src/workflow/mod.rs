//! Tasks that combine several operations.

mod cluster_ref;

// rustdoc shows the methods of `v2::Api` in the order of these modules, below the heading of the
// first.
pub(crate) mod take_snapshot;

mod cluster_snapshots;

#[cfg(feature = "download")]
pub(crate) mod save_snapshot;

pub(crate) mod find;
