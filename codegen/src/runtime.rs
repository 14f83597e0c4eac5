//! runtime: what generated code may assume of the client.
//!
//! This is the only place that says so, besides the names that no document may use because the
//! client has them: those are in `atlas-backup-document`, which refuses them. Tests compare both with
//! the source of the client.

use crate::facts::{Idempotency, OtherForm};

/// The keywords that bound a value: each with the function of `validate` that compares a value with
/// it, and what the documentation says before and after the number.
pub(crate) const BOUNDS: &[(&str, &str, &str, &str)] = &[
    ("minimum", "minimum", "At least ", ""),
    ("maximum", "maximum", "At most ", ""),
    ("minLength", "min_length", "At least ", " characters"),
    ("maxLength", "max_length", "At most ", " characters"),
    ("minItems", "min_items", "At least ", " items"),
    ("maxItems", "max_items", "At most ", " items"),
];

/// The functions of `validate` for integers of 32 bits, and for numbers that are neither infinite nor
/// without a value.
pub(crate) const INT32: &str = "int32";
pub(crate) const FINITE: &str = "finite";

/// The lists of a rule across members, each with the method of `validate::Case` that checks it.
pub(crate) const MEMBER_RULES: &[(&str, &str)] = &[
    ("forbid", "forbid"),
    ("require", "require"),
    ("exactlyOne", "exactly_one"),
    ("atLeastOne", "at_least_one"),
    ("together", "together"),
];

/// The flag of a member that has another form.
pub(crate) fn flag(form: OtherForm) -> &'static str {
    match form {
        OtherForm::OneItem => "one_item",
        OtherForm::WholeAnswer => "whole_answer",
        OtherForm::DateTime => "date_time",
    }
}

/// The variant of the client's `Idempotency`.
pub(crate) fn idempotency(idempotency: Idempotency) -> &'static str {
    match idempotency {
        Idempotency::Safe => "Safe",
        Idempotency::Idempotent => "Idempotent",
        Idempotency::NotIdempotent => "NotIdempotent",
    }
}

/// A job of the client of which an operation is the first step.
#[derive(Debug)]
pub(crate) struct Job {
    /// The API generation of the operation.
    pub api: &'static str,
    /// The `operationId`.
    pub operation: &'static str,
    /// What the job is for, as the start of a sentence that ends in its name.
    pub purpose: &'static str,
    /// The method that starts the job.
    pub method: &'static str,
}

/// The jobs that the documentation of an operation refers to.
pub(crate) const JOBS: &[Job] = &[
    Job {
        api: "v2",
        operation: "createRestoreJob",
        purpose: "To have a snapshot as files, see",
        method: "save_snapshot",
    },
    Job {
        api: "v2",
        operation: "downloadFlexSnapshot",
        purpose: "To have it as a file, see",
        method: "save_flex_snapshot",
    },
    Job {
        api: "v2",
        operation: "takeSnapshot",
        purpose: "To know that it is good, see",
        method: "take_snapshot_and_wait",
    },
];

#[cfg(test)]
mod tests;
