//! Files that only their owner may read, and that appear under their names only when they are
//! complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file, in place of one of the same name. If it fails, nothing unfinished is left.
pub fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    // One that an interrupted run has left behind may have other permissions.
    give_up(path)?;
    let unfinished = unfinished(path);
    let written = create(&unfinished).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    });
    if written.is_err() {
        let _remains = give_up(path);
    }
    written
}

/// Removes what is unfinished of a file, if there is anything.
pub fn give_up(path: &Path) -> io::Result<()> {
    match fs::remove_file(unfinished(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates the file under the temporary name that `write` will use. It fails if the file could not
/// be written later, or if another program has reserved it.
pub fn reserve(path: &Path) -> io::Result<()> {
    create(&unfinished(path)).map(drop)
}

/// The temporary name of a file.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Creates a new file for its owner alone.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
