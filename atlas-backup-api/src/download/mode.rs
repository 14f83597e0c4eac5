//! File permissions: on Unix only the owner may read the files, unless the program sets another
//! mode. A file has its mode from the moment it is created. Other systems have no modes; files
//! there inherit the rights of their directory.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The permission bits of files, such as `0o640`. The umask of the process is subtracted, as
/// always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(u32);

impl Default for Mode {
    #[inline]
    fn default() -> Self {
        Mode(0o600)
    }
}

impl Mode {
    /// Returns `None` unless the owner may read and write, nobody may execute, and no other bit is
    /// set.
    #[inline]
    pub(crate) fn of(bits: u32) -> Option<Self> {
        let sound = bits & 0o600 == 0o600 && bits & !0o666 == 0;
        sound.then_some(Mode(bits))
    }

    /// Creates a directory and its missing parents. Everyone who may read the files may enter it.
    /// An existing directory keeps its permissions.
    #[inline]
    pub(crate) fn create_dir_all(self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, self.0 | (self.0 & 0o444) >> 2);
        builder.create(path)
    }

    /// Creates a file for reading and writing. Fails if it exists already.
    #[inline]
    pub(crate) fn create_new(self, path: &Path) -> io::Result<File> {
        self.options().read(true).create_new(true).open(path)
    }

    /// Writes a whole file, and creates it if it does not exist.
    #[inline]
    pub(crate) fn write(self, path: &Path, text: &str) -> io::Result<()> {
        self.options()
            .create(true)
            .truncate(true)
            .open(path)?
            .write_all(text.as_bytes())
    }

    /// Removes the permissions that this mode lacks from an open file, which may have been created
    /// with another mode.
    #[cfg(unix)]
    #[inline]
    pub(crate) fn narrow(self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = file.metadata()?.permissions();
        if permissions.mode() & 0o777 & !self.0 == 0 {
            return Ok(());
        }
        permissions.set_mode(permissions.mode() & self.0);
        file.set_permissions(permissions)
    }

    /// There are no permissions to remove.
    #[cfg(not(unix))]
    #[inline]
    pub(crate) fn narrow(self, _: &File) -> io::Result<()> {
        Ok(())
    }

    #[inline]
    fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, self.0);
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_its_owner_can_read_and_write_will_do() {
        for (bits, sound) in [
            (0o600, true),
            (0o640, true),
            (0o666, true),
            (0o400, false),
            (0o200, false),
            (0o700, false),
            (0o601, false),
            (0o4600, false),
            (0, false),
        ] {
            assert_eq!(Mode::of(bits).is_some(), sound, "{bits:o}");
        }
        assert_eq!(Mode::default(), Mode::of(0o600).unwrap());
    }
}
