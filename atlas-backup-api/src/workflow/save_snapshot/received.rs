//! How much of a snapshot has been received.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::download::CompleteFile;
use crate::model_ext::restore_job::SUFFIX;

/// The length of the complete files and of the unfinished ones in the directory, whose names begin
/// with the prefix.
#[inline]
pub(super) fn bytes(
    directory: &Path,
    prefix: &str,
    complete: &BTreeMap<String, CompleteFile>,
) -> u64 {
    let unfinished = format!("{SUFFIX}.part");
    let is_unfinished = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && name.ends_with(&unfinished)
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let lengths = entries
        .filter(is_unfinished)
        .filter_map(|entry| Some(entry.metadata().ok()?.len()));
    let complete = complete.values().map(|file| file.bytes);
    complete.chain(lengths).sum()
}
