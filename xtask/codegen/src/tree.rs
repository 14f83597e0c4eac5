//! Reads, compares and writes a folder of generated files.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::{fmt, fs};

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

/// Reads all files below `root`. Returns an empty map if `root` does not exist.
///
/// # Errors
/// If a file or folder cannot be read. The message names its path.
pub fn read(root: &Path) -> Result<Files, String> {
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
            let path = entry
                .map_err(|error| failed("read", &folder, &error))?
                .path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A file that is not UTF-8 was not generated, but it must still be compared and
            // replaced.
            let bytes = fs::read(&path).map_err(|error| failed("read", &path, &error))?;
            files.insert(
                relative(root, &path),
                String::from_utf8_lossy(&bytes).into_owned(),
            );
        }
    }
    Ok(files)
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

/// Writes `text` to a file, or removes the file if `text` is `None`. The text is written to a
/// temporary file first, which is then renamed, so that nobody ever sees a half-written file, even
/// if this process is killed.
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
    let temporary = path.with_extension("new");
    fs::write(&temporary, text).map_err(|error| failed("write", &temporary, &error))?;
    fs::rename(&temporary, path).map_err(|error| failed("replace", path, &error))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
