//! SHA-1 hashes: legacy restore jobs state the SHA-1 of their files.

use sha1::{Digest, Sha1};

#[inline]
pub(super) fn of_text(text: &str) -> String {
    hex(&Sha1::digest(text))
}

#[inline]
pub(super) fn hex(bytes: &[u8]) -> String {
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
