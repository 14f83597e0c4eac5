//! Why a text is no id or name.

use std::fmt;

use crate::wire::one_line;

/// Text that is not the kind of id or name it was meant to be. Its message shows the text and states the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    value: String,
    what: &'static str,
    rule: &'static str,
}

impl InvalidId {
    pub(crate) fn new(value: &str, what: &'static str, rule: &'static str) -> Self {
        // Something pasted by mistake may be long.
        InvalidId {
            value: one_line::truncate(value, 64),
            what,
            rule,
        }
    }

    /// The text that was refused, shortened where it is long.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What is expected instead.
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// What it was meant to be: `ObjectId` or `ClusterName`.
    pub fn expected(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for InvalidId {
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
