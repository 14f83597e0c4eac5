//! An unfinished file: `NAME.part`, and `NAME.part.json`, which says what its bytes are the beginning of.
//!
//! The record is there before the first byte, and goes before the file gets its name: bytes without a record are never
//! continued, whenever the process is killed. It tells one version of a file from another by what the host calls it (`ETag`, `Last-Modified`),
//! and one file from another by a hash of its URL without the query, or by the identity that the program states.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::delivery::VerifiedDelivery;
use super::file_name::{RECORD, UNFINISHED};
use super::mode::Mode;
use super::validator::Validator;

/// Where the file will be, and where it is until then.
#[derive(Clone)]
pub(super) struct PartialFile {
    pub(super) target: PathBuf,
    pub(super) path: PathBuf,
    record: PathBuf,
    mode: Mode,
}

/// What can be continued, and from where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resume {
    pub(super) from: u64,
    pub(super) total: u64,
    pub(super) validator: Validator,
}

impl PartialFile {
    pub(super) fn of(directory: &Path, file: &str, mode: Mode) -> Self {
        let with = |ending: &str| directory.join(format!("{file}{ending}"));
        PartialFile {
            target: with(""),
            path: with(UNFINISHED),
            record: with(RECORD),
            mode,
        }
    }

    /// What there is of this file; None where there is nothing, or it cannot be told of what.
    ///
    /// At least one byte is always left to fetch: the answer to that says whether the host still has the same file. Only an answer with bytes
    /// in it does, one that says "no such range" need not.
    pub(super) fn resume(&self, order: &VerifiedDelivery) -> Option<Resume> {
        let record: Value = serde_json::from_slice(&fs::read(&self.record).ok()?).ok()?;
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        let validator = Validator::from_record(text("etag"), text("last_modified"))?;
        let same_url = text("location") == Some(&order.location);
        // Two URLs may well date from the same second, but a strong tag is made from the content.
        let same_file = order.identity.is_some()
            && text("identity") == order.identity.as_deref()
            && validator.is_tag();
        let total = record.get("total")?.as_u64()?;
        let there = fs::symlink_metadata(&self.path)
            .ok()
            .filter(fs::Metadata::is_file)?
            .len();
        let whole = (same_url || same_file) && order.size.is_none_or(|size| size == total);
        (whole && 0 < there && there <= total).then(|| Resume {
            from: there.min(total - 1),
            total,
            validator,
        })
    }

    /// An empty file, and a record of what it will be the beginning of, if that can be told.
    ///
    /// The old one is deleted and not emptied: it may be another name of a file that is finished.
    pub(super) fn begin(
        &self,
        order: &VerifiedDelivery,
        version: Option<(&Validator, u64)>,
    ) -> io::Result<File> {
        self.discard()?;
        let file = self.mode.create_new(&self.path)?;
        if let Some((validator, total)) = version {
            let (etag, last_modified) = validator.to_record();
            let (location, identity) = (&order.location, &order.identity);
            let record = json!({"location": location, "identity": identity, "etag": etag, "last_modified": last_modified, "total": total});
            self.mode.write(&self.record, &format!("{record}\n"))?;
        }
        Ok(file)
    }

    /// The file as it is, to be written from there on.
    pub(super) fn go_on(&self, from: u64) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        self.mode.narrow(&file)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    }

    /// Deletes it. The record goes first.
    pub(super) fn discard(&self) -> io::Result<()> {
        remove(&self.record)?;
        remove(&self.path)
    }

    /// Gives the file its name. Its bytes must have reached the disk by then, or a power cut could leave the name without them.
    ///
    /// A rename replaces what is there. A second name is refused where there is one already, by the system and at once, so
    /// that of two programs only one succeeds. Where the file system has no second names it is a look and a rename,
    /// between which another program can come.
    pub(super) fn finish(&self, overwrite: bool) -> io::Result<()> {
        if !overwrite && self.target_exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        // First: from here on the two names may mean one file, and nobody is to write more to it.
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

    /// Whether this open file is what has the unfinished file's name: another process can have deleted it, and begun its own.
    pub(super) fn is_still(&self, file: &File) -> io::Result<bool> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            there => Ok(is_same(&file.metadata()?, &there?)),
        }
    }

    /// Whether there is anything of that name, be it a link to nothing.
    pub(super) fn target_exists(&self) -> bool {
        fs::symlink_metadata(&self.target).is_ok()
    }

    /// Makes the name last, too. Not all systems can, and those that can't do so by themselves.
    fn sync_directory(&self) {
        if let Some(directory) = self.target.parent() {
            drop(File::open(directory).and_then(|directory| directory.sync_all()));
        }
    }
}

#[cfg(unix)]
fn is_same(open: &fs::Metadata, named: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// As much as can be told elsewhere.
#[cfg(not(unix))]
fn is_same(open: &fs::Metadata, named: &fs::Metadata) -> bool {
    open.len() == named.len()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
