//! A reader of standard output that has gone, as `head` does after its first lines.

use std::error::Error;
use std::io;

/// The exit status that shells show for a program that could not go on because its reader had gone
/// (128 and the number of SIGPIPE).
pub const READER_GONE: u8 = 141;

/// Whether the error says that nobody reads what the program prints. It is none to report.
pub fn is_reader_gone(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
