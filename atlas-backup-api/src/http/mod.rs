//! Reads what any response of Atlas may have: a body up to a limit, a charset, an envelope,
//! headers. Nothing in this folder knows operations.

pub(crate) mod charset;
pub(crate) mod envelope;
pub(crate) mod limited_body;
pub(crate) mod rate_limit;
pub(crate) mod retry_after;
