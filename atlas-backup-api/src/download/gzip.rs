//! Tells files that are compressed with gzip, by their names and by their first bytes.

use std::fs::File;
use std::io::{self, Read, Seek};

/// Whether the name says so.
#[inline]
pub(super) fn is_named(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".gz") || name.ends_with(".tgz")
}

/// Whether the first bytes say so, as RFC 1952 defines them.
#[inline]
pub(super) fn is_inside(mut file: &File) -> io::Result<bool> {
    let mut first = [0; 2];
    file.rewind()?;
    match file.read_exact(&mut first) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| first == [0x1f, 0x8b]),
    }
}
