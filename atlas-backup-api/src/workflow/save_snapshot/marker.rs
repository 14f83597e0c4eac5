//! The marker file `snapshot-ID.part`: its presence means that this crate has saved the snapshot in
//! part.
//!
//! It is written when the directory has no file of the snapshot yet, and deleted when the directory
//! has them all. A file gets its name when it is complete. So a named file next to the marker is
//! complete and was written by an earlier call, whenever the process was killed.
//!
//! Below a line for people, each complete file has a line of JSON, with its length and the
//! program's checksum. It is written before the file gets its name, so that the next call can tell
//! whether the file was changed in between.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::download::{CompleteFile, DownloadError, Mode, NewChecksum, Recorder, unchanged};
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

    /// Returns the names of the complete files. Fails if there are files but no marker.
    #[inline]
    pub(super) fn files(&self) -> Result<Vec<String>, DownloadError> {
        let files = self
            .look()
            .map_err(|error| DownloadError::disk(self.directory, error))?;
        match files.first() {
            Some(file) if !self.mark.is_file() => Err(DownloadError::Exists {
                path: self.directory.join(file),
            }),
            _ => Ok(files),
        }
    }

    #[inline]
    fn look(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let name = name.to_str();
            files.extend(
                name.filter(|name| self.is_file_name(name))
                    .map(str::to_owned),
            );
        }
        files.sort();
        Ok(files)
    }

    #[inline]
    fn is_file_name(&self, name: &str) -> bool {
        name.starts_with(self.prefix) && name.ends_with(SUFFIX)
    }

    /// Returns the files as they were when they were complete. Of a file that was completed twice,
    /// the later one counts.
    #[inline]
    fn recorded(&self) -> BTreeMap<String, CompleteFile> {
        let text = fs::read_to_string(&self.mark).unwrap_or_default();
        text.lines().filter_map(read_line).collect()
    }

    /// Adds the complete files that are as they were recorded to `complete`, with their checksums.
    #[inline]
    pub(super) async fn add_unchanged(
        &self,
        files: &[String],
        checksum: Option<&NewChecksum>,
        complete: &mut BTreeMap<String, CompleteFile>,
    ) -> Result<(), DownloadError> {
        let recorded = self.recorded();
        for name in files {
            if complete.contains_key(name) {
                continue;
            }
            let path = self.directory.join(name);
            if let Some(file) = unchanged(&path, recorded.get(name), checksum).await? {
                complete.insert(name.clone(), file);
            }
        }
        Ok(())
    }

    /// Writes the marker, unless there is one. Returns what records complete files in it.
    #[inline]
    pub(super) fn begin(&self, mode: Mode) -> Result<Recorder, DownloadError> {
        let marked =
            mode.create_dir_all(self.directory)
                .and_then(|()| match mode.create_new(&self.mark) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    created => created?.write_all(TEXT.as_bytes()),
                });
        marked.map_err(|error| DownloadError::disk(&self.mark, error))?;
        Ok(self.recorder())
    }

    #[inline]
    fn recorder(&self) -> Recorder {
        let mark = self.mark.clone();
        Arc::new(move |name, file| {
            let CompleteFile { bytes, checksum } = file;
            let line = json!({"file": name, "bytes": bytes, "checksum": checksum});
            let mut marker = OpenOptions::new().append(true).open(&mark)?;
            // The first line break ends what a killed process has left of a line.
            marker.write_all(format!("\n{line}\n").as_bytes())?;
            marker.sync_data()
        })
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

/// Reads a line of a complete file.
#[inline]
fn read_line(line: &str) -> Option<(String, CompleteFile)> {
    let line: Value = line.parse().ok()?;
    let file = CompleteFile {
        bytes: line.get("bytes")?.as_u64()?,
        checksum: line["checksum"].as_str().map(str::to_owned),
    };
    Some((line.get("file")?.as_str()?.to_owned(), file))
}
