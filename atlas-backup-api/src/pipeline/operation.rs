//! The facts of one operation, from the OpenAPI documents.

use http::Method;

/// One operation of the API. Generated code has one `static` for each.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The `operationId`: the method of this crate in camel case, such as `takeSnapshot`.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// The path, with parameters in braces.
    pub(crate) path: &'static str,
    /// The dated media type of the success response. Its date is the version of the operation.
    pub(crate) accept: &'static str,
    /// The dated media type of the request body, if the operation has one.
    pub(crate) content_type: Option<&'static str>,
    pub(crate) idempotency: Idempotency,
}

/// The effect of sending an operation twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "not every set of documents has each of them")]
pub(crate) enum Idempotency {
    /// The operation changes nothing.
    Safe,
    /// Sending it twice has the same effect as sending it once.
    Idempotent,
    /// Sending it twice may do it twice.
    NotIdempotent,
}
