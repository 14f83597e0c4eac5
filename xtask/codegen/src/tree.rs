//! Reads, compares and writes a folder of generated files.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirEntry, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// File contents by path relative to the folder, with `/`.
pub type Files = BTreeMap<String, String>;

/// How a file on disk differs from the generated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Generated, but not on disk.
    Missing,
    /// On disk with different content.
    Stale,
    /// On disk, but no longer generated.
    Orphaned,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Missing => "missing",
            Change::Stale => "stale",
            Change::Orphaned => "orphaned",
        })
    }
}

/// Keeps other runs from a project, until the result is dropped: they would take the temporary files
/// of this run for orphans, and change what it has compared. Where a folder cannot be locked, nothing
/// is: only runs at the same time need it.
pub fn lock(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    if let Err(TryLockError::WouldBlock) = folder.try_lock() {
        anstream::eprintln!("waiting for another run");
        folder.lock().ok()?;
    }
    Some(folder)
}

/// Fails if the folder itself is a link: what it leads to is not generated.
fn refuse_link(root: &Path) -> Result<(), String> {
    match root.is_symlink() {
        false => Ok(()),
        true => Err(format!(
            "error: {} is a symbolic link, which is not followed; replace it by a folder",
            root.display()
        )),
    }
}

/// Reads all files below `root`. Returns an empty map if `root` does not exist. A symbolic link is
/// a file that is never the generated one, and is not followed.
///
/// # Errors
/// If a file or folder cannot be read, or `root` is a symbolic link. The message names its path.
pub fn read(root: &Path) -> Result<Files, String> {
    refuse_link(root)?;
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound && folder == root => {
                return Ok(files);
            }
            Err(error) => return Err(failed("read", &folder, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed("read", &folder, &error))?;
            let path = entry.path();
            match content(&entry).map_err(|error| failed("read", &path, &error))? {
                Some(text) => drop(files.insert(relative(root, &path), text)),
                None => folders.push(path),
            }
        }
    }
    Ok(files)
}

/// Returns the text of a file, or `None` for a folder.
fn content(entry: &DirEntry) -> io::Result<Option<String>> {
    // Not the type of what a link leads to.
    let kind = entry.file_type()?;
    if kind.is_dir() {
        return Ok(None);
    }
    if kind.is_symlink() {
        let target = fs::read_link(entry.path())?;
        return Ok(Some(format!("symbolic link to {}\n", target.display())));
    }
    // A file that is not UTF-8 was not generated, but it must still be compared and replaced.
    let bytes = fs::read(entry.path())?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

/// Returns all differences, ordered by path.
pub fn compare(expected: &Files, found: &Files) -> Vec<(String, Change)> {
    let missing_or_stale = expected
        .iter()
        .filter_map(|(path, text)| match found.get(path) {
            None => Some((path.clone(), Change::Missing)),
            Some(old) => (old != text).then(|| (path.clone(), Change::Stale)),
        });
    let orphaned = found
        .keys()
        .filter(|path| !expected.contains_key(*path))
        .map(|path| (path.clone(), Change::Orphaned));
    let mut changes: Vec<_> = missing_or_stale.chain(orphaned).collect();
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    changes
}

/// Writes `text` to a file, or removes the file if `text` is `None`. A symbolic link is replaced or
/// removed itself. Nobody ever sees a half-written file, even if this process is killed.
///
/// # Errors
/// If the file cannot be written or removed. The message names its path.
pub fn write(path: &Path, text: Option<&str>) -> Result<(), String> {
    let Some(text) = text else {
        return fs::remove_file(path).map_err(|error| failed("remove", path, &error));
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
    }
    xtask_files::replace(path, text).map_err(|error| failed("write", path, &error))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
