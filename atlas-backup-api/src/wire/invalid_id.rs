//! The error of a text that is not a valid id or name.

use std::fmt;

use crate::wire::one_line;

/// A text is not a valid [`ObjectId`](crate::ObjectId) or [`ClusterName`](crate::ClusterName). The
/// message quotes the text and states the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    value: String,
    what: &'static str,
    rule: &'static str,
}

impl InvalidId {
    #[inline]
    pub(crate) fn new(value: &str, what: &'static str, rule: &'static str) -> Self {
        // A text that was pasted by mistake may be long.
        InvalidId {
            value: one_line::truncate(value, 64),
            what,
            rule,
        }
    }

    /// The invalid text, cut after 64 characters.
    #[inline]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The rule that the text breaks.
    #[inline]
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// The expected type: `ObjectId` or `ClusterName`.
    #[inline]
    pub fn expected(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for InvalidId {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.what.starts_with('O') {
            "an"
        } else {
            "a"
        };
        write!(
            f,
            "{:?} is not {article} {}: {}",
            self.value, self.what, self.rule
        )
    }
}

impl std::error::Error for InvalidId {}
