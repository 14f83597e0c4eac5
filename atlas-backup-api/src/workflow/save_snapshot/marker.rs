//! The marker file `snapshot-ID.part`: its presence means that this crate has saved the snapshot in
//! part.
//!
//! It is written when the directory has no file of the snapshot yet, and deleted when the directory
//! has them all. A file gets its name when it is complete. So a named file next to the marker is
//! complete and was written by an earlier call, whenever the process was killed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::download::{CompleteFile, DownloadError, Mode};
use crate::model_ext::restore_job::SUFFIX;

const TEXT: &str =
    "This snapshot is not saved completely. Save it again to this directory to go on.\n";

pub(super) struct Marker<'a> {
    directory: &'a Path,
    /// The prefix of the names of the snapshot's files.
    prefix: &'a str,
    mark: PathBuf,
}

impl<'a> Marker<'a> {
    #[inline]
    pub(super) fn of(directory: &'a Path, prefix: &'a str) -> Self {
        // No delivery can have a name with this suffix.
        Marker {
            directory,
            prefix,
            mark: directory.join(format!("{prefix}.part")),
        }
    }

    /// Returns the complete files. Fails if there are files but no marker.
    #[inline]
    pub(super) fn files(&self) -> Result<BTreeMap<String, CompleteFile>, DownloadError> {
        let files = self
            .look()
            .map_err(|error| DownloadError::disk(self.directory, error))?;
        match files.keys().next() {
            Some(file) if !self.mark.is_file() => Err(DownloadError::Exists {
                path: self.directory.join(file),
            }),
            _ => Ok(files),
        }
    }

    #[inline]
    fn look(&self) -> io::Result<BTreeMap<String, CompleteFile>> {
        let entries = match fs::read_dir(self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries?,
        };
        let mut files = BTreeMap::new();
        for entry in entries {
            let entry = entry?;
            if let Some(name) = entry
                .file_name()
                .to_str()
                .filter(|name| name.starts_with(self.prefix) && name.ends_with(SUFFIX))
            {
                let file = CompleteFile {
                    bytes: entry.metadata()?.len(),
                    checksum: None,
                };
                files.insert(name.to_owned(), file);
            }
        }
        Ok(files)
    }

    /// Like `files`, and writes the marker.
    #[inline]
    pub(super) fn begin(
        &self,
        mode: Mode,
    ) -> Result<BTreeMap<String, CompleteFile>, DownloadError> {
        let files = self.files()?;
        let marked = mode
            .create_dir_all(self.directory)
            .and_then(|()| mode.write(&self.mark, TEXT));
        marked.map_err(|error| DownloadError::disk(&self.mark, error))?;
        Ok(files)
    }

    #[inline]
    pub(super) fn end(&self) -> Result<(), DownloadError> {
        match fs::remove_file(&self.mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(DownloadError::disk(&self.mark, error))
            }
            _ => Ok(()),
        }
    }
}
