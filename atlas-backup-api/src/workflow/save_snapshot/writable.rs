//! Checks that files can be written to a directory, before hours are spent on preparing them.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::download::{DownloadError, Mode};

/// A directory in which a file could be written. Dropping it removes the directories that were
/// created for it and are still empty.
pub(super) struct Writable {
    /// The directories that did not exist before, the innermost first.
    made: Vec<PathBuf>,
}

impl Writable {
    /// Creates the directory if it does not exist, and writes and deletes a file in it whose name
    /// has this prefix.
    #[inline]
    pub(super) fn prove(directory: &Path, prefix: &str, mode: Mode) -> Result<Self, DownloadError> {
        // Created before the first attempt, so that an attempt that fails half-way is cleaned up
        // too.
        let writable = Writable {
            made: missing(directory),
        };
        let proved = create_dir_all(directory, mode)
            .and_then(|()| write_and_delete(directory, prefix, mode));
        proved.map_err(|error| DownloadError::disk(directory, error))?;
        Ok(writable)
    }
}

impl Drop for Writable {
    #[inline]
    fn drop(&mut self) {
        for directory in &self.made {
            // The system removes only empty directories; one that is not empty is to stay.
            drop(fs::remove_dir(directory));
        }
    }
}

/// The directory and its parents that do not exist.
#[inline]
fn missing(directory: &Path) -> Vec<PathBuf> {
    let is_missing =
        |path: &&Path| !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err();
    directory
        .ancestors()
        .take_while(is_missing)
        .map(Path::to_owned)
        .collect()
}

/// Changes the error if the path is a file: the system only says that something with this name
/// exists already.
#[inline]
fn create_dir_all(directory: &Path, mode: Mode) -> io::Result<()> {
    match mode.create_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(io::ErrorKind::NotADirectory.into())
        }
        made => made,
    }
}

#[inline]
fn write_and_delete(directory: &Path, prefix: &str, mode: Mode) -> io::Result<()> {
    let probe = directory.join(format!("{prefix}.probe-{:016x}", fastrand::u64(..)));
    let written = mode
        .create_new(&probe)
        .and_then(|mut file| file.write_all(&[0; 4096]));
    match written {
        Ok(()) => fs::remove_file(&probe),
        Err(error) => {
            // The file may not exist, if it could not be created.
            drop(fs::remove_file(&probe));
            Err(error)
        }
    }
}
