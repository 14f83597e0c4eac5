//! Searches text for text.
//!
//! std's functions for this are generic: each part of the crate that calls one compiles the whole
//! search once more, some 2,000 lines for LLVM. These are compiled once.

/// Returns the text before and after the first `separator`.
#[inline(never)]
pub(crate) fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(separator)
}

/// Returns the text before the first of these characters.
#[inline(never)]
pub(crate) fn before<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.find(ends).map_or(text, |end| &text[..end])
}

pub(crate) fn contains(text: &str, part: &str) -> bool {
    split_once(text, part).is_some()
}
