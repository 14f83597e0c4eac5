//! What HTTP and Atlas's use of it say about any response: its body, its charset, its headers. No operation is known here.

pub(crate) mod charset;
pub(crate) mod envelope;
pub(crate) mod limited_body;
pub(crate) mod rate_limit;
pub(crate) mod retry_after;
