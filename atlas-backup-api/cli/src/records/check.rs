//! A rule that is broken, or could not be checked.

use serde::Serialize;

use super::cell;
use crate::output::Record;

/// A rule of the policy that is not known to be kept.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The id of the project.
    pub project: String,
    /// The name of the cluster; none for a rule about the project.
    pub cluster: Option<String>,
    /// The name of the rule in the policy file, or `clusters` if the clusters could not be found.
    pub rule: &'static str,
    /// `violation` or `unchecked`.
    pub outcome: &'static str,
    pub message: String,
}

impl Record for Check {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("OUTCOME", 9),
        ("CLUSTER", 12),
        ("RULE", 18),
        ("MESSAGE", 0),
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.outcome.to_owned(),
            cell(self.cluster.as_ref()),
            self.rule.to_owned(),
            self.message.clone(),
        ]
    }
}
