//! runtime: what generated code may assume of the client.
//!
//! This is the only place that says so, besides the names that no document may use because the
//! client has them: those are in `atlas-backup-document`, which refuses them. Tests compare both with
//! the source of the client.

use crate::facts::{Check, Idempotency, OtherForm};

/// The types that the client can write into a path, besides the enums of the document.
pub(crate) const PATH: &[&str] = &["ClusterName", "ObjectId", "String", "Timestamp", "i64"];

/// The types that the client can write into a query, besides the enums of the document. A parameter
/// can also be a list of them.
pub(crate) const QUERY: &[&str] = &[
    "ClusterName",
    "ObjectId",
    "String",
    "Timestamp",
    "bool",
    "f64",
    "i64",
];

/// The rules that the setter of an optional parameter can have, besides the patterns.
pub(crate) const SETTER_RULES: &[&str] = &[
    "finite",
    "int32",
    "max_length",
    "maximum",
    "min_length",
    "minimum",
];

/// The function that validates a value: of `validate::pattern` if the rule is a pattern, otherwise
/// of `validate`.
pub(crate) fn rule(check: Check) -> &'static str {
    match check {
        Check::Minimum(_) => "minimum",
        Check::Maximum(_) => "maximum",
        Check::MinLength(_) => "min_length",
        Check::MaxLength(_) => "max_length",
        Check::MinItems(_) => "min_items",
        Check::MaxItems(_) => "max_items",
        Check::Int32 => "int32",
        Check::Finite => "finite",
        Check::Pattern(pattern) => pattern.function,
    }
}

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
