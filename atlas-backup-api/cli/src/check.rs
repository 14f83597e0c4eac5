//! Checking the backups of a cluster: `facts` reads what Atlas says, and `rules` compares it with
//! the policy.

mod facts;
mod rules;

pub use facts::{Facts, Subject};
pub use rules::{compliance_policy, rules};

use crate::exit::Exit;
use crate::failure::Failure;

/// What is known of a rule after it was checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Kept,
    /// The rule is broken: how.
    Violation(String),
    /// A call was refused or has failed, or Atlas does not say it. This is never taken as `Kept`.
    Unchecked(Exit, String),
}

impl Outcome {
    /// Atlas has responded, but does not say what the rule needs.
    fn unsaid(what: &str) -> Self {
        Outcome::Unchecked(Exit::Other, format!("Atlas does not say {what}"))
    }
}

impl From<&Failure> for Outcome {
    fn from(failure: &Failure) -> Self {
        Outcome::Unchecked(failure.exit, failure.message.clone())
    }
}
