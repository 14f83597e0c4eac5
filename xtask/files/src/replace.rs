//! Replaces files.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file, or replaces it. The text goes to a temporary file in the same folder first, which
/// is then renamed, so that nobody ever sees a half-written file. Its name is new, so it is no file
/// of anybody else, and it is removed if anything fails; only a process that is killed leaves it.
///
/// # Errors
/// If the file cannot be written. The old one is then as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut temporary = temporary(folder.unwrap_or(Path::new(".")))?;
    temporary.write_all(text.as_bytes())?;
    if let Ok(old) = fs::symlink_metadata(path)
        && old.is_file()
    {
        temporary.as_file().set_permissions(old.permissions())?;
    }
    temporary.persist(path)?;
    Ok(())
}

/// Makes a temporary file with the permissions of any new file; its own would be those of a secret.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        // Without those that the umask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the files in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("readable");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("readable").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn no_other_file_is_touched() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [file, other] = ["README.md", "README.new"].map(|name| folder.path().join(name));
        fs::write(&other, "mine").expect("writable");
        for text in ["one", "two"] {
            replace(&file, text).expect("writable");
            assert_eq!(fs::read_to_string(&file).expect("readable"), text);
        }
        assert_eq!(fs::read_to_string(&other).expect("readable"), "mine");
        assert_eq!(names(folder.path()), ["README.md", "README.new"]);
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("flex.rs");
        fs::create_dir(&file).expect("writable");
        assert!(replace(&file, "text").is_err());
        assert_eq!(names(folder.path()), ["flex.rs"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_a_plain_write() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let [plain, replaced] = ["plain", "replaced"].map(|name| folder.path().join(name));
        let mode = |path: &Path| {
            let metadata = fs::metadata(path).expect("readable");
            metadata.permissions().mode()
        };
        fs::write(&plain, "text").expect("writable");
        replace(&replaced, "text").expect("writable");
        assert_eq!(mode(&replaced), mode(&plain));
        fs::set_permissions(&replaced, fs::Permissions::from_mode(0o750)).expect("writable");
        replace(&replaced, "more").expect("writable");
        assert_eq!(mode(&replaced) & 0o777, 0o750);
    }

    #[test]
    fn writers_at_the_same_time_do_not_meet() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("spec.yaml");
        let texts = ["a", "b", "c"].map(|letter| letter.repeat(100_000));
        std::thread::scope(|scope| {
            for text in &texts {
                let file = &file;
                scope.spawn(move || (0..50).for_each(|_| replace(file, text).expect("writable")));
            }
        });
        let found = fs::read_to_string(&file).expect("readable");
        assert!(texts.contains(&found), "mixed");
        assert_eq!(names(folder.path()), ["spec.yaml"]);
    }
}
