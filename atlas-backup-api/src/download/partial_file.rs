//! An unfinished file: `NAME.part`, and the record `NAME.part.json`, which says which file its
//! bytes belong to.
//!
//! The record is written before the first byte and deleted before the file gets its name: bytes
//! without a record are never continued, whenever the process is killed. The record distinguishes
//! versions of a file by the host's `ETag` or `Last-Modified`, and one file from another by a hash
//! of its URL without the query, or by the identity that the program states.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::delivery::VerifiedDelivery;
use super::file_name::{RECORD, UNFINISHED};
use super::mode::Mode;
use super::validator::Validator;

/// The paths of the finished and of the unfinished file.
#[derive(Clone)]
pub(super) struct PartialFile {
    pub(super) target: PathBuf,
    pub(super) path: PathBuf,
    record: PathBuf,
    mode: Mode,
}

/// The point from which an unfinished file can be continued.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resume {
    pub(super) from: u64,
    pub(super) total: u64,
    pub(super) validator: Validator,
}

impl PartialFile {
    #[inline]
    pub(super) fn of(directory: &Path, file: &str, mode: Mode) -> Self {
        let with = |ending: &str| directory.join(format!("{file}{ending}"));
        PartialFile {
            target: with(""),
            path: with(UNFINISHED),
            record: with(RECORD),
            mode,
        }
    }

    /// Returns what there is of this file; `None` if there is nothing, or if the record does not
    /// show that it is the same file.
    ///
    /// At least one byte is always left to fetch: only a response that contains bytes proves that
    /// the host still has the same file. A response that says "no such range" need not.
    #[inline]
    pub(super) fn resume(&self, delivery: &VerifiedDelivery) -> Option<Resume> {
        let record: Value = fs::read_to_string(&self.record).ok()?.parse().ok()?;
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        let validator = Validator::from_record(text("etag"), text("last_modified"))?;
        let same_url = text("location") == Some(&delivery.location);
        // Files at two URLs may share a modification second, but a strong tag is made from the
        // content.
        let same_file = delivery.identity.is_some()
            && text("identity") == delivery.identity.as_deref()
            && validator.is_tag();
        let total = record.get("total")?.as_u64()?;
        let there = fs::symlink_metadata(&self.path)
            .ok()
            .filter(fs::Metadata::is_file)?
            .len();
        let whole = (same_url || same_file) && delivery.size.is_none_or(|size| size == total);
        (whole && 0 < there && there <= total).then(|| Resume {
            from: there.min(total - 1),
            total,
            validator,
        })
    }

    /// Creates an empty file, and a record of the file it will become if its version is known.
    ///
    /// The old file is deleted rather than truncated: it may be a hard link to a finished file.
    #[inline]
    pub(super) fn begin(
        &self,
        delivery: &VerifiedDelivery,
        version: Option<(&Validator, u64)>,
    ) -> io::Result<File> {
        self.discard()?;
        let file = self.mode.create_new(&self.path)?;
        if let Some((validator, total)) = version {
            let (etag, last_modified) = validator.to_record();
            let (location, identity) = (&delivery.location, &delivery.identity);
            let record = json!({"location": location, "identity": identity, "etag": etag, "last_modified": last_modified, "total": total});
            self.mode.write(&self.record, &format!("{record}\n"))?;
        }
        Ok(file)
    }

    /// Opens the existing file for writing from this offset.
    #[inline]
    pub(super) fn go_on(&self, from: u64) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        self.mode.narrow(&file)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    }

    /// Deletes the file and its record. The record goes first.
    #[inline]
    pub(super) fn discard(&self) -> io::Result<()> {
        remove(&self.record)?;
        remove(&self.path)
    }

    /// Gives the file its final name. Its bytes must be on disk by then, or a power cut could leave
    /// the name without them.
    ///
    /// With `overwrite`, a rename replaces the existing file. Without it, a hard link is created:
    /// the system refuses it atomically if the name exists, so that of two programs only one
    /// succeeds. On file systems without hard links, a check is followed by a rename, and another
    /// program can create the file between them.
    #[inline]
    pub(super) fn finish(&self, overwrite: bool) -> io::Result<()> {
        if !overwrite && self.target_exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        // The record goes first: from here on the two names may mean one file, and no download may
        // write more to it.
        remove(&self.record)?;
        if overwrite {
            fs::rename(&self.path, &self.target)?;
        } else {
            match fs::hard_link(&self.path, &self.target) {
                Ok(()) => fs::remove_file(&self.path)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) => fs::rename(&self.path, &self.target)?,
            }
        }
        self.sync_directory();
        Ok(())
    }

    /// Whether this open file is still the one with the unfinished file's name: another process may
    /// have deleted it and begun its own.
    #[inline]
    pub(super) fn is_still(&self, file: &File) -> io::Result<bool> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            there => Ok(is_same(&file.metadata()?, &there?)),
        }
    }

    /// Whether anything has the final name, even a broken symbolic link.
    #[inline]
    pub(super) fn target_exists(&self) -> bool {
        fs::symlink_metadata(&self.target).is_ok()
    }

    /// Syncs the directory, so that the name survives a power cut too. Not all systems allow it,
    /// and those that do not keep the name durable by themselves.
    #[inline]
    fn sync_directory(&self) {
        if let Some(directory) = self.target.parent() {
            drop(File::open(directory).and_then(|directory| directory.sync_all()));
        }
    }
}

#[cfg(unix)]
#[inline]
fn is_same(open: &fs::Metadata, named: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Compares only the lengths, because other systems have no inode numbers in the standard library.
#[cfg(not(unix))]
#[inline]
fn is_same(open: &fs::Metadata, named: &fs::Metadata) -> bool {
    open.len() == named.len()
}

#[inline]
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
