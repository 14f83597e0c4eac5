//! runtime: what generated code may assume of the client.
//!
//! This is the only place that says so. A test compares it with the source of the client.

/// The types that the client can write into a path, besides the enums of the document.
pub(crate) const PATH: &[&str] = &["ClusterName", "ObjectId", "String"];

/// The types that the client can write into a query, besides the enums of the document. An optional
/// parameter can also be a list of them.
pub(crate) const QUERY: &[&str] = &[
    "ClusterName",
    "ObjectId",
    "String",
    "Timestamp",
    "bool",
    "i64",
];

/// The methods that a request has besides the setters of its optional parameters.
pub(crate) const REQUEST_METHODS: &[&str] = &["from", "options", "send", "stream", "wait"];

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
