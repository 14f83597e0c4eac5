//! The facts of one operation, as the documents state them.

use http::Method;

/// One operation of the API. Generated code holds one `static` of these for each.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The method of this crate that calls it, as the documents write it: `takeSnapshot`.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// From the host on, with the path parameters in braces.
    pub(crate) path: &'static str,
    /// The dated media type of the success answer. The date is the version of the operation.
    pub(crate) accept: &'static str,
    /// The dated media type of the body, where there is one.
    pub(crate) content_type: Option<&'static str>,
    pub(crate) idempotency: Idempotency,
}

/// What sending an operation twice would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "not every set of documents has each of them")]
pub(crate) enum Idempotency {
    /// It changes nothing.
    Safe,
    /// Twice is the same as once.
    Idempotent,
    /// Twice makes two.
    NotIdempotent,
}
