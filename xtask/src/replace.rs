//! Replaces whole folders of files, all of them or none.
//!
//! Every new folder is made beside the old one first, and only when all are there are they exchanged by renaming; if that fails halfway,
//! what was exchanged is put back. Files that stay the same are linked, not copied, so that their time stays too and cargo does not build
//! them again.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::tree::{Files, failed};

/// A folder and what it shall hold.
pub struct Folder {
    /// Where.
    pub root: PathBuf,
    /// All that shall be there.
    pub wanted: Files,
    /// All that is there.
    pub found: Files,
}

/// Makes every folder hold exactly what is wanted, or leaves all of them as they were.
///
/// # Errors
/// With the path concerned; the old files are then in place.
pub fn replace(folders: &[Folder]) -> Result<(), String> {
    let done = folders.iter().try_for_each(stage).and_then(|()| exchange_all(folders));
    for folder in folders {
        // Best effort: what matters is that the folder itself is in place; a leftover is removed by the next run.
        let leftover = if done.is_ok() { sibling(&folder.root, "old") } else { sibling(&folder.root, "new") };
        drop(fs::remove_dir_all(leftover));
    }
    done
}

fn stage(Folder { root, wanted, found }: &Folder) -> Result<(), String> {
    let (new, old) = (sibling(root, "new"), sibling(root, "old"));
    // A run that was killed between two renames left the only copy there.
    if !root.exists() && old.exists() {
        fs::rename(&old, root).map_err(|error| failed("put back", root, &error))?;
    }
    for leftover in [&new, &old] {
        unless_missing(fs::remove_dir_all(leftover)).map_err(|error| failed("remove", leftover, &error))?;
    }
    fs::create_dir_all(&new).map_err(|error| failed("make", &new, &error))?;
    for (name, text) in wanted {
        let path = new.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
        }
        let linked = found.get(name) == Some(text) && fs::hard_link(root.join(name), &path).is_ok();
        if !linked {
            fs::write(&path, text).map_err(|error| failed("write", &path, &error))?;
        }
    }
    Ok(())
}

fn exchange_all(folders: &[Folder]) -> Result<(), String> {
    for (index, Folder { root, .. }) in folders.iter().enumerate() {
        if let Err(error) = exchange(root) {
            for Folder { root, .. } in &folders[..index] {
                put_back(root)?;
            }
            return Err(error);
        }
    }
    Ok(())
}

fn exchange(root: &Path) -> Result<(), String> {
    unless_missing(fs::rename(root, sibling(root, "old"))).map_err(|error| failed("move", root, &error))?;
    let new = sibling(root, "new");
    if let Err(error) = fs::rename(&new, root) {
        put_back(root)?;
        return Err(failed("move", &new, &error));
    }
    Ok(())
}

/// The old folder in the place of whatever is there now.
fn put_back(root: &Path) -> Result<(), String> {
    unless_missing(fs::remove_dir_all(root)).map_err(|error| failed("remove", root, &error))?;
    unless_missing(fs::rename(sibling(root, "old"), root)).map_err(|error| failed("put back", root, &error))
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// `.generated.new` beside `generated`.
fn sibling(root: &Path, suffix: &str) -> PathBuf {
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    root.with_file_name(format!(".{name}.{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::read;

    fn folder(root: PathBuf) -> Folder {
        fs::create_dir_all(&root).expect("writable");
        fs::write(root.join("a.rs"), "old").expect("writable");
        let found = read(&root).expect("readable");
        Folder { root, wanted: Files::from([("b/c.rs".to_owned(), "new".to_owned())]), found }
    }

    #[test]
    fn all_or_none() {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folders = [folder(temporary.path().join("one/generated")), folder(temporary.path().join("two/generated"))];
        // The second folder cannot be staged: a file stands in the way of its new folder.
        let obstacle = temporary.path().join("two/.generated.new");
        fs::write(&obstacle, "").expect("writable");
        let error = replace(&folders).expect_err("there was an obstacle");
        assert!(error.contains(".generated.new"), "{error}");
        for folder in &folders {
            assert_eq!(read(&folder.root).expect("readable"), folder.found);
        }
        fs::remove_file(obstacle).expect("writable");
        replace(&folders).expect("the way is free");
        for folder in &folders {
            assert_eq!(read(&folder.root).expect("readable"), folder.wanted);
            assert!(!sibling(&folder.root, "old").exists() && !sibling(&folder.root, "new").exists());
        }
    }

    #[test]
    fn what_was_exchanged_is_put_back() {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folders = [folder(temporary.path().join("one/generated")), folder(temporary.path().join("two/generated"))];
        folders.iter().try_for_each(stage).expect("both can be staged");
        fs::remove_dir_all(sibling(&folders[1].root, "new")).expect("writable");
        exchange_all(&folders).expect_err("the second has nothing to exchange");
        for folder in &folders {
            assert_eq!(read(&folder.root).expect("readable"), folder.found);
        }
    }

    #[test]
    fn a_run_that_was_killed_loses_nothing() {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let folder = folder(temporary.path().join("one/generated"));
        fs::rename(&folder.root, sibling(&folder.root, "old")).expect("writable");
        stage(&folder).expect("it goes on");
        assert_eq!(read(&folder.root).expect("readable"), folder.found);
    }
}
