//! SHA-1 hashes: legacy restore jobs state the SHA-1 of their files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use sha1::{Digest, Sha1};

/// Hashes a whole file as it is on disk now, including bytes that a process wrote before it was
/// killed.
#[inline]
pub(super) fn of_file(mut file: &File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha1::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[inline]
pub(super) fn of_text(text: &str) -> String {
    hex(&Sha1::digest(text))
}

#[inline]
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha_1() {
        // The first of the examples in FIPS 180.
        assert_eq!(of_text("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
