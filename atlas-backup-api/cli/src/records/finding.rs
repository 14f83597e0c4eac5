//! What is wrong with a saved file.

use std::path::Path;

use serde::Serialize;

use crate::output::Record;

/// A file that is not as it was saved, or a manifest that cannot be used.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The path; what is not Unicode in it is replaced.
    pub file: String,
    /// The rule that is broken, one word.
    pub rule: &'static str,
    /// The id of the snapshot; none if the manifest does not say it.
    pub snapshot: Option<String>,
    /// What is wrong, for people.
    pub message: String,
}

impl Finding {
    pub fn new(path: &Path, rule: &'static str, message: impl Into<String>) -> Self {
        Finding {
            file: path.display().to_string(),
            rule,
            snapshot: None,
            message: message.into(),
        }
    }

    /// Adds the snapshot.
    pub fn of(mut self, snapshot: &str) -> Self {
        self.snapshot = Some(snapshot.to_owned());
        self
    }
}

impl Record for Finding {
    const COLUMNS: &'static [(&'static str, usize)] = &[("RULE", 12), ("FILE", 40), ("FINDING", 0)];

    fn cells(&self) -> Vec<String> {
        vec![
            self.rule.to_owned(),
            self.file.clone(),
            self.message.clone(),
        ]
    }
}
