//! A number must be read as it is written. One with too many digits would be another in the
//! generated documentation, and in the examples that the tests send.

use super::wrong_kinds;
use crate::document::Loaded;
use crate::error::Finding;

/// The integers that the client has.
pub(super) const RANGE: &str = "from -9223372036854775808 to 9223372036854775807";

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    // `grammar` says what a value of the wrong kind must be.
    let wrong = wrong_kinds(findings);
    for (pointer, text) in &loaded.inexact {
        if wrong.contains(pointer) {
            continue;
        }
        let (message, number) = match is_integer(text) {
            true => (beyond(text), format!("a number {RANGE}")),
            false => (
                format!("`{text}` has more digits than are kept of a number"),
                "at most 15 digits".to_owned(),
            ),
        };
        let help = format!("write {number}, or put it in quotes if it is text: `\"{text}\"`");
        findings.push(Finding::new("number", pointer, message).help(help));
    }
}

/// Whether a number is written as an integer.
pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Says that an integer cannot be kept.
pub(super) fn beyond(text: &str) -> String {
    format!("`{text}` is beyond the integers of 64 bits")
}
