//! Who may read what is written: on Unix its owner alone, unless the program says otherwise. A file has its mode from the moment it is
//! made. Other systems know no modes; what is written there inherits the rights of its directory.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Permissions of files, as bits: `0o640`. The umask of the process takes away from them, as from all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(u32);

impl Default for Mode {
    fn default() -> Self {
        Mode(0o600)
    }
}

impl Mode {
    /// None unless the owner may read and write, nobody may execute, and there is no other bit.
    pub(crate) fn of(bits: u32) -> Option<Self> {
        let sound = bits & 0o600 == 0o600 && bits & !0o666 == 0;
        sound.then_some(Mode(bits))
    }

    /// Makes a directory and those above it that are missing. Whoever may read files may look into it. One that exists stays as it is.
    pub(crate) fn create_dir_all(self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, self.0 | (self.0 & 0o444) >> 2);
        builder.create(path)
    }

    /// A file that does not exist yet, to read and write.
    pub(crate) fn create_new(self, path: &Path) -> io::Result<File> {
        self.options().read(true).create_new(true).open(path)
    }

    /// Writes a whole file, be it a new one.
    pub(crate) fn write(self, path: &Path, text: &str) -> io::Result<()> {
        self.options()
            .create(true)
            .truncate(true)
            .open(path)?
            .write_all(text.as_bytes())
    }

    /// Takes from an open file what this mode does not have: it may have been begun with another one.
    #[cfg(unix)]
    pub(crate) fn narrow(self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = file.metadata()?.permissions();
        if permissions.mode() & 0o777 & !self.0 == 0 {
            return Ok(());
        }
        permissions.set_mode(permissions.mode() & self.0);
        file.set_permissions(permissions)
    }

    /// There is nothing to take.
    #[cfg(not(unix))]
    pub(crate) fn narrow(self, _: &File) -> io::Result<()> {
        Ok(())
    }

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
