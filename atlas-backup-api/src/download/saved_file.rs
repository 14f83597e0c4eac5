//! What is known of a file that was saved.

use std::path::PathBuf;

/// A complete file, written to disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// The name of the file, which is the last part of its path.
    pub name: String,
    /// The path of the file: the directory as the caller named it, and the file's name.
    pub path: PathBuf,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// The replica set whose data it holds, a shard or the config servers of a sharded cluster, by
    /// the name that the delivery states ([`Delivery::replica_set`](crate::Delivery::replica_set)).
    /// `None` if it states none, as Atlas does for a cluster that is one replica set.
    pub replica_set: Option<String>,
    /// The SHA-1 that the delivery states, as 40 hexadecimal digits in lower case. The bytes that
    /// were saved have it. Atlas states one for legacy snapshots alone.
    pub sha1: Option<String>,
    /// The checksum of all bytes of the file. `None` unless the program asked for one
    /// ([`Download::checksum`](crate::Download::checksum)).
    pub checksum: Option<String>,
}
