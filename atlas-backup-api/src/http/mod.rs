//! What HTTP says and does not depend on the operation: how URLs are encoded, and in a response its
//! body up to a limit, its charset, its envelope, and the headers for rate limits, delays and
//! deprecation.

pub(crate) mod charset;
pub(crate) mod deprecation;
pub(crate) mod envelope;
pub(crate) mod header;
pub(crate) mod percent_encoding;
pub(crate) mod rate_limit;
pub(crate) mod retry_after;
pub(crate) mod send;
